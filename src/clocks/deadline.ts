import { RuleBroken } from '../event-store/errors.js';
import type { WorkingCalendar } from './calendar.js';
import { dateOf, epochDay, plusMonths, type EpochDay } from './days.js';
import type { DeadlineRule } from './policy-set.js';
import { mergedPauses, type Pause, type Stretch } from './pauses.js';

/** A deadline put off: `to` is the new due date as it was given in writing, on the day `grantedOn`. */
export interface Extension {
  readonly grantedOn: string;
  readonly to: string;
}

/** What happened to one clock so far. Pauses and extensions stand in the order in which they happened. */
export interface Clock {
  readonly startedOn: string;
  readonly pauses: readonly Pause[];
  readonly extensions: readonly Extension[];
}

/** A request to put a deadline off. `dueOn` is the due date now, `unextendedDueOn` what it is without any extension. */
export interface ExtensionRequest {
  readonly dueOn: string;
  readonly unextendedDueOn: string;
  readonly to: string;
  readonly askedOn: string;
  readonly granted: number;
}

/**
 * The due date of a clock as it stands on `today`, `YYYY-MM-DD`. Steps, in order:
 * 1. the start moves to the next working day when `nonWorkingReceiptRule` says so;
 * 2. `count` units are counted from it; with `include` the start is day 1. "One month including the 1st" ends on the last
 *    day of that month; where the target month is too short, on its last day;
 * 3. the latest extension given by `today` replaces that date;
 * 4. if the rule is pausable, each day d of a pause (from ≤ d < to) that the clock would have counted is given back:
 *    working days where working days are counted, else calendar days. A pause that began after the due date gives
 *    nothing back: what was missed stays missed. A pause that is still open on `today` is taken to last through `today`;
 * 5. `rollRule` moves a non-working due date. Rolling forward also passes over paused days.
 *
 * Throws InvalidInput `bad-date`, RuleBroken `day-outside-calendar`.
 */
export function dueOn(rule: DeadlineRule, clock: Clock, calendar: WorkingCalendar, today: string): string {
  const asOf = epochDay(today);
  const received = epochDay(clock.startedOn);
  const start = rule.nonWorkingReceiptRule === 'next-working-day' ? calendar.onOrAfter(received) : received;
  const extension = clock.extensions.findLast((granted) => granted.grantedOn <= today);
  const counted =
    extension === undefined
      ? { after: rule.dayZeroRule === 'include' ? start - 1 : start, due: countOff(rule, start, calendar) }
      : { after: epochDay(extension.grantedOn), due: epochDay(extension.to) };
  const pauses = rule.pausable && clock.pauses.length > 0 ? mergedPauses(clock.pauses, asOf) : [];
  return dateOf(roll(rule, giveBack(rule, counted, pauses, calendar), pauses, calendar));
}

/** Overdue on a day: strictly after the due date. Due today is not overdue. Both `YYYY-MM-DD`. */
export function isOverdue(dueDate: string, today: string): boolean {
  return today > dueDate;
}

/**
 * The last due date that counts as due soon on `today`: `leadWorkingDays` working days ahead. A deadline is due soon when
 * `today ≤ due ≤ dueSoonUntil`.
 */
export function dueSoonUntil(today: string, leadWorkingDays: number, calendar: WorkingCalendar): string {
  return dateOf(calendar.addWorkingDays(epochDay(today), leadWorkingDays));
}

/**
 * Throws RuleBroken unless the rule allows the extension: `extension-not-allowed`, `extension-count-used-up`,
 * `extension-after-expiry`, `extension-notice-too-short`, `extension-not-later`, `extension-over-cap`.
 */
export function assertExtensionAllowed(
  rule: DeadlineRule,
  request: ExtensionRequest,
  calendar: WorkingCalendar,
): void {
  const allowed = rule.extension;
  if (allowed === null)
    throw new RuleBroken(
      'extension-not-allowed',
      `The deadline ${rule.key} cannot be extended under its policy.`,
    );
  if (request.granted >= allowed.count)
    throw new RuleBroken(
      'extension-count-used-up',
      `The deadline ${rule.key} may be extended ${allowed.count} time(s) and has been. Its due date ${request.dueOn} stands.`,
    );
  assertInTime(request, allowed.noticeBeforeExpiry);
  if (request.to <= request.dueOn)
    throw new RuleBroken('extension-not-later', `Give a new date after ${request.dueOn}, the due date now.`);
  const latest = dateOf(addUnits(rule, epochDay(request.unextendedDueOn), allowed.max, calendar).day);
  if (request.to > latest)
    throw new RuleBroken(
      'extension-over-cap',
      `The policy extends ${rule.key} to ${latest} at the latest. Give that day or an earlier one.`,
    );
}

function assertInTime(request: ExtensionRequest, noticeDays: number): void {
  if (isOverdue(request.dueOn, request.askedOn))
    throw new RuleBroken(
      'extension-after-expiry',
      `The deadline expired on ${request.dueOn}; it can no longer be extended.`,
    );
  const lastDay = dateOf(epochDay(request.dueOn) - noticeDays);
  if (request.askedOn > lastDay)
    throw new RuleBroken(
      'extension-notice-too-short',
      `An extension had to be given by ${lastDay}, ${noticeDays} day(s) before expiry.`,
    );
}

function addUnits(
  rule: DeadlineRule,
  from: EpochDay,
  count: number,
  calendar: WorkingCalendar,
): { day: EpochDay; clamped: boolean } {
  switch (rule.unit) {
    case 'calendar-days':
      return { day: from + count, clamped: false };
    case 'working-days':
      return { day: calendar.addWorkingDays(from, count), clamped: false };
    case 'weeks':
      return { day: from + 7 * count, clamped: false };
    case 'months':
      return plusMonths(from, count);
  }
}

function countOff(rule: DeadlineRule, start: EpochDay, calendar: WorkingCalendar): EpochDay {
  if (rule.dayZeroRule === 'exclude') return addUnits(rule, start, rule.count, calendar).day;
  if (rule.unit !== 'months') return addUnits(rule, start - 1, rule.count, calendar).day;
  const { day, clamped } = plusMonths(start, rule.count);
  return clamped ? day : day - 1;
}

/** Each pause that begins while the clock still runs pushes the end out by the units it holds. */
function giveBack(
  rule: DeadlineRule,
  counted: { readonly after: EpochDay; readonly due: EpochDay },
  pauses: readonly Stretch[],
  calendar: WorkingCalendar,
): EpochDay {
  let due = counted.due;
  for (const { from, to } of pauses) {
    if (from > due) break;
    const before = Math.max(from - 1, counted.after);
    if (to - 1 <= before) continue;
    if (rule.unit === 'working-days')
      due = calendar.addWorkingDays(due, calendar.workingDaysAfter(before, to - 1));
    else due += to - 1 - before;
  }
  return due;
}

function roll(
  rule: DeadlineRule,
  due: EpochDay,
  pauses: readonly Stretch[],
  calendar: WorkingCalendar,
): EpochDay {
  switch (rule.rollRule) {
    case 'none':
      return due;
    case 'previous-working-day':
      return calendar.onOrBefore(due);
    case 'next-working-day':
      return pauses.reduce(
        (day, { from, to }) => (from <= day && day < to ? calendar.onOrAfter(to) : day),
        calendar.onOrAfter(due),
      );
  }
}
