import { z } from 'zod';
import { plusDays } from '../../clocks/days.js';
import { partiesOf } from '../../complaints/complaint.context.js';
import { refuseUnlessOne } from '../../event-store/decider.js';
import { RuleBroken } from '../../event-store/errors.js';
import { day, id, personal } from '../../event-store/schema.js';
import {
  appealOf,
  beforeReview,
  checkDraft,
  checkParties,
  decisionNotifications,
  pends,
  refuseEarlierPeople,
  refuseEarlierStage,
  standingFindings,
} from '../resolution.checks.js';
import {
  actWhileOpen,
  caseOf,
  isKnown,
  procedureOf,
  type ResolutionContext,
  type Surroundings,
} from '../resolution.context.js';
import { known, type Appeal, type Resolution } from '../resolution.state.js';

/** Nobody reviews a decision that they made, recorded or submitted themselves, or on a case in which they had a part. */
const checkReview = (resolution: Resolution, context: Partial<ResolutionContext>) => {
  const { actor } = context;
  const { review, makers } = known(resolution);
  if (review !== 'submitted')
    throw new RuleBroken('not-under-review', 'This decision is not under review. Submit it first.');
  refuseEarlierStage(context);
  if (actor && makers.includes(actor.id))
    throw new RuleBroken(
      'own-decision',
      `${actor.id} made or submitted this decision. Somebody else must review it.`,
    );
  if (isKnown(context) && actor && beforeReview(context).includes(actor.id))
    throw new RuleBroken(
      'had-a-part',
      `${actor.id} handled, investigated or heard this case, or decided it at an earlier stage. Somebody who had no part in it must review the decision.`,
    );
};

const checkReviewed = (resolution: Resolution, context: Surroundings) => {
  const { review } = known(resolution);
  if (decisionNotifications(resolution).length === 0) refuseEarlierStage(context);
  if (standingFindings(resolution).length === 0)
    throw new RuleBroken('nothing-decided', 'There is no finding to notify. Make one first.');
  if (review === 'submitted')
    throw new RuleBroken('review-pending', 'This decision is under review. Notify it when it is verified.');
  if (procedureOf(context).verificationRequired && review !== 'verified')
    throw new RuleBroken(
      'not-verified',
      'The policy requires that a decision is verified before it is notified. Submit it for review.',
    );
};

const checkNotifiedOn = (notifiedOn: string, { decidedOn }: { decidedOn?: string }, on: string) => {
  if (notifiedOn > on)
    throw new RuleBroken('occurred-in-future', `${notifiedOn} has not come yet. Record it when it has.`);
  if (decidedOn !== undefined && notifiedOn < decidedOn)
    throw new RuleBroken('notified-before-decision', `This was decided on ${decidedOn}, not before.`);
};

const checkAnybody = (context: Surroundings, to: readonly string[]) => {
  checkParties(context, to);
  if (to.length === 0 && partiesOf(caseOf(context)).length > 0)
    throw new RuleBroken('nobody-notified', 'Say in `to` which parties were told.');
};

const checkAddressees = (resolution: Resolution, context: Surroundings, to: readonly string[]) => {
  checkAnybody(context, to);
  const told = decisionNotifications(resolution);
  const again =
    told.length > 0 && (to.length === 0 || told.some((each) => each.to.some((ref) => to.includes(ref))));
  if (again)
    throw new RuleBroken(
      'already-notified',
      'One of them was told this decision already; their time to appeal runs from then.',
    );
};

const checkDecided = (resolution: Resolution, appealId: string): Appeal => {
  const appeal = appealOf(resolution, appealId);
  if (pends(appeal))
    throw new RuleBroken(
      'appeal-not-determined',
      `Appeal ${appealId} is not determined, or nothing was changed through it yet. Do that first.`,
    );
  return appeal;
};

