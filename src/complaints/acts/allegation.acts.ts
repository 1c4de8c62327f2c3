import { z } from 'zod';
import { RuleBroken } from '../../event-store/errors.js';
import { id, personal } from '../../event-store/schema.js';
import { act, allegationOf } from '../complaint.context.js';
import { allegation } from '../complaint.events.js';
import { known } from '../complaint.state.js';

const reasons = personal('case').describe('Why; kept with the event.');
const lists = {
  characteristics: allegation.shape.characteristics.default([]),
  rules: allegation.shape.rules.default([]),
};

export const allegationInput = z.strictObject({ ...allegation.omit({ allegationId: true }).shape, ...lists });

const checkIncident = ({ incidentFrom, incidentTo }: z.output<typeof allegationInput>, today: string) => {
  if (incidentFrom !== undefined && incidentTo !== undefined && incidentTo < incidentFrom)
    throw new RuleBroken(
      'incident-ends-before-it-begins',
      `The incident cannot end on ${incidentTo}, before ${incidentFrom}.`,
    );
  if ((incidentTo ?? incidentFrom ?? '') > today)
    throw new RuleBroken('incident-in-future', 'The incident cannot lie in the future. Check its days.');
};

/** What the complaint says was done, and by whom. */
export const allegationActs = {
  AddAllegation: act({
    summary: 'Add an allegation to the complaint.',
    when: 'open',
    input: allegationInput,
    decide: (data, _, { idFor, today }) => {
      checkIncident(data, today);
      return [{ type: 'AllegationAdded', data: { ...data, allegationId: idFor(0) } }];
    },
  }),

  AmendAllegation: act({
    summary: 'State an allegation anew; the old wording stays in the history.',
    when: 'open',
    input: z.strictObject({ ...allegationInput.shape, allegationId: id, reasons }),
    decide: (data, complaint, { today }) => {
      allegationOf(complaint, data.allegationId);
      checkIncident(data, today);
      return [{ type: 'AllegationAmended', data }];
    },
  }),

  WithdrawAllegation: act({
    summary: 'Withdraw one allegation.',
    when: 'open',
    input: z.strictObject({ allegationId: id, reasons }),
    decide: (data, complaint) => {
      allegationOf(complaint, data.allegationId);
      return [{ type: 'AllegationWithdrawn', data }];
    },
  }),

  IdentifyRespondent: act({
    summary: 'Name the party the complaint is about.',
    when: 'open',
    input: z.strictObject({ respondentRef: id }),
    decide: (data, complaint, { referenced }) => {
      if (!referenced)
        throw new RuleBroken('unknown-party', `There is no party ${data.respondentRef}. Register it first.`);
      const { respondentRefs } = known(complaint);
      return respondentRefs.includes(data.respondentRef) ? [] : [{ type: 'RespondentIdentified', data }];
    },
  }),
};
