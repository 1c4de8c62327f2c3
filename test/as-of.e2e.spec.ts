import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { openDatabase, poolOf } from '../src/platform/database.js';
import { testApplication, type Caller, type TestApplication } from './support/application.js';

const RUNS = process.env['REDRESS_LONG'] ? 100 : 6;
const MINUTES = process.env['REDRESS_LONG'] ? 20 : 1;

/** What the list tells of a case as the case itself does. `version` is that of the latest change which a list shows. */
const LISTED = [
  'id',
  'reference',
  'status',
  'category',
  'severity',
  'handlerId',
  'receivedOn',
  'closedOn',
  'outcome',
  'nextDueOn',
  'overdue',
] as const;

interface Item {
  readonly id: string;
  readonly receivedOn: string;
  readonly closedOn: string | null;
}

const daysAfter = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);

describe('cases, lists and backlogs as of the past', () => {
  let redress: TestApplication;
  let database: DataSource;
  let pool: Pool;
  let head: Caller;
  let today: string;

  beforeAll(async () => {
    redress = await testApplication();
    database = await openDatabase(redress.databaseUrl);
    pool = poolOf(database);
    // The database stamps what it records by its own clock, so the house must live on the same day.
    redress.clock.set(new Date().toISOString());
    today = redress.clock.today();
    head = await redress.as('staff-1', 'casework-head', 'case-handler', 'intake');
  });
  afterAll(async () => {
    await database.destroy();
    await redress.close();
  });

  const receive = async (receivedOn: string): Promise<string> => {
    const fields = { channel: 'letter', category: 'abuse', summary: 'Shouted at.' };
    return (await head.post('/v1/complaints', { receivedOn, ...fields })).body.id;
  };
  const act = async (id: string, command: string, body: object) => {
    const { status, body: answer } = await head.post(`/v1/complaints/${id}/${command}`, body);
    return { status, code: answer.code };
  };
  const late = (date: string) => ({ occurred: { date }, backdatingReason: 'The file was found late.' });
  const firstEntry = async (id: string): Promise<string> =>
    (await head.get(`/v1/cases/${id}/history`)).body.items[0].eventId;
  const latest = async (): Promise<string> => {
    const { rows } = await pool.query<{ at: string }>(
      `SELECT to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at
        FROM events ORDER BY position DESC LIMIT 1`,
    );
    return rows[0]?.at ?? '';
  };
  const listed = async (query: string): Promise<Item[]> => {
    const items: Item[] = [];
    for (let after = ''; ;) {
      const { status, body } = await head.get(`/v1/cases?first=2&${query}${after}`);
      expect([status, body.detail]).toEqual([200, undefined]);
      items.push(...body.items);
      if (body.next === null) return items;
      after = `&after=${body.next}`;
    }
  };
  const asked = (asOf: string, basis: string) => `asOf=${encodeURIComponent(asOf)}&basis=${basis}`;
  const picked = (item: object) =>
    Object.fromEntries(LISTED.map((name) => [name, (item as Record<string, unknown>)[name]]));

  /** The list, each case by itself, and the backlog tell the same of that moment. */
  const agree = async (asOf: string, basis: string): Promise<readonly Item[]> => {
    const day = asOf.slice(0, 10);
    const items = await listed(asked(asOf, basis));
    for (const item of items) {
      const { body } = await head.get(`/v1/cases/${item.id}?${asked(asOf, basis)}`);
      expect(picked(item)).toEqual(picked(body));
    }
    const open = items.filter(({ receivedOn, closedOn }) => receivedOn <= day && (closedOn ?? '9') > day);
    const backlog = (await head.get(`/v1/backlog?${asked(asOf, basis)}`)).body;
    expect([asOf, basis, backlog.open]).toEqual([asOf, basis, open.length]);
    return items;
  };

  it('tells a closing that was recorded late by what was known then, and by what is known now to have happened', async () => {
    const id = await receive(daysAfter(today, -20));
    const before = await latest();
    await act(id, 'withdraw', {
      continueInOwnName: false,
      reasons: 'Settled.',
      ...late(daysAfter(today, -10)),
    });
    const closing = { outcome: 'withdrawn', reasons: 'Settled.', ...late(daysAfter(today, -10)) };
    expect((await act(id, 'close', closing)).status).toBe(200);
    const status = async (asOf: string, basis: string) =>
      (await head.get(`/v1/cases/${id}?${asked(asOf, basis)}`)).body.status;
    expect(await status(before, 'known-then')).toBe('received');
    expect(await status(today, 'known-then')).toBe('closed');
    expect(await status(daysAfter(today, -11), 'known-now')).toBe('received');
    expect(await status(daysAfter(today, -10), 'known-now')).toBe('closed');
    expect(await status(daysAfter(today, -10), 'known-then')).toBe(404);
    expect(await status(daysAfter(today, -21), 'known-now')).toBe(404);
    const ofId = async (asOf: string, basis: string) =>
      (await listed(asked(asOf, basis))).find((item) => item.id === id)?.closedOn;
    expect(await ofId(before, 'known-then')).toBeNull();
    expect(await ofId(daysAfter(today, -11), 'known-now')).toBeNull();
    expect(await ofId(daysAfter(today, -10), 'known-now')).toBe(daysAfter(today, -10));
    const { body } = await head.get(`/v1/cases/${id}`);
    expect(
      body.backdated.map(({ recordedAt: _, position: __, ...told }: Record<string, unknown>) => told),
    ).toEqual(
      ['ComplaintWithdrawn', 'ComplaintClosed'].map((type) => ({
        type,
        happenedOn: daysAfter(today, -10),
        reason: 'The file was found late.',
      })),
    );
    const history = (await head.get(`/v1/cases/${id}/history`)).body.items;
    expect(history.at(-1)).toMatchObject({ backdated: true, backdatingReason: 'The file was found late.' });
    const query = `{ cases(asOf: "${before}", basis: KNOWN_THEN) { edges { node { id closedOn } } } }`;
    const answered = (await head.post('/graphql', { query })).body;
    expect(answered.errors).toBeUndefined();
    expect(answered.data.cases.edges).toContainEqual({ node: { id, closedOn: null } });
  });

  const day = fc.integer({ min: 2, max: 30 }).map((n) => -n);
  const step = fc.oneof(
    fc.record({ command: fc.constant('acknowledge'), body: fc.constant({}) }),
    fc.record({
      command: fc.constant('triage'),
      body: fc.constant({ decision: 'investigate', severity: 'high', reasons: 'Serious.' }),
    }),
    fc.record({
      command: fc.constant('assign-handler'),
      body: fc.record({ handlerId: fc.constantFrom('staff-2', 'staff-3') }),
    }),
    fc.record({
      command: fc.constant('close'),
      body: fc.constant({ outcome: 'resigned', reasons: 'Resigned.' }),
    }),
    fc.record({ command: fc.constant('reopen'), body: fc.constant({ reasons: 'Came back.' }) }),
    fc.record({ command: fc.constant('correct-entry'), body: fc.record({ days: day }) }),
  );
  const story = fc.record({
    cases: fc.array(day, { minLength: 1, maxLength: 3 }),
    steps: fc.array(fc.record({ on: fc.nat({ max: 2 }), step, days: fc.option(day) }), { maxLength: 12 }),
  });

  const tell = async ({ cases, steps }: typeof story extends fc.Arbitrary<infer T> ? T : never) => {
    const ids: string[] = [];
    for (const days of cases) ids.push(await receive(daysAfter(today, days)));
    const instants = [await latest()];
    for (const { on, step: told, days } of steps) {
      const id = ids[on % ids.length] ?? '';
      const body =
        'days' in told.body
          ? {
              eventId: await firstEntry(id),
              path: ['receivedOn'],
              new: daysAfter(today, told.body.days),
              reason: 'The stamp.',
              basis: 'The envelope.',
            }
          : { ...told.body, ...(days === null ? {} : late(daysAfter(today, days))) };
      expect([200, 409, 422]).toContain((await act(id, told.command, body)).status);
      instants.push(await latest());
    }
    return instants;
  };

  it(
    'tells the same in the list, the case and the backlog, on both bases, whatever was recorded in whatever order',
    async () => {
      await fc.assert(
        fc.asyncProperty(story, fc.array(fc.nat({ max: 32 }), { maxLength: 2 }), async (told, days) => {
          const instants = await tell(told);
          for (const instant of [
            instants[0]!,
            instants.at(Math.floor(instants.length / 2))!,
            instants.at(-1)!,
          ])
            await agree(instant, 'known-then');
          for (const back of days) await agree(daysAfter(today, -back), 'known-now');
          const now = (await listed('sort=received')).map(picked);
          const items = await agree(instants.at(-1)!, 'known-then');
          expect(items.map(picked)).toEqual(now.toReversed());
        }),
        { numRuns: RUNS },
      );
    },
    MINUTES * 60_000,
  );

  it('keeps the same rows when they are made anew from the beginning', async () => {
    const rows = async () => {
      const all = (table: string) => pool.query(`SELECT * FROM ${table} AS t ORDER BY t::text COLLATE "C"`);
      return [(await all('case_versions')).rows, (await all('case_days')).rows];
    };
    await agree(today, 'known-now');
    const before = await rows();
    await pool.query(`DELETE FROM case_versions; DELETE FROM case_days; DELETE FROM case_misses;
      UPDATE checkpoints SET position = 0 WHERE follower = 'case-versions'`);
    await agree(today, 'known-now');
    expect(await rows()).toEqual(before);
  });

  it('refuses what cannot be told of the past, and a cursor of another list', async () => {
    const refused = async (query: string) => {
      const { status, body } = await head.get(`/v1/cases?${query}`);
      return [status, body.code];
    };
    expect(await refused('asOf=2199-01-01')).toEqual([400, 'as-of-in-future']);
    expect(await refused('asOf=soon')).toEqual([400, 'invalid-input']);
    expect(await refused(`asOf=${today}&quietSince=2020-01-01`)).toEqual([400, 'not-as-of']);
    const { next } = (await head.get(`/v1/cases?first=1&asOf=${today}&basis=known-then`)).body;
    expect(await refused(`after=${next}`)).toEqual([400, 'bad-cursor']);
  });
});
