import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { everything } from '../access/sight.js';
import { PolicyBook } from '../clocks/policy.queries.js';
import { InvalidInput } from '../event-store/errors.js';
import { readConfig } from '../platform/config.js';
import { cursorOf } from '../platform/page.js';
import { FixedClock } from '../../test/support/application.js';
import { caseRow, recordCases, type RowFacts } from '../../test/support/case-rows.js';
import { freshDatabase, type FreshDatabase } from '../../test/support/database.js';
import { anId } from '../../test/support/given.js';
import { caseListRequest } from './case-list.js';
import type { CaseSummary } from './case-view.js';
import { CaseQueries } from './case.queries.js';
import { listStatement, walkedPast } from './list-statement.js';
import { MANY_OVERDUE } from './overdue-statement.js';

const TODAY = '2026-03-02';
const SORTS = ['received', 'age', 'due', 'reference', '-received', '-age', '-due', '-reference'];

describe('the case list', () => {
  let database: FreshDatabase;
  let queries: CaseQueries;
  const clock = new FixedClock(`${TODAY}T10:00:00.000000Z`);

  beforeAll(async () => {
    database = await freshDatabase();
    queries = new CaseQueries(database.pool, new PolicyBook(database.pool, readConfig({})), clock);
  });
  afterAll(() => database.drop());
  beforeEach(() =>
    database.pool.query('TRUNCATE cases, case_clocks, case_gaps, deadlines, case_activity, missed_deadlines'),
  );

  const given = (...cases: RowFacts[]) => recordCases(database.pool, cases);

  const onRecord = (...misses: (readonly [n: number, deadline: string, dueOn: string])[]) =>
    database.pool.query('SELECT upsert_reminders($1)', [
      [...new Set(misses.map(([n]) => n))].map((n) =>
        JSON.stringify({
          caseId: anId(n),
          reminders: [],
          missed: misses
            .filter(([of]) => of === n)
            .map(([, deadline, dueOn], nth) => ({
              id: anId(100 * n + nth),
              deadline,
              dueOn,
              dueAt: `${dueOn}T23:59:59Z`,
            })),
        }),
      ),
    ]);

  /** Due dates that passed, of cases that stand in no list: from many on, lists are walked in their order. */
  const passedElsewhere = (count: number) =>
    database.pool.query(
      `WITH passed AS (
         INSERT INTO deadlines (case_id, key, due_on, held, live)
         SELECT gen_random_uuid(), 'respond', '2020-01-01', false, true FROM generate_series(1, $1) RETURNING *)
       INSERT INTO case_clocks (case_id, next_due_on, live, began_on) SELECT case_id, due_on, true, due_on FROM passed`,
      [count],
    );
  const FEW_OR_MANY = [
    ['few', 0],
    ['many', 1_000],
  ] as const;

  const page = (asked: object) => queries.page(caseListRequest.parse(asked), everything);

  const all = async (asked: object, first: number): Promise<CaseSummary[]> => {
    const found: CaseSummary[] = [];
    let after: string | undefined;
    do {
      const { items, next } = await page({ ...asked, first, ...(after ? { after } : {}) });
      found.push(...items);
      after = next ?? undefined;
    } while (after);
    return found;
  };

  const references = async (asked: object) => (await all(asked, 50)).map(({ reference }) => reference);

  it('tells of each case how old it is and what is due', async () => {
    await given({ n: 1, receivedOn: '2026-02-20', nextDueOn: '2026-03-02', handlerId: 'staff-7' });
    expect((await page({})).items).toEqual([
      {
        id: anId(1),
        version: 1,
        reference: '2026-000001',
        status: 'received',
        category: 'abuse',
        severity: null,
        handlerId: 'staff-7',
        receivedOn: '2026-02-20',
        closedOn: null,
        outcome: null,
        sourceName: null,
        sourceId: null,
        nextDueOn: '2026-03-02',
        overdue: false,
        missed: 0,
        lastActivityOn: null,
        age: { calendarDays: 10, workingDays: 6 },
      },
    ]);
  });

  it.each(FEW_OR_MANY)(
    'calls a case overdue from the day after it was due, and not on that day, one of %s',
    async (_, count) => {
      await passedElsewhere(count);
      await given(
        { n: 1, nextDueOn: '2026-03-01' },
        { n: 2, nextDueOn: '2026-03-02' },
        { n: 3, nextDueOn: '2026-03-03' },
        { n: 4 },
      );
      expect((await all({}, 50)).filter(({ overdue }) => overdue).map(({ id }) => id)).toEqual([anId(1)]);
      for (const sort of SORTS) {
        expect([sort, await references({ overdue: 'true', sort })]).toEqual([sort, ['2026-000001']]);
        expect([sort, await references({ overdue: 'true', status: 'open', sort })]).toEqual([
          sort,
          ['2026-000001'],
        ]);
        expect([sort, await references({ overdue: 'true', status: 'closed', sort })]).toEqual([sort, []]);
      }
      expect((await references({ overdue: 'false' })).toSorted()).toEqual([
        '2026-000002',
        '2026-000003',
        '2026-000004',
      ]);
    },
  );

  it.each(FEW_OR_MANY)(
    'counts each due date that passed unmet once, on record or not, and tells cases with any from the others, of %s',
    async (_, count) => {
      await passedElsewhere(count);
      await given(
        { n: 1, nextDueOn: '2026-03-01', deadlines: [{ key: 'respond', dueOn: '2026-03-01' }] },
        { n: 2, nextDueOn: '2026-03-02', deadlines: [{ key: 'respond', dueOn: '2026-03-02' }] },
        { n: 3, deadlines: [{ key: 'respond', dueOn: '2026-02-25', metOn: '2026-02-26' }] },
        { n: 4, deadlines: [{ key: 'respond', dueOn: '2026-02-25', metOn: '2026-02-25' }] },
        { n: 5, deadlines: [{ key: 'respond', dueOn: '2026-02-25', held: true }] },
        { n: 6, closedOn: '2026-02-26', deadlines: [{ key: 'respond', dueOn: '2026-02-25' }] },
        { n: 7, closedOn: '2026-02-25', deadlines: [{ key: 'respond', dueOn: '2026-02-25' }] },
        // It was missed, and moved since; and one of another case is on record as it stands.
        { n: 8, nextDueOn: '2026-04-01', deadlines: [{ key: 'respond', dueOn: '2026-04-01' }] },
        {
          n: 9,
          nextDueOn: '2026-03-01',
          deadlines: [
            { key: 'acknowledge', dueOn: '2026-02-24', metOn: '2026-02-27' },
            { key: 'respond', dueOn: '2026-03-01' },
          ],
        },
      );
      await onRecord(
        [8, 'respond', '2026-03-01'],
        [9, 'respond', '2026-03-01'],
        [9, 'respond', '2026-02-28'],
      );
      const counts = async (asked: object) =>
        Object.fromEntries((await all(asked, 2)).map(({ id, missed }) => [Number(id.slice(-2)), missed]));
      const some = { 1: 1, 3: 1, 6: 1, 8: 1, 9: 3 };
      const none = { 2: 0, 4: 0, 5: 0, 7: 0 };
      expect(await counts({})).toEqual({ ...some, ...none });
      for (const sort of SORTS) {
        expect([sort, await counts({ sort, missed: 'true' })]).toEqual([sort, some]);
        expect([sort, await counts({ sort, missed: 'false' })]).toEqual([sort, none]);
      }
      expect(await counts({ missed: 'true', status: 'closed' })).toEqual({ 6: 1 });
      expect(await counts({ missed: 'true', overdue: 'false', status: 'open' })).toEqual({ 3: 1, 8: 1 });
    },
  );

  it('filters by status, handler, category, severity, register and day of receipt', async () => {
    await given(
      { n: 1, receivedOn: '2026-01-05', handlerId: 'a', category: 'noise' },
      { n: 2, receivedOn: '2026-01-06', stage: 'triaged', severity: 'high' },
      { n: 3, receivedOn: '2026-01-07', closedOn: '2026-02-01' },
      { n: 4, receivedOn: '2026-01-08', source: { name: 'old', id: '77-1' } },
    );
    expect(await references({ status: 'open', sort: 'received' })).toEqual([
      '2026-000001',
      '2026-000002',
      'old/77-1',
    ]);
    expect(await references({ status: 'triaged' })).toEqual(['2026-000002']);
    expect(await references({ status: 'closed', sort: '-age' })).toEqual(['2026-000003']);
    expect(await references({ handler: 'a' })).toEqual(['2026-000001']);
    expect(await references({ category: 'noise' })).toEqual(['2026-000001']);
    expect(await references({ severity: 'high' })).toEqual(['2026-000002']);
    expect(await references({ source: 'old' })).toEqual(['old/77-1']);
    expect(await references({ openedFrom: '2026-01-06', openedTo: '2026-01-07', sort: 'received' })).toEqual([
      '2026-000002',
      '2026-000003',
    ]);
  });

  it('finds a case by the beginning of its reference or of its id in the register', async () => {
    await given(
      { n: 1 },
      { n: 2, source: { name: 'old', id: '77-1' } },
      { n: 3, source: { name: 'old', id: '7%' } },
    );
    expect(await references({ q: '2026-0' })).toEqual(['2026-000001']);
    expect(await references({ q: '77' })).toEqual(['old/77-1']);
    expect(await references({ q: 'old/77-1' })).toEqual(['old/77-1']);
    expect(await references({ q: '7%' })).toEqual(['old/7%']);
    expect(await references({ q: '000001' })).toEqual([]);
  });

  it('finds the cases in which nothing happened on a day or later, and leaves out what nobody knows of', async () => {
    await given({ n: 1 }, { n: 2 }, { n: 3 });
    await database.pool.query(
      "INSERT INTO case_activity VALUES ($1, '2026-02-20', 1), ($2, '2026-02-21', 2)",
      [anId(1), anId(2)],
    );
    const quiet = async (asked: object) => (await all(asked, 1)).map(({ lastActivityOn }) => lastActivityOn);
    expect(await quiet({ sort: 'reference' })).toEqual(['2026-02-20', '2026-02-21', null]);
    expect(await quiet({ quietSince: '2026-02-21' })).toEqual(['2026-02-20']);
    expect(await quiet({ quietSince: '2026-02-22', sort: '-age' })).toHaveLength(2);
    expect(await quiet({ quietSince: '2026-02-20' })).toEqual([]);
  });

  it('sorts by age with closed cases at the age at which they were closed', async () => {
    await given(
      { n: 1, receivedOn: '2026-02-01' },
      { n: 2, receivedOn: '2020-01-01', closedOn: '2020-01-11' },
      { n: 3, receivedOn: '2026-03-01' },
      { n: 4, receivedOn: '2019-01-01', closedOn: '2021-01-01' },
    );
    const ages = async (sort: string) => (await all({ sort }, 2)).map(({ age }) => age.calendarDays);
    expect(await ages('age')).toEqual([1, 10, 29, 731]);
    expect(await ages('-age')).toEqual([731, 29, 10, 1]);
  });

  it('keeps telling as of the day of the first page', async () => {
    await given({ n: 1, receivedOn: '2026-02-01' }, { n: 2, receivedOn: '2026-02-02' });
    const first = await page({ first: '1', sort: '-age' });
    clock.set('2026-03-09T10:00:00.000000Z');
    const second = await page({ first: '1', sort: '-age', after: first.next });
    clock.set(`${TODAY}T10:00:00.000000Z`);
    expect(second.items[0]?.age.calendarDays).toBe(28);
  });

  it.each([
    ['of another sort', cursorOf(['received', '2026-01-01', anId(1), TODAY])],
    ['without a real day', cursorOf(['-received', '2026-02-31', anId(1), TODAY])],
    ['without an id', cursorOf(['-received', '2026-02-01', 'x', TODAY])],
    ['with another day than a day', cursorOf(['-received', '2026-02-01', anId(1), "'; --"])],
    ['that is no cursor', 'rubbish'],
  ])('refuses a cursor %s', async (_, after) => {
    await expect(page({ after })).rejects.toThrow(InvalidInput);
  });

  const dayNear = (first: string, days: number) =>
    fc.nat(days).map((n) => new Date(Date.parse(first) + n * 86_400_000).toISOString().slice(0, 10));

  const someCases = fc
    .array(
      fc.record({
        receivedOn: dayNear('2026-01-01', 8),
        closedOn: fc.option(dayNear('2026-01-09', 8), { nil: undefined }),
        nextDueOn: fc.option(dayNear('2026-02-27', 6), { nil: undefined }),
        category: fc.constantFrom('abuse', 'noise'),
        handlerId: fc.constantFrom('a', 'b', undefined),
      }),
      { maxLength: 24 },
    )
    .map((cases) => cases.map((each, n) => ({ ...each, n: n + 1 })));

  const someFilter = fc.record(
    {
      status: fc.constantFrom('open', 'closed', 'received'),
      category: fc.constant('noise'),
      handler: fc.constant('a'),
      overdue: fc.constantFrom('true', 'false'),
      missed: fc.constantFrom('true', 'false'),
      openedFrom: dayNear('2026-01-01', 8),
    },
    { requiredKeys: [] },
  );

  it('shows in its pages, whatever the sort and filter, the whole list in order and nothing twice', async () => {
    await fc.assert(
      fc.asyncProperty(
        someCases,
        someFilter,
        fc.constantFrom(...SORTS),
        fc.record({ first: fc.integer({ min: 1, max: 5 }), passed: fc.constantFrom(0, 1_000) }),
        async (cases, filter, sort, { first, passed }) => {
          await database.pool.query('TRUNCATE cases, case_clocks, case_gaps, deadlines');
          await passedElsewhere(passed);
          await given(...cases);
          const paged = await all({ ...filter, sort }, first);
          expect(paged).toEqual(await all({ ...filter, sort }, 200));
          const expected = cases.filter((each) => isAskedFor(caseRow(each), filter)).map(({ n }) => anId(n));
          expect(paged.map(({ id }) => id).toSorted()).toEqual(expected.toSorted());
          const ranks = paged.map((each) => rankOf(each, sort.replace('-', '')));
          const inOrder = ranks.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
          expect(ranks).toEqual(sort.startsWith('-') ? inOrder.toReversed() : inOrder);
        },
      ),
      { numRuns: process.env['REDRESS_LONG'] ? 400 : 40 },
    );
  });

  it('reads neither the archive nor all that is open to tell a first page of what is overdue, or was missed', async () => {
    await database.pool.query(ARCHIVE);
    await database.pool.query('ANALYZE cases, case_clocks, deadlines, missed_deadlines');
    // Gathering what is open takes a third more at least, and walking past the archive many times as much.
    for (const [asked, most] of [
      [{ overdue: 'true', sort: '-age' }, 1_000],
      [{ overdue: 'true', sort: 'due' }, 1_000],
      [{ overdue: 'true', sort: '-due' }, 1_000],
      [{ missed: 'true', sort: '-age' }, 1_200],
      [{ missed: 'true', sort: 'age' }, 1_200],
      [{ missed: 'true' }, 1_200],
      [{ missed: 'false', sort: '-age' }, 1_200],
      [{ missed: 'false', sort: 'received' }, 1_200],
    ] as const) {
      const found = (await page(asked)).items.map(({ missed }) => missed);
      const isMissed = !('missed' in asked) || asked.missed === 'true';
      expect([asked, found]).toEqual([asked, Array<number>(50).fill(isMissed ? 1 : 0)]);
      expect([asked, (await blocksOf(asked)) < most]).toEqual([asked, true]);
    }
  });

  /** How many blocks PostgreSQL looks at. */
  const blocksOf = async (asked: object): Promise<number> => {
    const parsed = caseListRequest.parse(asked);
    const { text, values } = listStatement(
      parsed,
      { day: TODAY },
      { hidden: everything.hidden, walked: walkedPast(parsed, undefined) === MANY_OVERDUE },
    );
    const { rows } = await database.pool.query<{ 'QUERY PLAN': readonly { Plan: Record<string, number> }[] }>(
      `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`,
      [...values],
    );
    const { 'Shared Hit Blocks': hit = 0, 'Shared Read Blocks': read = 0 } =
      rows[0]?.['QUERY PLAN'][0]?.Plan ?? {};
    return hit + read;
  };
});

