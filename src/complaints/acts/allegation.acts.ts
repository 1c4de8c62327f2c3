import { z } from 'zod';
import { refuseUnlessOne } from '../../event-store/decider.js';
import { RuleBroken } from '../../event-store/errors.js';
import { id, personal } from '../../event-store/schema.js';
import { act, allegationOf, checkRespondent, type ComplaintContext } from '../complaint.context.js';
import { allegation } from '../complaint.events.js';
import { actOnParties } from '../complaint.parties.js';
import { known, type Complaint } from '../complaint.state.js';

const reasons = personal('case').describe('Why; kept with the event.');
const lists = {
  characteristics: allegation.shape.characteristics.default([]),
  rules: allegation.shape.rules.default([]),
};

export const allegationInput = z.strictObject({ ...allegation.omit({ allegationId: true }).shape, ...lists });

interface Incident {
  readonly incidentFrom?: string | undefined;
  readonly incidentTo?: string | undefined;
}

export const checkIncident = ({ incidentFrom, incidentTo }: Incident, today: string): void => {
  if (incidentFrom !== undefined && incidentTo !== undefined && incidentTo < incidentFrom)
    throw new RuleBroken(
      'incident-ends-before-it-begins',
      `The incident cannot end on ${incidentTo}, before ${incidentFrom}.`,
    );
  if ((incidentTo ?? incidentFrom ?? '') > today)
    throw new RuleBroken('incident-in-future', 'The incident cannot lie in the future. Check its days.');
};

/** What a panel decided on stays as it was decided on. */
const undetermined = (
  complaint: Complaint,
  allegationId: string,
  { proceedings }: Partial<ComplaintContext>,
): void => {
  allegationOf(complaint, allegationId);
  if (proceedings?.determinedAllegations.includes(allegationId))
    throw new RuleBroken(
      'allegation-determined',
      `Allegation ${allegationId} has a finding. Add another allegation, or correct the entry.`,
    );
};

const checkAnyLive = (complaint: Complaint, context: Partial<ComplaintContext>): void =>
  refuseUnlessOne(
    known(complaint).allegations,
    ({ allegationId }) => undetermined(complaint, allegationId, context),
    () => new RuleBroken('unknown-allegation', 'This case has no allegation yet. Add one first.'),
  );

/** What the complaint says was done, and by whom. */
export const allegationActs = {
  AddAllegation: actOnParties({
    summary: 'Add an allegation to the complaint.',
    when: 'open',
    input: allegationInput,
    decide: (data, complaint, context) => {
      checkIncident(data, context.today);
      checkRespondent(data.respondentRef, complaint, context);
      return [{ type: 'AllegationAdded', data: { ...data, allegationId: context.idFor(0) } }];
    },
  }),

  AmendAllegation: actOnParties({
    summary: 'State an allegation anew; the old wording stays in the history.',
    when: 'open',
    input: z.strictObject({ ...allegationInput.shape, allegationId: id, reasons }),
    conceivable: checkAnyLive,
    decide: (data, complaint, context) => {
      undetermined(complaint, data.allegationId, context);
      checkIncident(data, context.today);
      checkRespondent(data.respondentRef, complaint, context);
      return [{ type: 'AllegationAmended', data }];
    },
  }),

  WithdrawAllegation: act({
    summary: 'Withdraw one allegation.',
    when: 'open',
    input: z.strictObject({ allegationId: id, reasons }),
    conceivable: checkAnyLive,
    decide: (data, complaint, context) => {
      undetermined(complaint, data.allegationId, context);
      return [{ type: 'AllegationWithdrawn', data }];
    },
  }),

  IdentifyRespondent: actOnParties({
    summary: 'Name the party the complaint is about.',
    when: 'open',
    input: z.strictObject({ respondentRef: id }),
    decide: (data, complaint, context) => {
      checkRespondent(data.respondentRef, complaint, context);
      const { respondentRefs } = known(complaint);
      return respondentRefs.includes(data.respondentRef) ? [] : [{ type: 'RespondentIdentified', data }];
    },
  }),
};
