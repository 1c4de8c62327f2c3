import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { everything } from '../src/access/sight.js';
import { Backlog } from '../src/backlog/backlog.reader.js';
import { RegisterImport } from '../src/intake/import.handler.js';
import { LegacyRegister } from '../src/intake/legacy-register.js';
import { readMapping } from '../src/intake/mapping.js';
import { testApplication, type TestApplication } from './support/application.js';

/** Where the real registers lie; they are never part of the repository. */
const data = process.env['REDRESS_DATA_SETS'] ?? fileURLToPath(new URL('../../shared/data', import.meta.url));

interface Truth {
  readonly as_of: string;
  readonly open: number;
  readonly age_calendar_days: object;
  readonly age_working_days_after_start: object;
  readonly overdue: object;
  readonly overdue_working_after_start: object;
  readonly longest_open: readonly object[];
}

interface Answers {
  readonly rows?: number;
  readonly backlog: readonly Truth[];
  readonly closed_before_received: { readonly count: number };
  readonly conflicting_ids: readonly string[] | { readonly count: number };
}

/** Detroit is small enough for every run; `npm run test:long` imports all four, whole. */
const names = process.env['REDRESS_LONG']
  ? ['detroit', 'chicago-clear', 'chicago-crms', 'chicago-mainframe']
  : ['detroit'];
const present = names.filter((name) => existsSync(`${data}/cases-${name}.csv.gz`));

const answersOf = (name: string): Answers => {
  const truth = JSON.parse(readFileSync(`${data}/truth-${name}.json`, 'utf8'));
  return name === 'detroit' ? { ...truth, ...truth.literal } : truth;
};

describe('a real register, imported whole', () => {
  if (present.length === 0)
    test.skip('skipped: the real registers are not beside this repository', () => undefined);
  let redress: TestApplication;
  beforeAll(async () => {
    redress = await testApplication();
  });
  afterAll(() => redress.close());

  describe.each(present)('%s', (name) => {
    const answers = answersOf(name);

    test('is imported, and every row is accounted for', async () => {
      const register = await LegacyRegister.prepare({
        cases: `${data}/cases-${name}.csv.gz`,
        allegations: `${data}/allegations-${name}.csv.gz`,
        mapping: await readMapping(name),
        today: '2026-03-02',
      });
      const defects = new Map<string, number>();
      const rejected = async ({ code }: { code: string }) =>
        void defects.set(code, (defects.get(code) ?? 0) + 1);
      const imported = await redress.app.get(RegisterImport, { strict: false }).run(register, { rejected });
      register.close();
      const { cases, children } = register.counts;
      expect(cases.read).toBe(cases.imported + cases.merged + cases.differing + cases.rejected);
      expect(children.read).toBe(
        children.allegations + children.grouped + children.merged + children.rejected,
      );
      expect(imported).toMatchObject({ imported: cases.imported, refused: 0, alreadyPresent: 0 });
      expect(imported.allegations).toBe(children.allegations);
      expect(defects.get('closed-before-received') ?? 0).toBe(answers.closed_before_received.count);
    }, 900_000);

    test.each(answers.backlog)('its backlog on $as_of is what was counted independently', async (truth) => {
      const asked = {
        asOf: truth.as_of,
        basis: 'known-now',
        source: name,
        calendar: 'weekdays',
        over: '90,180,365',
      } as const;
      const { open, age, over, oldest } = await redress.app
        .get(Backlog, { strict: false })
        .on(asked, everything);
      expect({ open, age, over }).toEqual({
        open: truth.open,
        age: { calendarDays: truth.age_calendar_days, workingDays: truth.age_working_days_after_start },
        over: { calendarDays: truth.overdue, workingDays: truth.overdue_working_after_start },
      });
      expect(
        oldest.map(({ sourceId, receivedOn, calendarDays, workingDays }) => ({
          id: sourceId,
          received: receivedOn,
          calendar_days: calendarDays,
          working_after_start: workingDays,
        })),
      ).toEqual(truth.longest_open);
    });
  });
});