/**
 * 40,000 cases, of which one in twenty is open. The oldest nine of ten missed their one deadline, and the sweep has looked; of
 * the others nothing is due for years.
 */
const ARCHIVE = `
WITH told AS (SELECT n, gen_random_uuid() AS id, n % 20 = 0 AS open, DATE '2025-01-01' - n % 1000 AS received_on,
    n % 1000 >= 100 AS missed, 20 + n % 1000 AS took FROM generate_series(1, 40000) AS n),
made AS (
  INSERT INTO cases (id, version, reference, status, category, received_on, closed_on, sort_id, detail)
  SELECT id, 1, n, CASE WHEN open THEN 'received' ELSE 'closed' END, 'noise', received_on,
    CASE WHEN NOT open THEN received_on + took END, n, '{}' FROM told),
clocks AS (
  INSERT INTO case_clocks (case_id, next_due_on, live, began_on, ended_on, on_record)
  SELECT id, CASE WHEN open THEN received_on + CASE WHEN missed THEN 90 ELSE 3000 END END, open, received_on,
    CASE WHEN NOT open THEN received_on + took END, missed FROM told),
ends AS (
  INSERT INTO deadlines (case_id, key, due_on, met_on, held, live)
  SELECT id, 'respond', received_on + CASE WHEN NOT missed THEN 3000 WHEN open THEN 90 ELSE 10 END,
    CASE WHEN NOT open THEN received_on + took END, false, open FROM told RETURNING *)
INSERT INTO missed_deadlines (case_id, deadline, due_on, id, due_at)
SELECT case_id, key, due_on, gen_random_uuid(), due_on + 1 FROM ends JOIN told ON id = case_id AND missed`;

const rankOf = (each: CaseSummary, sort: string): string | number => {
  if (sort === 'age') return each.age.calendarDays;
  if (sort === 'due') return each.nextDueOn ?? '9999';
  return sort === 'reference' ? each.reference : each.receivedOn;
};

const isAskedFor = (
  row: ReturnType<typeof caseRow>,
  filter: Partial<Record<'status' | 'category' | 'handler' | 'overdue' | 'missed' | 'openedFrom', string>>,
): boolean =>
  (filter.status === undefined ||
    row.status === filter.status ||
    (filter.status === 'open' && row.status !== 'closed')) &&
  (filter.category === undefined || row.category === filter.category) &&
  (filter.handler === undefined || row.handlerId === filter.handler) &&
  [filter.overdue, filter.missed].every(
    (asked) =>
      asked === undefined || (asked === 'true') === (row.nextDueOn !== null && row.nextDueOn < TODAY),
  ) &&
  (filter.openedFrom === undefined || row.receivedOn >= filter.openedFrom);
