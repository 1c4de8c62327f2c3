/**
 * Dates and clock times as registers write them. A format is text in which these tokens stand for digits and everything
 * else for itself: `YYYY`, `YY` (of 1969 to 2068), `MM` `M`, `MMM` (Jan), `DD` `D`, `HH` `H`, `mm`, `ss`, `SSS` (a
 * fraction), `ZZ` (Z or an offset). The calendar date is taken exactly as written: an offset is read over, never applied.
 */

/** What a cell says: nothing, a real calendar date (ISO) with the clock time if written, or something unreadable. */
export type StatedDate =
  | { readonly kind: 'blank' }
  | { readonly kind: 'date'; readonly date: string; readonly time: string | null }
  | { readonly kind: 'unreadable' };

export type DateReader = (text: string) => StatedDate;

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const PATTERNS: Readonly<Record<string, string>> = {
  YYYY: '(?<year>\\d{4})',
  YY: '(?<short>\\d{2})',
  MMM: '(?<name>[A-Za-z]{3})',
  MM: '(?<month>\\d{2})',
  M: '(?<month>\\d{1,2})',
  DD: '(?<day>\\d{2})',
  D: '(?<day>\\d{1,2})',
  HH: '(?<hour>\\d{2})',
  H: '(?<hour>\\d{1,2})',
  mm: '(?<minute>\\d{2})',
  ss: '(?<second>\\d{2})',
  SSS: '\\d{1,9}',
  ZZ: '(?:Z|[+-]\\d{2}(?::?\\d{2})?)',
};
const TOKENS = /YYYY|YY|MMM|MM|M|DD|D|HH|H|mm|ss|SSS|ZZ/g;
const BLANK: StatedDate = { kind: 'blank' };
const UNREADABLE: StatedDate = { kind: 'unreadable' };

/** Why a format cannot be used, or null. A format names a year, a month and a day, each once. */
export function formatDefect(format: string): string | null {
  const used = format.match(TOKENS) ?? [];
  const months = used.filter((token) => token.startsWith('M')).length;
  const days = used.filter((token) => token.startsWith('D')).length;
  const years = used.filter((token) => token.startsWith('Y')).length;
  if (years !== 1 || months !== 1 || days !== 1)
    return 'A date format needs one year (YYYY or YY), one month and one day.';
  return new Set(used).size === used.length ? null : 'A date format uses each token once.';
}

/** A reader for one format. Words in `blanks` (any case) count as an empty cell. */
export function dateReader(format: string, blanks: readonly string[] = []): DateReader {
  const shape = new RegExp(`^${shapeOf(format)}$`);
  const empty = new Set(blanks.map((word) => word.trim().toLowerCase()));
  return (text) => {
    const cell = text.trim();
    if (cell === '' || empty.has(cell.toLowerCase())) return BLANK;
    const parts = shape.exec(cell)?.groups;
    return parts === undefined ? UNREADABLE : calendarDate(parts);
  };
}

const TIME_SHAPES = {
  'HH:mm': /^(?<hour>\d{1,2}):(?<minute>\d{2})$/,
  'HH:mm:ss': /^(?<hour>\d{1,2}):(?<minute>\d{2}):(?<second>\d{2})$/,
  HHmm: /^(?<hour>\d{2})(?<minute>\d{2})$/,
  number: /^(?<hour>\d{0,2}?)(?<minute>\d{1,2})(?:\.0+)?$/,
} as const;

/** `HHmm` reads 2315; `number` reads what a spreadsheet makes of it: 2315.0, 315, 5.0, 0. */
export type TimeFormat = keyof typeof TIME_SHAPES;

/** The clock time as `HH:mm:ss`, null for a blank cell, undefined when it is no time of day. */
export function readTime(format: TimeFormat, text: string): string | null | undefined {
  const cell = text.trim();
  if (cell === '') return null;
  const parts = TIME_SHAPES[format].exec(cell)?.groups;
  return parts && clockTime(parts['hour'] ?? '', parts['minute']?.padStart(2, '0'), parts['second']);
}

function shapeOf(format: string): string {
  let shape = '';
  let from = 0;
  for (const token of format.matchAll(TOKENS)) {
    shape += literally(format.slice(from, token.index)) + (PATTERNS[token[0]] ?? '');
    from = token.index + token[0].length;
  }
  return shape + literally(format.slice(from));
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

function calendarDate(parts: Readonly<Record<string, string | undefined>>): StatedDate {
  const year = parts['short'] === undefined ? Number(parts['year']) : yearOf(Number(parts['short']));
  const month = parts['name'] === undefined ? Number(parts['month']) : monthNamed(parts['name']);
  const day = Number(parts['day']);
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > lastDay(year, month)) return UNREADABLE;
  const time =
    parts['hour'] === undefined ? null : clockTime(parts['hour'], parts['minute'], parts['second']);
  if (time === undefined) return UNREADABLE;
  return { kind: 'date', date: `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`, time };
}

/** As databases read two digits: 68 is 2068, 69 is 1969. */
function yearOf(short: number): number {
  return short + (short < 69 ? 2000 : 1900);
}

function monthNamed(name: string): number {
  return MONTHS.indexOf(name.toLowerCase()) + 1;
}

function lastDay(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function clockTime(hour: string, minute = '00', second = '00'): string | undefined {
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  return `${hour.padStart(2, '0')}:${minute}:${second}`;
}

function padded(number: number, width: number): string {
  return String(number).padStart(width, '0');
}
