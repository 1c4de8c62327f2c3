import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { backlogFigures, caseAge, isOpenOn, type CaseDates } from './ages.js';
import { weekdays } from './calendar.js';
import { isDate } from './days.js';

/** Where the real registers lie; they are never part of the repository. */
const data =
  process.env['REDRESS_DATA_SETS'] ?? fileURLToPath(new URL('../../../shared/data', import.meta.url));

interface Register {
  readonly name: string;
  readonly id: string;
  readonly received: string;
  readonly closed: string;
}

interface Truth {
  readonly as_of: string;
  readonly open: number;
  readonly age_calendar_days: object;
  readonly age_working_days_after_start: object;
  readonly overdue: object;
  readonly overdue_working_after_start: object;
  readonly longest_open: readonly {
    id: string;
    received: string;
    calendar_days: number;
    working_after_start: number;
  }[];
}

interface Case extends CaseDates {
  readonly id: string;
}

const registers: readonly Register[] = [
  { name: 'chicago-crms', id: 'cr_id', received: 'complaint_date', closed: 'closed_date' },
  { name: 'chicago-clear', id: 'cr_id', received: 'complaint_date', closed: 'closed_date' },
  { name: 'chicago-mainframe', id: 'cr_id', received: 'complaint_date', closed: 'closed_date' },
  { name: 'detroit', id: 'BPC', received: 'Report_Date', closed: 'Closed' },
];

/** `2000-01-03`, `2000-01-03 00:00:00`, `2016/01/04 00:00:00+00` or `7/4/1970`, the date exactly as written. */
function dateAsWritten(text: string): string {
  const [, month, day, year] = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text) ?? [];
  const date =
    year === undefined
      ? text.slice(0, 10).replaceAll('/', '-')
      : `${year}-${month?.padStart(2, '0')}-${day?.padStart(2, '0')}`;
  if (!isDate(date)) throw new Error(`not a date: ${text}`);
  return date;
}

/** One case for each id; ids whose rows disagree in receipt or closing date are left out. */
function casesOf(register: Register): Case[] {
  const csv = gunzipSync(readFileSync(`${data}/cases-${register.name}.csv.gz`));
  const rows = parse(csv, { columns: true }) as Record<string, string>[];
  const byId = new Map<string, Case | 'conflicting'>();
  for (const row of rows) {
    const closed = row[register.closed] ?? '';
    const id = row[register.id] ?? '';
    const closures = closed === '' ? [] : [{ closedOn: dateAsWritten(closed), reopenedOn: null }];
    const one: Case = { id, receivedOn: dateAsWritten(row[register.received] ?? ''), closures, pauses: [] };
    const other = byId.get(id);
    byId.set(id, other === undefined || sameDates(other, one) ? one : 'conflicting');
  }
  return [...byId.values()].filter((found) => found !== 'conflicting');
}

function sameDates(other: Case | 'conflicting', one: Case): boolean {
  return other !== 'conflicting' && JSON.stringify(other) === JSON.stringify(one);
}

function truthsOf(name: string): readonly Truth[] {
  const truth = JSON.parse(readFileSync(`${data}/truth-${name}.json`, 'utf8'));
  return (name === 'detroit' ? truth.literal : truth).backlog;
}

function bucketsOf(open: readonly Case[]): { receivedOn: string; open: number }[] {
  const counts = new Map<string, number>();
  for (const { receivedOn } of open) counts.set(receivedOn, (counts.get(receivedOn) ?? 0) + 1);
  return [...counts].map(([receivedOn, count]) => ({ receivedOn, open: count }));
}

function longestOpen(open: readonly Case[], asOf: string): Truth['longest_open'] {
  const byAge = (a: Case, b: Case) => compare(a.receivedOn, b.receivedOn) || compare(a.id, b.id);
  return open
    .toSorted(byAge)
    .slice(0, 10)
    .map((one) => {
      const gross = caseAge(one, asOf, weekdays)?.gross;
      return {
        id: one.id,
        received: one.receivedOn,
        calendar_days: gross?.calendarDays ?? -1,
        working_after_start: gross?.workingDays ?? -1,
      };
    });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const present = registers.filter(({ name }) => existsSync(`${data}/truth-${name}.json`));

describe('the backlog of a real register', () => {
  if (present.length === 0)
    test.skip('skipped: the real registers are not beside this repository', () => undefined);

  for (const register of present) {
    const cases = casesOf(register);
    for (const truth of truthsOf(register.name))
      test(`${register.name} on ${truth.as_of} is what was counted independently`, () => {
        const open = cases.filter((one) => isOpenOn(one, truth.as_of));
        const figures = backlogFigures(bucketsOf(open), truth.as_of, weekdays, [90, 180, 365]);
        expect(figures).toEqual({
          open: truth.open,
          age: { calendarDays: truth.age_calendar_days, workingDays: truth.age_working_days_after_start },
          over: { calendarDays: truth.overdue, workingDays: truth.overdue_working_after_start },
        });
        expect(longestOpen(open, truth.as_of)).toEqual(truth.longest_open);
      });
  }
});
