import type { INestApplicationContext } from '@nestjs/common';
import { calendarName } from '../clocks/calendar.js';
import { PolicyBook } from '../clocks/policy.queries.js';
import { Clock } from '../platform/clock.js';
import { Unusable } from '../platform/command-line.js';
import { readBankHolidays } from './calendar-file.js';
import { readClosures, type IgnoredEvent, type NamedDay } from './ical-file.js';
import { part, textOf } from './in-house.js';

/** A file of days off, of whatever kind: what it makes of which calendars. */

export interface DaysOffAsked {
  readonly calendar?: string | undefined;
  readonly complete?: boolean | undefined;
  readonly through?: string | undefined;
}

export interface CalendarDays {
  readonly name: string;
  readonly add: readonly NamedDay[];
  readonly remove?: readonly string[];
  readonly complete?: { readonly from: number; readonly to: number };
}

export interface DaysOffRead {
  readonly calendars: readonly CalendarDays[];
  readonly ignored: readonly IgnoredEvent[];
  /** Where days of that kind come from, when nobody says. */
  readonly source: string | undefined;
}

/** How many years of what comes again each year are told, when nobody says until when. */
export const YEARS_AHEAD = 10;

const isICalendar = (text: string): boolean => /^\uFEFF?\s*BEGIN:VCALENDAR/i.test(text);

const bankHolidays = (text: string, file: string, asked: DaysOffAsked): DaysOffRead => {
  const given = (['calendar', 'complete', 'through'] as const).find((each) => asked[each] !== undefined);
  if (given !== undefined)
    throw new Unusable(
      `${file}: --${given} is for iCalendar files. A file of bank holidays says for whom it is itself.`,
    );
  const source = 'https://www.gov.uk/bank-holidays.json';
  return { calendars: readBankHolidays(text, file), ignored: [], source };
};

const yearIn = (text: string | undefined, today: string): number => {
  if (text === undefined) return Number(today.slice(0, 4)) + YEARS_AHEAD;
  if (!/^(19|20|21)\d\d$/.test(text)) throw new Unusable(`--through ${text}: give a year from 1900 to 2199.`);
  return Number(text);
};

/** Of the days that an event has no more, those that it is on record for: a holiday of the base stays one. */
const undoneIn = (book: PolicyBook, name: string, cancelled: readonly NamedDay[]): string[] => {
  const last = book.isCalendar(name) ? book.calendarFile(name).revisions.at(-1) : undefined;
  const byDate = new Map(last?.added.map((added) => [added.date, added.name]));
  return cancelled.filter(({ date, name: called }) => byDate.get(date) === called).map(({ date }) => date);
};

const yearsOf = (days: readonly NamedDay[]): Pick<CalendarDays, 'complete'> => {
  const [first, last] = [days[0], days.at(-1)];
  if (!first || !last) return {};
  return { complete: { from: Number(first.date.slice(0, 4)), to: Number(last.date.slice(0, 4)) } };
};

/** Errors: InvalidInput `bad-calendar-file`; Unusable. */
export const daysOffIn = async (
  file: string,
  asked: DaysOffAsked,
  house: INestApplicationContext,
): Promise<DaysOffRead> => {
  const text = await textOf(file);
  if (!isICalendar(text)) return bankHolidays(text, file, asked);
  const { calendar: name, complete, through } = asked;
  if (name === undefined || !calendarName.safeParse(name).success)
    throw new Unusable(
      `${file}: say which calendar the days are for: --calendar GB-ENG, or a name of your own; of whatif --calendar GB-ENG=${file}.`,
    );
  const { add, cancelled, ignored } = readClosures(text, file, yearIn(through, part(house, Clock).today()));
  const book = part(house, PolicyBook);
  await book.read();
  const days = { name, add, remove: undoneIn(book, name, cancelled), ...(complete ? yearsOf(add) : {}) };
  return { calendars: [days], ignored, source: undefined };
};
