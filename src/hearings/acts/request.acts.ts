import { z } from 'zod';
import { RuleBroken } from '../../event-store/errors.js';
import { id, personal } from '../../event-store/schema.js';
import { actOnOpenCases, type HeardCase, type HearingContext } from '../hearing.context.js';
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

const checkHearsAppeals = (
  { kind: of, appealIds = [] }: { kind: z.output<typeof kind>; appealIds?: readonly string[] | undefined },
  { appeals }: HearingContext,
) => {
  if (appealIds.length > 0 && of !== 'appeal')
    throw new RuleBroken('not-an-appeal-hearing', 'Only a hearing of the kind `appeal` hears appeals.');
  for (const appealId of appealIds) {
    const found = appeals.find((each) => each.appealId === appealId);
    if (!found) throw new RuleBroken('unknown-appeal', `These cases have no appeal ${appealId}.`);
    if (found.status !== 'lodged' && found.status !== 'admitted')
      throw new RuleBroken(
        'appeal-over',
        `Appeal ${appealId} is ${found.status}. Only an appeal that is open is heard.`,
      );
  }
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
      appealIds: z
        .array(id)
        .min(1)
        .max(20)
        .optional()
        .describe(
          'The appeals that it hears; those who sit then decide them. When absent, any of these cases.',
        ),
      reasons: personal('case').optional(),
    }),
    decide: (data, _, context) => {
      context.cases.forEach(checkMayBeHeard);
      checkHearsAppeals(data, context);
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
