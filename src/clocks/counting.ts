import { FIRST_CALENDAR_DAY, isOutside, LAST_CALENDAR_DAY, type WorkingCalendar } from './calendar.js';
import { dateOf, epochDay, plusMonths, type EpochDay } from './days.js';
import type { DeadlineRule, Unit } from './deadline-rule.js';

/** Counting units off a calendar: the one arithmetic of due dates. */

/** What was counted: units after the day `after`, up to `due`. */
export interface Counted {
  readonly after: EpochDay;
  readonly due: EpochDay;
  readonly unit: Unit;
}

/** Days that a count of working days passed over. A holiday on a weekend counts as weekend. */
export interface Skipped {
  readonly weekendDays: number;
  readonly holidays: readonly string[];
}

/** The day `count` units after `from`; months keep the day of the month, or end on the last one of a shorter month. */
export function addUnits(unit: Unit, from: EpochDay, count: number, calendar: WorkingCalendar): EpochDay {
  switch (unit) {
    case 'calendar-days':
      return from + count;
    case 'working-days':
      return calendar.addWorkingDays(from, count);
    case 'weeks':
      return from + 7 * count;
    case 'months':
      return plusMonths(from, count).day;
  }
}

/** As addUnits, but on LAST_CALENDAR_DAY when that is later, or never because no day is a working day. */
export function addUnitsInside(
  unit: Unit,
  from: EpochDay,
  count: number,
  calendar: WorkingCalendar,
): EpochDay {
  try {
    return Math.min(LAST, addUnits(unit, from, count, calendar));
  } catch (fault) {
    if (isOutside(fault)) return LAST;
    throw fault;
  }
}

/** Units given by a stretch of days: working days where those are counted, else calendar days. */
export function unitsAfter(unit: Unit, from: EpochDay, to: EpochDay, calendar: WorkingCalendar): number {
  return unit === 'working-days' ? calendar.workingDaysAfter(from, to) : to - from;
}

/**
 * `count` units from a start. With `include` the start is day 1: "one month including the 1st" ends on the last day of
 * that month, and on the last day of a target month that is too short.
 */
export function countOff(
  { unit, dayZeroRule }: Pick<DeadlineRule, 'unit' | 'dayZeroRule'>,
  start: EpochDay,
  count: number,
  calendar: WorkingCalendar,
): Counted {
  if (dayZeroRule === 'exclude') return { after: start, due: addUnits(unit, start, count, calendar), unit };
  if (unit !== 'months') return { after: start - 1, due: addUnits(unit, start - 1, count, calendar), unit };
  const { day, clamped } = plusMonths(start, count);
  return { after: start - 1, due: clamped ? day : day - 1, unit };
}

/** The days d with after < d ≤ due that a count of working days passed over; null where every day counts. */
export function skippedIn({ after, due, unit }: Counted, calendar: WorkingCalendar): Skipped | null {
  if (unit !== 'working-days') return null;
  let weekendDays = 0;
  const holidays: string[] = [];
  for (let day = after + 1; day <= due; day++) {
    if (calendar.isWorkingDay(day)) continue;
    if (isWeekend(day, calendar)) weekendDays += 1;
    else holidays.push(dateOf(day));
  }
  return { weekendDays, holidays };
}

const FIRST = epochDay(FIRST_CALENDAR_DAY);
const LAST = epochDay(LAST_CALENDAR_DAY);
const WEEKS = [-28, -21, -14, -7, 7, 14, 21, 28];

/** Off on that weekday in most of the weeks around: a calendar need not say what its weekend is, nor never change it. */
function isWeekend(day: EpochDay, calendar: WorkingCalendar): boolean {
  const around = WEEKS.map((days) => day + days).filter((each) => each >= FIRST && each <= LAST);
  return around.filter((each) => !calendar.isWorkingDay(each)).length * 4 >= around.length * 3;
}
