import { z } from 'zod';
import { RuleBroken } from '../../event-store/errors.js';
import { id, personal } from '../../event-store/schema.js';
import { act, refuseEarlierActor, type ComplaintContext } from '../complaint.context.js';
import { outcome } from '../complaint.events.js';
import { known, type Complaint } from '../complaint.state.js';
import { clocksChangedOn, runningPause } from './clock.acts.js';

const reasons = personal('case').describe('Why; kept with the event.');

const checkNothingPends = ({ proceedings, on }: Partial<ComplaintContext>) => {
  if (!proceedings || on === undefined) return;
  const { liveHearings, pendingReviews, pendingAppeals, appealUntil } = proceedings;
  const live = liveHearings.find(({ shown }) => shown);
  if (live)
    throw new RuleBroken(
      'hearing-listed',
      `Hearing ${live.id} is not over. Conclude, vacate or cancel it first.`,
    );
  if (liveHearings.length > 0)
    throw new RuleBroken(
      'hearing-not-shown',
      'A hearing of this case that is not shown to you is not over. Ask a head of casework to whom it is shown; then close the case.',
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
  if (appealUntil !== null && on <= appealUntil)
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

const checkEnding = (complaint: Complaint, stated: z.output<typeof outcome>) => {
  const ending = ['withdrawn', 'rejected', 'referred'].includes(stated) ? stated : undefined;
  if (ending !== undefined && known(complaint).ending !== ending)
    throw new RuleBroken(`not-${ending}`, `Record first that the complaint was ${ending}; then close it so.`);
};

/** What the sides settled between them is on record, with its terms, before the case is said to be settled. */
const checkAgreed = ({ proceedings, on }: ComplaintContext) => {
  const { agreedOn } = proceedings;
  if (agreedOn === null || on < agreedOn)
    throw new RuleBroken(
      'not-resolved-informally',
      agreedOn === null
        ? 'No informal resolution of this case was agreed. Open a resolution of the kind informal, record what was agreed, then close the case so.'
        : `What was agreed was agreed on ${agreedOn}, not before. Close the case on that day or later.`,
    );
};

const checkWithdrawal = (
  complaint: Complaint,
  stated: { by?: string | undefined; continueInOwnName: boolean },
) => {
  const { complainantRef, inOwnName } = known(complaint);
  if (inOwnName && stated.continueInOwnName)
    throw new RuleBroken('already-withdrawn', 'The complaint was withdrawn already.');
  if (stated.by !== undefined && complainantRef !== undefined && stated.by !== complainantRef)
    throw new RuleBroken('not-the-complainant', 'Only the complainant can withdraw the complaint.');
};

/** How a case ends, comes back, and is kept. */
export const endingActs = {
  Withdraw: act({
    summary: 'Record that the complaint was withdrawn; the body may go on in its own name.',
    when: 'open',
    input: z.strictObject({ by: id.optional(), continueInOwnName: z.boolean().default(false), reasons }),
    possible: (complaint) => {
      if (known(complaint).ending === 'withdrawn')
        throw new RuleBroken('already-withdrawn', 'The complaint was withdrawn already.');
    },
    decide: (data, complaint) => {
      checkWithdrawal(complaint, data);
      return [{ type: 'ComplaintWithdrawn', data }];
    },
  }),

  Close: act({
    summary: 'Close the case; a pause that lasts ends with it.',
    when: 'open',
    input: z.strictObject({ outcome, reasons }),
    possible: (complaint, context) => {
      if (known(complaint).suspensions.some(({ live }) => live))
        throw new RuleBroken('live-suspension', 'An interim suspension is live. Lift it first.');
      refuseEarlierActor(known(complaint), context);
      checkNothingPends(context);
    },
    decide: (data, complaint, context) => {
      if (data.outcome === 'determined') checkDetermined(complaint, context);
      if (data.outcome === 'resolved-informally') checkAgreed(context);
      checkEnding(complaint, data.outcome);
      const changedOn = clocksChangedOn(known(complaint));
      if (context.on < changedOn)
        throw new RuleBroken(
          'closed-before-clock-change',
          `The clocks were last paused, resumed or started anew on ${changedOn}. Close it on that day or later.`,
        );
      const resumed = runningPause(known(complaint)) ? [{ type: 'ClockResumed', data: {} } as const] : [];
      const { reckonedBy } = context;
      return [...resumed, { type: 'ComplaintClosed', data: { ...data, ...(reckonedBy && { reckonedBy }) } }];
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
    possible: (complaint) => {
      if (known(complaint).holds.length === 0)
        throw new RuleBroken('no-such-hold', 'No legal hold stands on this case.');
    },
    decide: (data, complaint) => {
      if (!known(complaint).holds.includes(data.holdId))
        throw new RuleBroken('no-such-hold', `There is no legal hold ${data.holdId} on this case.`);
      return [{ type: 'LegalHoldReleased', data }];
    },
  }),
};
