import { z } from 'zod';
import { refuseUnlessOne } from '../../event-store/decider.js';
import { RuleBroken } from '../../event-store/errors.js';
import { day, personal, word } from '../../event-store/schema.js';
import { act } from '../complaint.context.js';
import type { CaseDeadline } from '../complaint.deadlines.js';
import { known, type KnownComplaint } from '../complaint.state.js';

/** The pause that lasts. */
export const runningPause = ({ pauses }: KnownComplaint) => pauses.find(({ to }) => to === null);

/** The last day on which the clocks were started, stopped or resumed: no later change lies before it. */
export const clocksChangedOn = ({ receivedOn, pauses, gaps, escalations = [] }: KnownComplaint): string =>
  [
    receivedOn,
    ...pauses.map(({ from, to }) => to ?? from),
    ...gaps.map(({ reopenedOn }) => reopenedOn),
    ...escalations.map(({ requestedOn }) => requestedOn),
  ]
    .toSorted()
    .at(-1) ?? receivedOn;

/** The deadline of that name that is not met; of one that recurs, the occurrence that runs. */
const runningDeadline = (deadlines: readonly CaseDeadline[], name: string): CaseDeadline => {
  const deadline = deadlines.findLast(({ key }) => key === name);
  if (!deadline)
    throw new RuleBroken(
      'unknown-deadline',
      `This case has no deadline ${name}. It has: ${deadlines.map(({ key }) => key).join(', ') || 'none'}.`,
    );
  if (deadline.metOn !== null)
    throw new RuleBroken(
      'deadline-met',
      `${deadline.key} was met on ${deadline.metOn}; there is nothing to extend.`,
    );
  return deadline;
};

/** Stopping, resuming and moving the clocks, on the record. */
export const clockActs = {
  PauseClock: act({
    summary: 'Stop the clocks that the policy allows to be stopped.',
    when: 'open',
    input: z.strictObject({
      reason: word.describe('One of the reasons that the policy lists.'),
      basis: personal('case'),
    }),
    possible: (complaint, { policy }) => {
      if ((policy?.procedure.pauseReasons ?? []).length === 0)
        throw new RuleBroken('pause-not-allowed', 'The policy of this case allows no pause.');
      if (runningPause(known(complaint)))
        throw new RuleBroken('already-paused', 'The clock is paused already. Resume it first.');
    },
    decide: (data, complaint, { policy, on }) => {
      const reasons = policy?.procedure.pauseReasons ?? [];
      if (!reasons.includes(data.reason))
        throw new RuleBroken(
          'pause-reason-not-allowed',
          `The policy allows a pause for: ${reasons.join(', ')}.`,
        );
      const last = clocksChangedOn(known(complaint));
      if (on < last) throw new RuleBroken('pause-overlaps', `A pause can begin on ${last} at the earliest.`);
      return [{ type: 'ClockPaused', data }];
    },
  }),

  ResumeClock: act({
    summary: 'Let the clock run again.',
    when: 'open',
    input: z.strictObject({}),
    possible: (complaint) => {
      if (!runningPause(known(complaint)))
        throw new RuleBroken('not-paused', 'The clock is running; there is no pause to end.');
    },
    decide: (_, complaint, { on }) => {
      const running = runningPause(known(complaint));
      if (running && on < running.from)
        throw new RuleBroken(
          'resumed-before-pause',
          `The pause began on ${running.from}; it cannot end before that.`,
        );
      return [{ type: 'ClockResumed', data: {} }];
    },
  }),

  ExtendDeadline: act({
    summary: 'Move a deadline, before it expires and within what the policy allows.',
    when: 'open',
    input: z.strictObject({
      deadline: word,
      newDueOn: day,
      reasons: personal('case').optional().describe('Why; most policies ask for it.'),
    }),
    conceivable: (_, { deadlines, today }) => {
      if (deadlines && today !== undefined)
        refuseUnlessOne(
          [...new Set(deadlines.map(({ key }) => key))],
          (key) => runningDeadline(deadlines, key).checkExtensible(today),
          () => new RuleBroken('unknown-deadline', 'This case has no deadline.'),
        );
    },
    decide: (data, _, { deadlines, today }) => {
      const deadline = runningDeadline(deadlines, data.deadline);
      const reasoned = data.reasons !== undefined;
      deadline.checkExtension({ to: data.newDueOn, askedOn: today, reasoned });
      return [{ type: 'DeadlineExtended', data: { ...data, oldDueOn: deadline.dueOn } }];
    },
  }),
};
