import { z } from 'zod';
import { correctEntry, correctionInput } from '../../event-store/correction.js';
import { RuleBroken } from '../../event-store/errors.js';
import { id, personal } from '../../event-store/schema.js';
import { act, actOnOpenCases, type HeardCase } from '../hearing.context.js';
import { hearingEvents, kind } from '../hearing.events.js';
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

/** What other streams and the panel's own checks rest on: it is done anew, not corrected. */
const fixed: Readonly<Record<string, readonly string[]>> = {
  HearingRequested: ['complaintIds', 'kind'],
  PanelConvened: ['members'],
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
    decide: (data, hearing) => {
      if (known(hearing).status === 'in-session')
        throw new RuleBroken('in-session', 'The hearing is sitting. Adjourn or conclude it.');
      return [{ type: 'HearingCancelled', data }];
    },
  }),

  CorrectEntry: act({
    summary: 'Correct an entry; both the old and the new stay on record.',
    when: 'existing',
    input: correctionInput,
    decide: (data, _, { history }) => {
      const type = history.find((entry) => entry.id === data.eventId)?.type ?? '';
      if (fixed[type]?.includes(data.path[0] ?? ''))
        throw new RuleBroken(
          'not-correctable',
          `${type} ${data.path[0]} is not corrected: convene the panel anew, or cancel the hearing and request another.`,
        );
      return [correctEntry(hearingEvents, data, history)];
    },
  }),
};
