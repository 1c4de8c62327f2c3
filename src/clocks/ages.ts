import type { WorkingCalendar } from './calendar.js';
import { epochDay, type EpochDay } from './days.js';
import { merged, mergedPauses, type Pause, type Stretch } from './pauses.js';

/** A closing, and the reopening that undid it; null while the case is closed. */
export interface Closure {
  readonly closedOn: string;
  readonly reopenedOn: string | null;
}

/** The dates that a case's age comes from. Closures stand in the order in which they happened. */
export interface CaseDates {
  readonly receivedOn: string;
  readonly closures: readonly Closure[];
  readonly pauses: readonly Pause[];
}

/** Days of age, never negative. */
export interface Age {
  readonly calendarDays: number;
  readonly workingDays: number;
}

/** Gross: received to now, or to the closing. Net: gross less pauses and the time between a closing and its reopening. */
export interface CaseAge {
  readonly gross: Age;
  readonly net: Age;
}

/** Cases received on one day and open on the day asked about; a day may stand in several buckets. */
export interface ReceivedBucket {
  readonly receivedOn: string;
  readonly open: number;
}

/** In days; all but `n` and `sum` are null when `n` is 0. `mean` has 4 decimals, half rounded up as SQL's round does. */
export interface AgeStatistics {
  readonly n: number;
  readonly min: number | null;
  readonly median: number | null;
  readonly mean: number | null;
  readonly p90: number | null;
  readonly max: number | null;
  readonly sum: number;
}

/** The figures of `redress backlog`, under the names of its JSON. */
export interface BacklogFigures {
  readonly open: number;
  readonly age: { readonly calendarDays: AgeStatistics; readonly workingDays: AgeStatistics };
  readonly over: {
    readonly calendarDays: Readonly<Record<string, number>>;
    readonly workingDays: Readonly<Record<string, number>>;
  };
}

/** Open at the end of a day: received by then, and the latest close or reopen by then is not a close. */
export function isOpenOn(dates: Pick<CaseDates, 'receivedOn' | 'closures'>, day: string): boolean {
  return dates.receivedOn <= day && closedSince(dates.closures, day) === null;
}

/**
 * The age of a case at the end of the day `asOf`; null when it had not been received. Calendar days: last − received;
 * working days d: received < d ≤ last; where `last` is `asOf`, or the day of the closing that stands.
 * Net leaves out paused days (from ≤ d < to) and days closed < d ≤ reopened, so a case is as old on the day of its
 * reopening as it was when it closed. Pass only pauses that the policy allows.
 * Throws InvalidInput `bad-date`, RuleBroken `day-outside-calendar`.
 */
export function caseAge(dates: CaseDates, asOf: string, calendar: WorkingCalendar): CaseAge | null {
  if (dates.receivedOn > asOf) return null;
  const received = epochDay(dates.receivedOn);
  const last = Math.max(received, epochDay(closedSince(dates.closures, asOf) ?? asOf));
  const gross = ageBetween(received, last, calendar);
  let { calendarDays, workingDays } = gross;
  for (const { from, to } of standstills(dates, last)) {
    const lost = ageBetween(Math.max(from - 1, received), Math.min(to - 1, last), calendar);
    calendarDays -= lost.calendarDays;
    workingDays -= lost.workingDays;
  }
  return { gross, net: { calendarDays, workingDays } };
}

/**
 * The backlog at the end of the day `asOf`, from how many open cases were received on each day; days after `asOf` do not
 * count. `over` thresholds: strictly more days than N. Both ages fall as the day of receipt rises, so one walk over the
 * sorted days gives every order statistic of both. Throws as caseAge.
 */
export function backlogFigures(
  buckets: readonly ReceivedBucket[],
  asOf: string,
  calendar: WorkingCalendar,
  over: readonly number[],
): BacklogFigures {
  const day = epochDay(asOf);
  const youngestFirst = buckets
    .filter((bucket) => bucket.open > 0 && bucket.receivedOn <= asOf)
    .map((bucket) => ({ received: epochDay(bucket.receivedOn), open: bucket.open }))
    .toSorted((a, b) => b.received - a.received);
  const ages = youngestFirst.map(({ received }) => ageBetween(received, day, calendar));
  const counts = youngestFirst.map(({ open }) => open);
  const inCalendarDays = ages.map((age) => age.calendarDays);
  const inWorkingDays = ages.map((age) => age.workingDays);
  return {
    open: counts.reduce((sum, count) => sum + count, 0),
    age: { calendarDays: statistics(inCalendarDays, counts), workingDays: statistics(inWorkingDays, counts) },
    over: {
      calendarDays: countOver(inCalendarDays, counts, over),
      workingDays: countOver(inWorkingDays, counts, over),
    },
  };
}

/** The day of the closing that stands at the end of `day`; null when the case is not closed. */
function closedSince(closures: readonly Closure[], day: string): string | null {
  const latest = closures.findLast((closure) => closure.closedOn <= day);
  if (latest === undefined) return null;
  return latest.reopenedOn !== null && latest.reopenedOn <= day ? null : latest.closedOn;
}

/** Days on which the case did not age, up to `last`, from ≤ d < to. */
function standstills(dates: CaseDates, last: EpochDay): Stretch[] {
  const closed = dates.closures
    .filter((closure) => closure.reopenedOn !== null)
    .map((closure) => ({ from: epochDay(closure.closedOn) + 1, to: epochDay(closure.reopenedOn ?? '') + 1 }))
    .filter((stretch) => stretch.to <= last + 1);
  return merged([...mergedPauses(dates.pauses, last), ...closed]);
}

function ageBetween(from: EpochDay, to: EpochDay, calendar: WorkingCalendar): Age {
  if (to <= from) return { calendarDays: 0, workingDays: 0 };
  return { calendarDays: to - from, workingDays: calendar.workingDaysAfter(from, to) };
}

function statistics(ages: readonly number[], counts: readonly number[]): AgeStatistics {
  const n = counts.reduce((sum, count) => sum + count, 0);
  if (n === 0) return { n, min: null, median: null, mean: null, p90: null, max: null, sum: 0 };
  const sum = ages.reduce((total, age, index) => total + age * (counts[index] ?? 0), 0);
  const at = (rank: number) => ranked(ages, counts, rank);
  const median = (at(Math.ceil(n / 2)) + at(Math.floor(n / 2) + 1)) / 2;
  const p90 = at(Math.ceil((9 * n) / 10));
  return { n, min: at(1), median, mean: meanOf(sum, n), p90, max: at(n), sum };
}

/** The age of the case of this rank, 1 the youngest. */
function ranked(ages: readonly number[], counts: readonly number[], rank: number): number {
  let seen = 0;
  const index = counts.findIndex((count) => (seen += count) >= rank);
  return ages[index] ?? 0;
}

/** Integers throughout, so that no case near a half comes out otherwise than in SQL. */
function meanOf(sum: number, n: number): number {
  return Number((BigInt(sum) * 20_000n + BigInt(n)) / (2n * BigInt(n))) / 10_000;
}

function countOver(
  ages: readonly number[],
  counts: readonly number[],
  over: readonly number[],
): Record<string, number> {
  const countAbove = (limit: number) =>
    counts.reduce((sum, count, index) => ((ages[index] ?? 0) > limit ? sum + count : sum), 0);
  return Object.fromEntries(over.map((limit) => [String(limit), countAbove(limit)]));
}
