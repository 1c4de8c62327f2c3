import { z } from 'zod';
import { RuleBroken } from '../../event-store/errors.js';
import { day, personal } from '../../event-store/schema.js';
import { refuseThroughGlass } from '../complaint.confidential.js';
import { act, type ComplaintContext } from '../complaint.context.js';
import { known, type Complaint, type KnownComplaint } from '../complaint.state.js';
import { clocksChangedOn } from './clock.acts.js';
import { checkStated } from './intake.acts.js';

const reachedBy = ({ escalations = [] }: KnownComplaint, stages: readonly string[]) => ({
  present: stages[escalations.length] ?? stages.at(-1) ?? '',
  next: stages[escalations.length + 1],
});

/** The stage that comes next, where the procedure has one that is decided on paper. */
const nextStage = (complaint: Complaint, policy: ComplaintContext['policy']): string => {
  if (!policy)
    throw new RuleBroken(
      'case-not-adopted',
      'This case was imported and has no procedure yet. Adopt it first, after reopening it where it is closed.',
    );
  const { present, next } = reachedBy(known(complaint), policy.procedure.stages);
  if (next === undefined)
    throw new RuleBroken(
      'no-further-stage',
      `The procedure of this case has no stage after ${present}. Tell the complainant who can look at it outside the organisation.`,
    );
  if (policy.procedure.hearingRequired)
    throw new RuleBroken(
      'further-stage-is-heard',
      `The next stage, ${next}, needs a hearing. Lodge an appeal on the resolution instead.`,
    );
  return next;
};

/** What was withdrawn, rejected or referred was not answered at its stage. */
const checkAnswerable = (complaint: Complaint): void => {
  const { ending } = known(complaint);
  if (ending !== undefined)
    throw new RuleBroken(
      'already-ended',
      `The complaint was ${ending}, not answered. Reopen it, or triage it anew; then it can be escalated.`,
    );
};

const checkRequestedOn = (complaint: Complaint, requestedOn: string): void => {
  const file = known(complaint);
  const earliest = file.phase === 'closed' ? file.closedOn : clocksChangedOn(file);
  if (requestedOn < earliest)
    throw new RuleBroken(
      'escalated-too-early',
      `The case was received, answered or last taken up on ${earliest}; a further stage cannot have been asked for on ${requestedOn}. Check the day.`,
    );
};

const checkAcknowledged = (requestedOn: string, acknowledgedOn: string): void => {
  if (acknowledgedOn < requestedOn)
    throw new RuleBroken(
      'acknowledged-before-request',
      `The further stage was asked for on ${requestedOn}; that was not acknowledged on ${acknowledgedOn}. Check the day.`,
    );
};

/** Requests and their acknowledgements lie in order, and not in the future. */
export const checkEscalationDays = (file: KnownComplaint, today: string): void => {
  const { escalations = [], gaps, receivedOn } = file;
  for (const { requestedOn, acknowledgedOn = requestedOn } of escalations) {
    checkAcknowledged(requestedOn, acknowledgedOn);
    if (acknowledgedOn > today)
      throw new RuleBroken('occurred-in-future', `${acknowledgedOn} is in the future. Give the day it was.`);
  }
  const spells = gaps.map(({ closedOn, reopenedOn }) => [closedOn, reopenedOn] as const);
  const first = escalations[0]?.requestedOn ?? receivedOn;
  const wrong = [...spells, [receivedOn, first] as const].find(([from, to]) => to < from);
  if (wrong)
    throw new RuleBroken(
      'escalated-too-early',
      `A further stage cannot have been asked for on ${wrong[1]}, before ${wrong[0]}. Check the day.`,
    );
};

/** A further stage that is decided on paper: asked for, and acknowledged. */
export const escalationActs = {
  Escalate: act({
    summary:
      'Record that the complainant asks for the next stage of the procedure; somebody else is to handle it.',
    when: 'existing',
    input: z.strictObject({
      requestedOn: day.optional().describe('The day the request came in; the day of the act when absent.'),
      reasons: personal('case').describe('Why; kept with the event.'),
    }),
    possible: (complaint, context) => {
      const { policy } = context;
      // It takes off whoever works on it.
      refuseThroughGlass(known(complaint), context);
      checkAnswerable(complaint);
      const unadopted = known(complaint).policySet === undefined;
      if (policy || unadopted) nextStage(complaint, policy);
    },
    decide: ({ requestedOn: stated, reasons }, complaint, { policy, on }) => {
      const requestedOn = stated ?? on;
      checkStated(requestedOn, on);
      const stage = nextStage(complaint, policy);
      checkRequestedOn(complaint, requestedOn);
      return [{ type: 'ComplaintEscalated', data: { stage, requestedOn, reasons } }];
    },
  }),

  AcknowledgeEscalation: act({
    summary: 'Record that the complainant was told the request for the next stage has arrived.',
    when: 'open',
    input: z.strictObject({
      acknowledgedOn: day.optional().describe('The day it was sent; the day of the act when absent.'),
    }),
    possible: (complaint) => {
      const last = known(complaint).escalations?.at(-1);
      if (!last)
        throw new RuleBroken('not-escalated', 'Nobody asked for a further stage. Record the request first.');
      if (last.acknowledgedOn !== undefined)
        throw new RuleBroken(
          'already-acknowledged',
          `The request for ${last.stage} was acknowledged on ${last.acknowledgedOn}.`,
        );
    },
    decide: ({ acknowledgedOn: stated }, complaint, { on }) => {
      const acknowledgedOn = stated ?? on;
      checkStated(acknowledgedOn, on);
      checkAcknowledged(known(complaint).escalations?.at(-1)?.requestedOn ?? on, acknowledgedOn);
      return [{ type: 'EscalationAcknowledged', data: { acknowledgedOn } }];
    },
  }),
};
