import { InvalidInput } from '../event-store/errors.js';
import { epochDay, plusDays, plusMonths, dateOf } from '../clocks/days.js';

/** Spells of the calendar that figures are published for. */

export const LENGTHS = ['month', 'quarter', 'year'] as const;
export type Length = (typeof LENGTHS)[number];

export interface Period {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

const MONTHS = { month: 1, quarter: 3, year: 12 } as const;
const MOST = 120;

const startOf = (day: string, length: Length): string => {
  const month = Number(day.slice(5, 7)) - 1;
  const first = month - (month % MONTHS[length]) + 1;
  return `${day.slice(0, 5)}${String(first).padStart(2, '0')}-01`;
};

const nameOf = (start: string, length: Length): string => {
  if (length === 'year') return start.slice(0, 4);
  if (length === 'month') return start.slice(0, 7);
  return `${start.slice(0, 4)}-Q${(Number(start.slice(5, 7)) - 1) / 3 + 1}`;
};

/** The periods that lie in those days; the first and the last may be cut short. Errors: InvalidInput `periods-unusable`. */
export const periodsIn = (from: string, to: string, length: Length): Period[] => {
  if (from > to) throw unusable(`${from} is after ${to}. Give the earlier day as from.`);
  const periods: Period[] = [];
  for (let start = startOf(from, length); start <= to;) {
    const next = dateOf(plusMonths(epochDay(start), MONTHS[length]).day);
    const end = plusDays(next, -1);
    periods.push({ name: nameOf(start, length), from: start < from ? from : start, to: end > to ? to : end });
    if (periods.length > MOST)
      throw unusable(`That makes more than ${MOST} periods. Ask for longer ones, or for fewer years.`);
    start = next;
  }
  return periods;
};

const unusable = (sentence: string): InvalidInput => new InvalidInput('periods-unusable', sentence);