/** Something is to be told to somebody: the outcome of an appeal, or the decision. */
const checkTellable = (resolution: Resolution, context: Partial<ResolutionContext>) => {
  if (!isKnown(context)) return;
  const parties = partiesOf(caseOf(context)).map((party) => [party]);
  const ways = [
    ...known(resolution).appeals.map(
      ({ appealId }) =>
        () =>
          checkDecided(resolution, appealId),
    ),
    ...(parties.length === 0 ? [[]] : parties).map((to) => () => {
      checkReviewed(resolution, context);
      checkAddressees(resolution, context, to);
    }),
  ];
  refuseUnlessOne(
    ways,
    (way) => way(),
    () => new RuleBroken('nothing-decided', 'There is nothing to tell.'),
  );
};

/** The last day to appeal, where the procedure knows an appeal and somebody was told who could lodge one. */
const appealWindow = (context: ResolutionContext, to: readonly string[], notifiedOn: string) => {
  const { appealWindowDays } = procedureOf(context);
  return appealWindowDays === 0 || to.length === 0
    ? {}
    : { appealUntil: plusDays(notifiedOn, appealWindowDays) };
};

/** How a decision is reviewed and told. */
export const reviewActs = {
  SubmitForReview: actWhileOpen({
    summary: 'Submit the decision to an independent reviewer.',
    when: 'open',
    input: z.strictObject({}),
    possible: (resolution, context) => {
      checkDraft(resolution, context);
      if (standingFindings(resolution).length === 0)
        throw new RuleBroken('nothing-decided', 'There is no finding to review. Make one first.');
      refuseEarlierPeople(context);
    },
    decide: () => [{ type: 'DecisionSubmittedForReview', data: {} }],
  }),

  VerifyDecision: actWhileOpen({
    summary: 'Confirm that the decision was properly made.',
    when: 'open',
    input: z.strictObject({ remarks: personal('case').optional() }),
    possible: checkReview,
    decide: (data) => [{ type: 'DecisionVerified', data }],
  }),

  VetoDecision: actWhileOpen({
    summary: 'Send the decision back: its findings and sanctions fall and are made anew.',
    when: 'open',
    input: z.strictObject({ reasons: personal('case').describe('Why; kept with the event.') }),
    possible: checkReview,
    decide: (data) => [{ type: 'DecisionVetoed', data }],
  }),

  Notify: actWhileOpen({
    summary: 'Record that parties were told the decision, or the outcome of an appeal.',
    when: 'open',
    input: z.strictObject({
      to: z.array(id).max(100).describe('The parties; none only where the case knows none.'),
      notifiedOn: day.optional().describe('The day they were told; the day of the act when absent.'),
      appealId: id.optional().describe('The appeal whose outcome they were told.'),
    }),
    conceivable: checkTellable,
    decide: ({ to, notifiedOn, appealId }, resolution, context) => {
      const when = notifiedOn ?? context.on;
      if (appealId === undefined) {
        checkReviewed(resolution, context);
        checkAddressees(resolution, context, to);
        checkNotifiedOn(when, known(resolution), context.on);
        const window = appealWindow(context, to, when);
        return [{ type: 'DecisionNotified', data: { to, notifiedOn: when, ...window } }];
      }
      const appeal = checkDecided(resolution, appealId);
      checkAnybody(context, to);
      checkNotifiedOn(when, appeal, context.on);
      return [{ type: 'DecisionNotified', data: { to, notifiedOn: when, appealId } }];
    },
  }),

  Publish: actWhileOpen({
    summary: 'Record that the decision, or what was agreed, was published.',
    when: 'open',
    input: z.strictObject({
      where: personal('case', 500).describe('A web page, a report, a notice board, …'),
      summary: personal('case').optional(),
    }),
    possible: (resolution) => {
      if (decisionNotifications(resolution).length === 0 && !known(resolution).agreement)
        throw new RuleBroken('decision-not-notified', 'Tell the parties first; then publish.');
    },
    decide: (data) => [{ type: 'DecisionPublished', data }],
  }),
};
