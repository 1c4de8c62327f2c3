import Holidays, { type HolidaysTypes } from 'date-holidays';
import { epochDay, type EpochDay } from './days.js';

/** The days off of a region: which weekdays (ISO, 1 Monday to 7 Sunday), and which days of a year are holidays. */
export interface DaysOff {
  readonly weekend: readonly number[];
  holidaysIn(year: number): readonly EpochDay[];
}

/** The days off of a region, whose holidays have names. */
export interface NamedDaysOff extends DaysOff {
  /** By day; a day that somebody gave once may have none. */
  namesIn(year: number): ReadonlyMap<EpochDay, string>;
}

const DAY_MS = 86_400_000;
const CLOCK_CHANGE_MS = 7_200_000;

/** Weekends other than Saturday and Sunday, from CLDR's week data. */
const WEEKENDS: Readonly<Record<string, readonly number[]>> = {
  ...Object.fromEntries('BH DZ EG IL IQ JO KW LY OM QA SA SD SY YE'.split(' ').map((land) => [land, [5, 6]])),
  IR: [5],
  IN: [7],
  UG: [7],
};

/** One-off bank holidays of the United Kingdom that the library lacks, and the regular days that they replaced. */
const UK_ONE_OFF = {
  added: ['1977-06-07', '1995-05-08', '1999-12-31', '2002-06-03', '2002-06-04', '2011-04-29', '2012-06-04'],
  moved: ['1995-05-01', '2002-05-27', '2012-05-28'],
};
const ONE_OFF: Readonly<Record<string, { added: readonly string[]; moved: readonly string[] }>> = {
  'GB-ENG': UK_ONE_OFF,
  'GB-WLS': UK_ONE_OFF,
  'GB-NIR': UK_ONE_OFF,
  'GB-SCT': { ...UK_ONE_OFF, added: [...UK_ONE_OFF.added, '2026-06-15'] },
};

/**
 * The public and bank holidays of a region code: ISO 3166 country, subdivision where it matters, and town where the
 * library knows one: `NZ`, `GB-SCT`, `US-IL`, `US-LA-NO`. Null for a code that the library does not know, and for `GB`
 * alone: the nations share no complete list, so it would silently miss days.
 * Rules of today are also applied to past years unless the library or the list above knows better.
 */
export function daysOffOf(code: string): NamedDaysOff | null {
  const [country = '', state, region, ...rest] = code.split('-');
  if (rest.length > 0 || code === 'GB' || !isKnown(country, state, region)) return null;
  const parts = [country, state, region].filter((part) => part !== undefined);
  const library = new Holidays(...(parts as [string]), { types: ['bank', 'public'] });
  const oneOff = ONE_OFF[code];
  const moved = new Set(oneOff?.moved.map(epochDay));
  const added = oneOff?.added ?? [];
  return {
    weekend: WEEKENDS[country] ?? [6, 7],
    holidaysIn(year) {
      const days = library
        .getHolidays(year)
        .flatMap(daysOf)
        .filter((day) => !moved.has(day));
      return [...days, ...added.filter((date) => date.startsWith(`${year}-`)).map(epochDay)];
    },
    namesIn: (year) =>
      new Map(
        library
          .getHolidays(year)
          .flatMap((holiday) => daysOf(holiday).map((day) => [day, holiday.name] as const)),
      ),
  };
}

function isKnown(country: string, state: string | undefined, region: string | undefined): boolean {
  const library = new Holidays();
  if (!Object.hasOwn(library.getCountries() ?? {}, country)) return false;
  if (state !== undefined && !Object.hasOwn(library.getStates(country) ?? {}, state)) return false;
  return region === undefined || Object.hasOwn(library.getRegions(country, state ?? '') ?? {}, region);
}

/** Whole local days only: an afternoon off leaves a working day. The library's `Date`s serve for their distance alone. */
function daysOf(holiday: HolidaysTypes.Holiday): EpochDay[] {
  const first = epochDay(holiday.date.slice(0, 10));
  const whole = Math.floor((holiday.end.getTime() - holiday.start.getTime() + CLOCK_CHANGE_MS) / DAY_MS);
  return Array.from({ length: whole }, (_, day) => first + day);
}
