import { z } from 'zod';
import { RuleBroken } from '../../event-store/errors.js';
import { id, personal } from '../../event-store/schema.js';
import { actOnOpenCases, type HeardCase } from '../hearing.context.js';
import { kind } from '../hearing.events.js';
import { known } from '../hearing.state.js';

const checkMayBeHeard = ({ complaintId, complaint, procedure }: HeardCase) => {
  if (complaint.phase === 'absent')
    throw new RuleBroken('unknown-complaint', `There is no complaint ${complaintId}. Check the id.`);
  if (!procedure)
    throw new RuleBroken(
      'not-adopted',
      `Complaint ${complaintId} was imported and nobody adopted it, so no procedure applies to it. Adopt it first.`,
    );
};

/** How a hearing begins, and how it ends without being held. */
export const requestActs = {
  Request: actOnOpenCases({
    summary: 'Ask for a hearing of one complaint, or of several that are heard together.',
    when: 'absent',
    input: z.strictObject({
      complaintIds: z
        .array(id)
        .min(1)
        .max(20)
        .refine((ids) => new Set(ids).size === ids.length, 'Name each complaint once.'),
      kind,
      reasons: personal('case').optional(),
    }),
    decide: (data, _, { cases }) => {
      cases.forEach(checkMayBeHeard);
      return [{ type: 'HearingRequested', data }];
    },
  }),

  Cancel: actOnOpenCases({
    summary: 'Give up a hearing that will not be held, or not go on.',
    when: 'open',
    input: z.strictObject({ reasons: personal('case').describe('Why; kept with the event.') }),
    possible: (hearing) => {
      if (known(hearing).status === 'in-session')
        throw new RuleBroken('in-session', 'The hearing is sitting. Adjourn or conclude it.');
    },
    decide: (data) => [{ type: 'HearingCancelled', data }],
  }),
};
