import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { everything } from '../access/sight.js';
import { PolicyBook } from '../clocks/policy.queries.js';
import { LegacyRegister } from '../intake/legacy-register.js';
import { readMapping } from '../intake/mapping.js';
import { readConfig } from '../platform/config.js';
import { FixedClock } from '../../test/support/application.js';
import { recordCases, type RowFacts } from '../../test/support/case-rows.js';
import { freshDatabase, type FreshDatabase } from '../../test/support/database.js';
import { AsOf } from './as-of.reader.js';
import { backlogRequest } from './backlog-view.js';
import { BacklogQueries } from './backlog.queries.js';
import { Backlog } from './backlog.reader.js';

/** Where the real registers lie; they are never part of the repository. */
const data =
  process.env['REDRESS_DATA_SETS'] ?? fileURLToPath(new URL('../../../shared/data', import.meta.url));

// The import's own spec goes through all four; `npm run test:long` does so here too.
const registers = [
  'detroit',
  'chicago-mainframe',
  ...(process.env['REDRESS_LONG'] ? ['chicago-crms', 'chicago-clear'] : []),
];
const present = registers.filter((name) => existsSync(`${data}/truth-${name}.json`));

interface Truth {
  readonly as_of: string;
  readonly open: number;
  readonly age_calendar_days: object;
  readonly age_working_days_after_start: object;
  readonly overdue: object;
  readonly overdue_working_after_start: object;
  readonly longest_open: readonly {
    readonly id: string;
    readonly received: string;
    readonly calendar_days: number;
    readonly working_after_start: number;
  }[];
}

const truthsOf = (name: string): readonly Truth[] => {
  const truth = JSON.parse(readFileSync(`${data}/truth-${name}.json`, 'utf8'));
  return (name === 'detroit' ? truth.literal : truth).backlog;
};

const inBatches = async (pool: FreshDatabase['pool'], cases: readonly RowFacts[]) => {
  for (let from = 0; from < cases.length; from += 5000)
    await recordCases(pool, cases.slice(from, from + 5000));
};

const FIRST_OF = 1_000_000;

const record = async (pool: FreshDatabase['pool'], name: string, today: string): Promise<void> => {
  const mapping = await readMapping(name);
  const register = await LegacyRegister.prepare({ cases: `${data}/cases-${name}.csv.gz`, mapping, today });
  const cases: RowFacts[] = [];
  const first = FIRST_OF * (1 + registers.indexOf(name));
  try {
    for await (const entry of register.entries()) {
      if (entry.kind === 'reject') continue;
      const { sourceId, receivedOn, closedOn } = entry.case;
      const n = first + cases.length;
      cases.push({ n, receivedOn, closedOn: closedOn ?? undefined, source: { name, id: sourceId } });
    }
  } finally {
    register.close();
  }
  await inBatches(pool, cases);
};

describe('the backlog of the real registers, side by side in one database', () => {
  if (present.length === 0)
    test.skip('skipped: the real registers are not beside this repository', () => undefined);
  const clock = new FixedClock('2026-11-24T10:00:00.000000Z');
  let database: FreshDatabase;
  let backlog: Backlog;

  beforeAll(async () => {
    if (present.length === 0) return;
    database = await freshDatabase();
    for (const name of present) await record(database.pool, name, clock.today());
    const policies = new PolicyBook(database.pool, readConfig({}));
    const asOf = AsOf.patient(database.pool, policies, clock);
    backlog = new Backlog(new BacklogQueries(database.pool), asOf, policies);
  }, 300_000);
  afterAll(() => database?.drop());

  for (const source of present)
    for (const truth of truthsOf(source))
      test(`${source} on ${truth.as_of} is what was counted independently`, async () => {
        const asked = { asOf: truth.as_of, source, calendar: 'weekdays' };
        expect(await backlog.on(backlogRequest.parse(asked), everything)).toEqual({
          asOf: truth.as_of,
          basis: 'known-now',
          open: truth.open,
          age: { calendarDays: truth.age_calendar_days, workingDays: truth.age_working_days_after_start },
          over: { calendarDays: truth.overdue, workingDays: truth.overdue_working_after_start },
          oldest: truth.longest_open.map(({ id, received, calendar_days, working_after_start }) => ({
            reference: `${source}/${id}`,
            sourceId: id,
            receivedOn: received,
            calendarDays: calendar_days,
            workingDays: working_after_start,
          })),
        });
      });
});
