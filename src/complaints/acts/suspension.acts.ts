import { z } from 'zod';
import { refuseUnlessOne } from '../../event-store/decider.js';
import { RuleBroken } from '../../event-store/errors.js';
import { day, id, personal } from '../../event-store/schema.js';
import { act, liveRespondentsOf } from '../complaint.context.js';
import { known, type Complaint } from '../complaint.state.js';

const reasons = personal('case').describe('Why; kept with the event.');

const checkLive = (complaint: Complaint, suspensionId: string, on: string) => {
  const found = known(complaint).suspensions.find((each) => each.suspensionId === suspensionId && each.live);
  if (!found)
    throw new RuleBroken('no-live-suspension', `There is no live interim suspension ${suspensionId}.`);
  if (on < found.imposedOn)
    throw new RuleBroken('before-suspension', `It was imposed on ${found.imposedOn}. Check the day.`);
};

const checkAnyLive = (complaint: Complaint) => {
  if (!known(complaint).suspensions.some(({ live }) => live))
    throw new RuleBroken('no-live-suspension', 'No interim suspension is live in this case.');
};

const checkNotSuspended = (complaint: Complaint, respondentRef: string) => {
  if (known(complaint).suspensions.some((each) => each.live && each.respondentRef === respondentRef))
    throw new RuleBroken('already-suspended', `${respondentRef} is suspended already. Review it instead.`);
};

/** Ahead of the act's own day, not of today: what is entered late keeps the review that was set then. */
const checkReview = (reviewOn: string, on: string) => {
  if (reviewOn <= on)
    throw new RuleBroken('review-not-ahead', `The review must lie after ${on}; ${reviewOn} does not.`);
};

/** No-fault suspension while the case is open. */
export const suspensionActs = {
  ImposeInterimSuspension: act({
    summary: 'Suspend a respondent while the case is open, without a finding of fault.',
    when: 'open',
    input: z.strictObject({ respondentRef: id, reasons, reviewOn: day }),
    conceivable: (complaint) =>
      refuseUnlessOne(
        liveRespondentsOf(known(complaint)),
        (respondentRef) => checkNotSuspended(complaint, respondentRef),
        () => new RuleBroken('not-a-respondent', 'This case has no respondent yet. Identify one first.'),
      ),
    decide: (data, complaint, { idFor, on }) => {
      if (!liveRespondentsOf(known(complaint)).includes(data.respondentRef))
        throw new RuleBroken('not-a-respondent', `${data.respondentRef} is not a respondent of this case.`);
      checkNotSuspended(complaint, data.respondentRef);
      checkReview(data.reviewOn, on);
      return [{ type: 'InterimSuspensionImposed', data: { ...data, suspensionId: idFor(0) } }];
    },
  }),

  ReviewInterimSuspension: act({
    summary: 'Review an interim suspension that goes on.',
    when: 'open',
    input: z.strictObject({ suspensionId: id, reasons, reviewOn: day }),
    possible: checkAnyLive,
    decide: (data, complaint, { on }) => {
      checkLive(complaint, data.suspensionId, on);
      checkReview(data.reviewOn, on);
      return [{ type: 'InterimSuspensionReviewed', data }];
    },
  }),

  LiftInterimSuspension: act({
    summary: 'End an interim suspension.',
    when: 'open',
    input: z.strictObject({ suspensionId: id, reasons }),
    possible: checkAnyLive,
    decide: (data, complaint, { on }) => {
      checkLive(complaint, data.suspensionId, on);
      return [{ type: 'InterimSuspensionLifted', data }];
    },
  }),
};
