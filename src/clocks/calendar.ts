import { z } from 'zod';
import { RuleBroken } from '../event-store/errors.js';
import { epochDay, isoOf, weekdayOf, yearOf, type EpochDay } from './days.js';
import { daysOffOf, type DaysOff } from './holidays.js';

/** The days that calendars answer for. Nobody knows a bank holiday outside them, so they refuse rather than guess. */
export const FIRST_CALENDAR_DAY = '1900-01-01';
export const LAST_CALENDAR_DAY = '2199-12-31';

/**
 * Which days are working days. All days are epoch days; every method throws RuleBroken `day-outside-calendar` for a day
 * before FIRST_CALENDAR_DAY or after LAST_CALENDAR_DAY.
 */
export interface WorkingCalendar {
  readonly name: string;
  isWorkingDay(day: EpochDay): boolean;
  /**
   * The running number of a day: how many working days d have 1970-01-01 < d ≤ day (negative before). It depends on the
   * calendar alone, so a table of these numbers turns a working-day age into a subtraction in SQL.
   */
  runningNumber(day: EpochDay): number;
  /** Working days d with from < d ≤ to; negative when `to` is earlier. */
  workingDaysAfter(from: EpochDay, to: EpochDay): number;
  /** The n-th working day after `from` (n ≥ 1), or before it (n ≤ -1); `from` itself, working or not, for 0. */
  addWorkingDays(from: EpochDay, n: number): EpochDay;
  /** The day itself when it is a working day, else the next one. */
  onOrAfter(day: EpochDay): EpochDay;
  /** The day itself when it is a working day, else the one before. */
  onOrBefore(day: EpochDay): EpochDay;
}

const FIRST = epochDay(FIRST_CALENDAR_DAY);
const LAST = epochDay(LAST_CALENDAR_DAY);
const FIRST_YEAR = yearOf(FIRST);
const LAST_YEAR = yearOf(LAST);
const YEARS_AT_A_TIME = 10;

/** What a calendar is called: `weekdays`, a region code such as `GB-ENG`, or a name of the organisation's own. */
export const calendarName = z
  .string()
  .regex(
    /^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$/,
    'A calendar is named by letters, digits and hyphens, such as weekdays, GB-ENG or head-office.',
  )
  .max(40);

/** Which days from the first to the last of some whole years are working days. */
type WorkingDays = (fromYear: number, toYear: number) => (day: EpochDay) => boolean;

/**
 * Running numbers of whole years, grown outwards from the years already asked for, so that starting up costs nothing
 * and an age is two array reads.
 */
class RunningCalendar implements WorkingCalendar {
  private fromYear = 1970;
  private toYear = 1970;
  private first = 1;
  private last = 0;
  /** running[d - first + 1] is the running number of d; running[0] that of the day before the first. */
  private running = new Int32Array(1);
  /** working[k] is the working day whose running number is k + running[0] + 1. */
  private working = new Int32Array(0);

  constructor(
    readonly name: string,
    private readonly workingDays: WorkingDays,
  ) {}

  isWorkingDay(day: EpochDay): boolean {
    return this.numberAt(day) !== this.numberAt(day - 1);
  }

  runningNumber(day: EpochDay): number {
    return this.numberAt(day);
  }

  workingDaysAfter(from: EpochDay, to: EpochDay): number {
    return this.numberAt(to) - this.numberAt(from);
  }

  addWorkingDays(from: EpochDay, n: number): EpochDay {
    if (n === 0) return from;
    // Going back, a working day at `from` is itself the last one counted: step over it.
    return n > 0
      ? this.workingDay(this.numberAt(from) + n)
      : this.workingDay(this.numberAt(from - 1) + n + 1);
  }

  onOrAfter(day: EpochDay): EpochDay {
    return this.workingDay(this.numberAt(day - 1) + 1);
  }

  onOrBefore(day: EpochDay): EpochDay {
    return this.workingDay(this.numberAt(day));
  }

  private numberAt(day: EpochDay): number {
    if (!(day >= this.first - 1 && day <= this.last)) this.coverDay(day);
    return this.running[day - this.first + 1] as number;
  }

  private coverDay(day: EpochDay): void {
    // The day before the first has a number (where counting starts) although it is not answered for.
    if (!(day >= FIRST - 1 && day <= LAST)) throw outside(isoOf(day));
    this.cover(Math.max(yearOf(day), FIRST_YEAR));
  }

  private workingDay(number: number): EpochDay {
    let before = this.running[0] as number;
    while (number <= before) {
      if (this.first === FIRST) throw outside('an earlier day');
      this.cover(this.fromYear - 1);
      before = this.running[0] as number;
    }
    while (number > before + this.working.length) {
      if (this.last === LAST) throw outside('a later day');
      this.cover(this.toYear + 1);
    }
    return this.working[number - before - 1] as number;
  }

