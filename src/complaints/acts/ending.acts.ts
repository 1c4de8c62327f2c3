import { z } from 'zod';
import { correctEntry, correctionInput } from '../../event-store/correction.js';
import { RuleBroken } from '../../event-store/errors.js';
import { id, personal } from '../../event-store/schema.js';
import { act, type ComplaintContext } from '../complaint.context.js';
import { complaintEvents, outcome } from '../complaint.events.js';
import { known, type Complaint } from '../complaint.state.js';

const reasons = personal('case').describe('Why; kept with the event.');

const checkNothingPends = (complaint: Complaint, { proceedings, today }: ComplaintContext) => {
  const { liveHearings, pendingReviews, pendingAppeals, appealUntil } = proceedings;
  if (known(complaint).suspensions.some(({ live }) => live))
    throw new RuleBroken('live-suspension', 'An interim suspension is live. Lift it first.');
  if (liveHearings.length > 0)
    throw new RuleBroken(
      'hearing-listed',
      `Hearing ${liveHearings[0]} is not over. Conclude or vacate it first.`,
    );
  if (pendingReviews.length > 0)
    throw new RuleBroken(
      'review-pending',
      `Resolution ${pendingReviews[0]} is not finished. Finish it first.`,
    );
  if (pendingAppeals.length > 0)
    throw new RuleBroken(
      'appeal-pending',
      `An appeal on resolution ${pendingAppeals[0]} is not determined yet.`,
    );
  if (appealUntil !== null && today <= appealUntil)
    throw new RuleBroken(
      'appeal-window-open',
      `The parties may appeal until ${appealUntil}. Close it after that day.`,
    );
};

const checkDetermined = (complaint: Complaint, { proceedings }: ComplaintContext) => {
  const live = known(complaint).allegations.filter(({ withdrawn }) => !withdrawn);
  const open = live.find(({ allegationId }) => !proceedings.determinedAllegations.includes(allegationId));
  if (open)
    throw new RuleBroken('allegation-undetermined', `Allegation ${open.allegationId} has no finding yet.`);
  if (live.length === 0)
    throw new RuleBroken(
      'nothing-determined',
      'There is no allegation to determine. Close it with another outcome.',
    );
};

/** How a case ends, comes back, and is kept. */
export const endingActs = {
  Withdraw: act({
    summary: 'Record that the complaint was withdrawn; the body may go on in its own name.',
    when: 'open',
    input: z.strictObject({ by: id.optional(), continueInOwnName: z.boolean().default(false), reasons }),
    decide: (data) => [{ type: 'ComplaintWithdrawn', data }],
  }),

  Close: act({
    summary: 'Close the case.',
    when: 'open',
    input: z.strictObject({ outcome, reasons }),
    decide: (data, complaint, context) => {
      checkNothingPends(complaint, context);
      if (data.outcome === 'determined') checkDetermined(complaint, context);
      const ending = ['withdrawn', 'rejected', 'referred'].includes(data.outcome) ? data.outcome : undefined;
      if (ending !== undefined && known(complaint).ending !== ending)
        throw new RuleBroken(
          `not-${ending}`,
          `Record first that the complaint was ${ending}; then close it so.`,
        );
      if (context.on < known(complaint).receivedOn)
        throw new RuleBroken('closed-before-receipt', `It was received on ${known(complaint).receivedOn}.`);
      return [{ type: 'ComplaintClosed', data }];
    },
  }),

  Reopen: act({
    summary: 'Open a closed case again.',
    when: 'closed',
    input: z.strictObject({ reasons }),
    decide: (data, complaint, { on }) => {
      if (complaint.phase === 'closed' && on < complaint.closedOn)
        throw new RuleBroken('reopened-before-closing', `It was closed on ${complaint.closedOn}.`);
      return [{ type: 'ComplaintReopened', data }];
    },
  }),

  CorrectEntry: act({
    summary: 'Correct an entry; both the old and the new stay on record.',
    when: 'existing',
    input: correctionInput,
    decide: (data, _, { history }) => [correctEntry(complaintEvents, data, history)],
  }),

  PlaceLegalHold: act({
    summary: 'Forbid the erasure of anything in this case.',
    when: 'existing',
    input: z.strictObject({ basis: personal('case') }),
    decide: (data, _, { idFor }) => [{ type: 'LegalHoldPlaced', data: { ...data, holdId: idFor(0) } }],
  }),

  ReleaseLegalHold: act({
    summary: 'End a legal hold.',
    when: 'existing',
    input: z.strictObject({ holdId: id, reasons }),
    decide: (data, complaint) => {
      if (!known(complaint).holds.includes(data.holdId))
        throw new RuleBroken('no-such-hold', `There is no legal hold ${data.holdId} on this case.`);
      return [{ type: 'LegalHoldReleased', data }];
    },
  }),
};
