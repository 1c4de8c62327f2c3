import { z } from 'zod';
import { RuleBroken } from '../../event-store/errors.js';
import { id, personal, word } from '../../event-store/schema.js';
import { checkParties, refuseEarlierPeople, refuseEarlierStage } from '../resolution.checks.js';
import { actWhileOpen, caseOf } from '../resolution.context.js';
import { resolutionKind } from '../resolution.events.js';
import { known } from '../resolution.state.js';

/** How a resolution begins, and what the sides may settle or be offered. */
export const openingActs = {
  Open: actWhileOpen({
    summary: 'Begin to resolve a case, by a decision or informally.',
    when: 'absent',
    input: z.strictObject({
      complaintId: id,
      hearingId: id.optional().describe('The hearing on which the decision will rest.'),
      kind: resolutionKind.default('formal'),
    }),
    decide: (data, _, context) => {
      if (context.complaint.phase === 'absent')
        throw new RuleBroken('unknown-complaint', `There is no complaint ${data.complaintId}.`);
      if (data.hearingId !== undefined && !caseOf(context).hearings.includes(data.hearingId))
        throw new RuleBroken('unknown-hearing', `This case has no hearing ${data.hearingId}.`);
      return [{ type: 'ResolutionOpened', data }];
    },
  }),

  AgreeInformally: actWhileOpen({
    summary: 'Record that the sides settled the matter between them.',
    when: 'open',
    input: z.strictObject({
      terms: personal('case').describe('What was agreed.'),
      agreedBy: z.array(id).max(100).default([]).describe('The parties who agreed.'),
    }),
    possible: (resolution, context) => {
      const { kind, agreement } = known(resolution);
      if (kind !== 'informal')
        throw new RuleBroken('resolution-is-formal', 'Open an informal resolution to record an agreement.');
      if (agreement) throw new RuleBroken('already-agreed', `This was agreed on ${agreement.agreedOn}.`);
      refuseEarlierStage(context);
    },
    decide: (data, _, context) => {
      checkParties(context, data.agreedBy);
      return [{ type: 'InformalResolutionAgreed', data }];
    },
  }),

  OfferRemedy: actWhileOpen({
    summary: 'Offer to put right what went wrong.',
    when: 'open',
    input: z.strictObject({
      remedy: word.describe('apology, payment, repair, change of practice, …'),
      description: personal('case'),
      to: id.optional().describe('The party to whom it is offered.'),
    }),
    possible: (_, context) => refuseEarlierPeople(context),
    decide: (data, _, context) => {
      if (data.to !== undefined) checkParties(context, [data.to]);
      return [{ type: 'RemedyOffered', data: { ...data, remedyId: context.idFor(0) } }];
    },
  }),
};