  private cover(year: number): void {
    this.fromYear = Math.max(FIRST_YEAR, Math.min(this.fromYear, year - (year % YEARS_AT_A_TIME)));
    this.toYear = Math.min(
      LAST_YEAR,
      Math.max(this.toYear, year - (year % YEARS_AT_A_TIME) + YEARS_AT_A_TIME - 1),
    );
    this.first = epochDay(`${this.fromYear}-01-01`);
    this.last = epochDay(`${this.toYear}-12-31`);
    const isWorking = this.workingDays(this.fromYear, this.toYear);
    const working: EpochDay[] = [];
    const counts = new Int32Array(this.last - this.first + 2);
    for (let day = this.first; day <= this.last; day++) {
      if (isWorking(day)) working.push(day);
      counts[day - this.first + 1] = working.length;
    }
    const atEpoch = counts[1 - this.first] as number;
    this.running = counts.map((count) => count - atEpoch);
    this.working = Int32Array.from(working);
  }
}

/** All days but those off. With the year before the first, whose last holiday may run over New Year. */
const allBut = (daysOff: DaysOff): WorkingDays => {
  const byYear = new Map<number, readonly EpochDay[]>();
  return (fromYear, toYear) => {
    const holidays = new Set<EpochDay>();
    for (let year = fromYear - 1; year <= toYear; year++) {
      const ofYear = byYear.get(year) ?? daysOff.holidaysIn(year);
      byYear.set(year, ofYear);
      for (const day of ofYear) holidays.add(day);
    }
    return (day) => !daysOff.weekend.includes(weekdayOf(day)) && !holidays.has(day);
  };
};

/** The calendar of all days but those off. */
export const calendarWithout = (name: string, daysOff: DaysOff): WorkingCalendar =>
  new RunningCalendar(name, allBut(daysOff));

export type Combination = 'intersection' | 'union';

/** Several calendars as one: a working day is one for all of them (intersection), or for any (union). */
export function combined(calendars: readonly WorkingCalendar[], combine: Combination): WorkingCalendar {
  const [only] = calendars;
  if (only !== undefined && calendars.length === 1) return only;
  const names = calendars.map(({ name }) => name).join(combine === 'intersection' ? ' & ' : ' | ');
  const says = (day: EpochDay) => (calendar: WorkingCalendar) => calendar.isWorkingDay(day);
  return new RunningCalendar(names, () =>
    combine === 'intersection' ? (day) => calendars.every(says(day)) : (day) => calendars.some(says(day)),
  );
}

export const WEEKDAYS: DaysOff = { weekend: [6, 7], holidaysIn: () => [] };

/** Monday to Friday, no holidays. */
export const weekdays: WorkingCalendar = calendarWithout('weekdays', WEEKDAYS);

const calendars = new Map<string, WorkingCalendar>([['weekdays', weekdays]]);

/** Looks a calendar up: `weekdays`, or a region code such as `GB-ENG`, `GB-SCT`, `US-IL`, `NZ`; null when unknown. */
export function findCalendar(name: string): WorkingCalendar | null {
  const known = calendars.get(name);
  if (known !== undefined) return known;
  const daysOff = daysOffOf(name);
  if (daysOff === null) return null;
  const calendar = calendarWithout(name, daysOff);
  calendars.set(name, calendar);
  return calendar;
}

/** As findCalendar; throws RuleBroken `unknown-calendar`. */
export function calendarNamed(name: string): WorkingCalendar {
  const calendar = findCalendar(name);
  if (calendar === null) throw unknownCalendar(name);
  return calendar;
}

const hintFor = (name: string): string =>
  name === 'GB'
    ? 'Name the nation: GB-ENG, GB-WLS, GB-SCT or GB-NIR.'
    : 'Use weekdays, or a region such as GB-ENG.';

/** That there is no such calendar, and which there are. */
export function noCalendar(name: string): string {
  return `There is no working calendar "${name.slice(0, 40)}". ${hintFor(name)}`;
}

export function unknownCalendar(name: string): RuleBroken {
  return new RuleBroken(
    'unknown-calendar',
    `There is no working calendar "${name.slice(0, 40)}". ${hintFor(name)}`,
  );
}

/** Whether a calendar was asked for a day that it does not answer for. */
export function isOutside(fault: unknown): boolean {
  return fault instanceof RuleBroken && fault.code === 'day-outside-calendar';
}

function outside(what: string): RuleBroken {
  return new RuleBroken(
    'day-outside-calendar',
    `Working calendars run from ${FIRST_CALENDAR_DAY} to ${LAST_CALENDAR_DAY}; ${what} is outside. Check the date.`,
  );
}
