import type { WorkingCalendar } from '../clocks/calendar.js';
import { dueSoonUntil, isOverdue } from '../clocks/deadline.js';
import { epochDay } from '../clocks/days.js';
import type { PolicySet } from '../clocks/policy-set.js';

/** What one reminder is about. Each is recorded once for its key, whatever becomes of the queue. */
export interface ReminderKey {
  readonly caseId: string;
  readonly deadline: string;
  readonly dueOn: string;
  readonly step: string;
  readonly recipient: string;
}

/** Who is reminded of a case that nobody handles. */
export const INTAKE = 'intake';

/**
 * The step that has come on `today`, `YYYY-MM-DD`; null before the first. `due-soon` from `dueSoonWorkingDays` working
 * days before the due day; `overdue-1` from the day after it; then one step after each `repeatEveryWorkingDays` working
 * days since the due day. Steps that passed while nobody looked are not made up for.
 */
export const stepOn = (
  dueOn: string,
  today: string,
  rules: PolicySet['reminders'],
  calendar: WorkingCalendar,
): string | null => {
  if (!isOverdue(dueOn, today))
    return dueOn <= dueSoonUntil(today, rules.dueSoonWorkingDays, calendar) ? 'due-soon' : null;
  const every = rules.repeatEveryWorkingDays;
  const since = calendar.workingDaysAfter(epochDay(dueOn), epochDay(today));
  return `overdue-${1 + (every === 0 ? 0 : Math.floor(since / every))}`;
};

/** The key as one line of text, for what needs a name: a claim, a letter. */
export const lineOf = ({ caseId, deadline, dueOn, step, recipient }: ReminderKey): string =>
  JSON.stringify([caseId, deadline, dueOn, step, recipient]);
