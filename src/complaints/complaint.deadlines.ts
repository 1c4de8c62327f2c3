import type { WorkingCalendar } from '../clocks/calendar.js';
import { assertExtensionAllowed, dueOn } from '../clocks/deadline.js';
import type { DeadlineRule, PolicySet } from '../clocks/policy-set.js';
import type { KnownComplaint } from './complaint.state.js';

/** A deadline of a case: what its policy set makes of its history. */
export interface CaseDeadline {
  readonly key: string;
  readonly startedOn: string;
  readonly dueOn: string;
  /** The day of the first event that met it. */
  readonly metOn: string | null;
  /** Stopped by a pause that lasts; it is not overdue while it stands still. */
  readonly held: boolean;
  /** Refuses an extension that the policy does not allow on that day. */
  checkExtension(to: string, askedOn: string): void;
}

const firstOf = (complaint: KnownComplaint, events: readonly string[], from = ''): string | undefined =>
  complaint.milestones.find(({ event, on }) => events.includes(event) && on >= from)?.on;

const LAST_DAY = '2199-12-31';

const deadlineOf = (
  rule: DeadlineRule,
  complaint: KnownComplaint,
  calendar: WorkingCalendar,
  today: string | null,
): CaseDeadline[] => {
  const startedOn = firstOf(complaint, [rule.startEvent]);
  if (startedOn === undefined) return [];
  const extensions = complaint.extensions.filter(({ deadline }) => deadline === rule.key);
  const clock = { startedOn, pauses: complaint.pauses, extensions };
  const ended = complaint.pauses.filter(({ to }) => to !== null);
  const whenPaused = dueOn(rule, { ...clock, pauses: ended }, calendar, LAST_DAY);
  const due = today === null ? whenPaused : dueOn(rule, clock, calendar, today);
  const openPause = complaint.pauses.find(({ to }) => to === null);
  return [
    {
      key: rule.key,
      startedOn,
      dueOn: due,
      metOn: firstOf(complaint, rule.stopEvents, startedOn) ?? null,
      held: rule.pausable && openPause !== undefined && openPause.from <= whenPaused,
      checkExtension: (to, askedOn) => {
        const unextendedDueOn = dueOn(rule, { ...clock, extensions: [] }, calendar, askedOn);
        const request = { dueOn: due, unextendedDueOn, to, askedOn, granted: extensions.length };
        assertExtensionAllowed(rule, request, calendar);
      },
    },
  ];
};

/**
 * The deadlines that run or ran. A due date that an open pause holds moves on each day: `today` says as of which; null
 * gives it as it stood when the pause began, which depends on the history alone. None for a case that nobody adopted.
 */
export const deadlinesOf = (
  complaint: KnownComplaint,
  policy: PolicySet | undefined,
  calendar: WorkingCalendar,
  today: string | null,
): readonly CaseDeadline[] =>
  policy?.deadlines.flatMap((rule) => deadlineOf(rule, complaint, calendar, today)) ?? [];
