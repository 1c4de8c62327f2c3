import { RuleBroken } from '../event-store/errors.js';
import { combined, LAST_CALENDAR_DAY, type WorkingCalendar } from './calendar.js';
import { epochDay } from './days.js';
import type { DeadlineRule, Unit } from './deadline-rule.js';
import type { PolicySet } from './policy-set.js';

/** Rules that nobody can mean. Not a matter of the schema: what was published before they were refused stays readable. */

/** Fifty years. Days end below that by their schema. */
const MOST: Partial<Record<Unit, number>> = { months: 600, weeks: 2_600 };

interface Count {
  readonly field: string;
  readonly count: number;
  readonly unit: Unit;
}

const countsOf = ({ count, unit, startsAtLatest, recurrence, extension }: DeadlineRule): readonly Count[] => [
  { field: 'count', count, unit },
  ...(startsAtLatest ? [{ field: 'startsAtLatest.count', ...startsAtLatest }] : []),
  ...(recurrence ? [{ field: 'recurrence.count', ...recurrence }] : []),
  ...(extension ? [{ field: 'extension.max', count: extension.max, unit }] : []),
];

const refuseCounts = (rule: DeadlineRule): void => {
  for (const { field, count, unit } of countsOf(rule)) {
    const most = MOST[unit] ?? Infinity;
    if (count > most)
      throw new RuleBroken(
        'count-beyond-reason',
        `The deadline ${rule.key} has ${field}: ${count} ${unit}, which is more than fifty years. Give ${most} at most.`,
      );
  }
};

/** So far ahead calendars are looked through for years without a working day. */
const YEARS = 10;

/** The first year from that day on, of those looked through, that has no working day; undefined when each has one. */
export const idleYear = (calendar: WorkingCalendar, from: string): number | undefined => {
  const first = Number(from.slice(0, 4));
  const last = Math.min(first + YEARS, Number(LAST_CALENDAR_DAY.slice(0, 4)));
  for (let year = first; year <= last; year += 1)
    if (calendar.workingDaysAfter(epochDay(`${year}-01-01`) - 1, epochDay(`${year}-12-31`)) === 0)
      return year;
  return undefined;
};

const goesByWorkingDays = ({ rollRule, nonWorkingReceiptRule, ...rule }: DeadlineRule): boolean =>
  rollRule !== 'none' ||
  nonWorkingReceiptRule !== 'as-is' ||
  [rule, rule.startsAtLatest, rule.recurrence].some((counted) => counted?.unit === 'working-days');

/** Refuses calendars, combined as a policy does, of which a year from that day on has no working day: `no-working-day`. */
export const refuseIdleCalendars = (
  policy: PolicySet,
  calendarNamed: (name: string) => WorkingCalendar,
  from: string,
): void => {
  const { key, version, calendars, combine, deadlines } = policy;
  const year = idleYear(combined(calendars.map(calendarNamed), combine), from);
  if (year === undefined) return;
  const rule = deadlines.find(goesByWorkingDays);
  const what = rule ? `the deadline ${rule.key}` : 'its reminders';
  throw new RuleBroken(
    'no-working-day',
    `${calendars.join(combine === 'union' ? ' or ' : ' and ')} leave ${key}@${version} no working day in ${year}, so ${what} cannot be counted. Give calendars that share working days, or combine: union.`,
  );
};

/** Refuses what no policy can mean: `count-beyond-reason`, `no-working-day`, `unknown-calendar`. */
export const refuseBeyondReason = (
  policy: PolicySet,
  calendarNamed: (name: string) => WorkingCalendar,
  today: string,
): void => {
  policy.deadlines.forEach(refuseCounts);
  refuseIdleCalendars(policy, calendarNamed, policy.effectiveFrom > today ? policy.effectiveFrom : today);
};
