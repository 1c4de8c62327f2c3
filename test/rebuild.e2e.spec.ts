import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { PolicyBook } from '../src/clocks/policy.queries.js';
import { catchUp } from '../src/event-store/followers.js';
import { keepersWith } from '../src/keepers.js';
import { openDatabase, poolOf } from '../src/platform/database.js';
import { rebuild } from '../src/rebuild.cli.js';
import { testApplication, type Caller, type TestApplication } from './support/application.js';
import { RegisterLife, story } from './support/lives/register-life.js';

const RUNS = process.env['REDRESS_LONG'] ? 300 : 20;
const MINUTES = process.env['REDRESS_LONG'] ? 20 : 1;

let redress: TestApplication;
let head: Caller;
let database: DataSource;
let pool: Pool;
let life: RegisterLife;

beforeAll(async () => {
  redress = await testApplication();
  head = await redress.as('staff-1', 'casework-head', 'case-handler', 'intake');
  database = await openDatabase(redress.databaseUrl);
  pool = poolOf(database);
  life = new RegisterLife(head, pool);
});
afterAll(async () => {
  await database.destroy();
  await redress.close();
});

/** The log, its heads, keys and checkpoints; where documents lie; who looked; who is at a reminder just now, and what digests said. */
const NOT_TOLD = [
  'checkpoint_pushes',
  'checkpoints',
  'digest_letters',
  'documents',
  'events',
  'idempotency_keys',
  'log_checkpoints',
  'log_keys',
  'looks',
  'migrations',
  'reminder_claims',
  'retired_master_keys',
  'streams',
  'subject_keys',
];

const rebuilt = (names: readonly string[] = [], swap = false) =>
  rebuild({ pool, config: redress.config }, names, { swap });

/** Everything, as the worker does. */
const follow = async (): Promise<void> => {
  const { rows } = await pool.query<{ head: string }>('SELECT max(position) AS head FROM events');
  for (const { follower } of keepersWith(redress.app.get(PolicyBook, { strict: false })))
    await catchUp(pool, follower, Number(rows[0]?.head));
};

const receive = (receivedOn: string) => life.receive(receivedOn);

describe('rebuilding', () => {
  it(
    'makes the same tables from the events, whatever was done and in whatever order',
    async () => {
      const ada = { kind: 'person', name: 'Ada', email: 'ada@example.org' };
      const { body: party } = await head.post('/v1/parties', ada);
      for (const staffId of ['staff-8', 'staff-9'])
        await head.post(`/v1/parties/${party.id}/identify-staff`, { staffId });
      await head.post('/v1/staff', { staffId: 'staff-2', duties: ['team-lead'] });
      await fc.assert(
        fc.asyncProperty(story, async (told) => {
          for (const { status } of await life.tell(told)) expect([200, 409, 422]).toContain(status);
          await follow();
          const { equal, tables } = await rebuilt();
          expect(tables.filter(({ differing }) => differing > 0)).toEqual([]);
          expect(equal).toBe(true);
        }),
        { numRuns: RUNS },
      );
    },
    MINUTES * 60_000,
  );

  it('is not disturbed by what is recorded meanwhile', async () => {
    const over = new AbortController();
    const recording = (async () => {
      while (!over.signal.aborted) await receive('2026-02-02');
    })();
    for (let round = 0; round < 3; round += 1) expect((await rebuilt()).equal).toBe(true);
    over.abort();
    await recording;
  });

  it('finds what was changed, lost or made up behind its back, and swaps it', async () => {
    const [changed, lost] = [await receive('2026-02-03'), await receive('2026-02-04')];
    const madeUp = '00000000-0000-7000-8000-000000000001';
    await pool.query("UPDATE cases SET received_on = '2020-01-01' WHERE id = $1", [changed]);
    await pool.query('DELETE FROM deadlines WHERE case_id = $1', [lost]);
    await pool.query(
      `INSERT INTO cases (id, version, reference, status, category, received_on, sort_id, detail)
       SELECT $2, version, 'made up', status, category, received_on, sort_id, detail FROM cases WHERE id = $1`,
      [lost, madeUp],
    );
    const found = await rebuilt(['cases']);
    expect(found.tables.map(({ table, examples }) => [table, [...examples].toSorted()])).toEqual([
      ['cases', [changed, madeUp].toSorted()],
      ['case_clocks', []],
      ['deadlines', [lost]],
      ['case_gaps', []],
      ['case_people', []],
      ['case_named', []],
      ['case_restrictions', []],
      ['case_openings', []],
    ]);
    expect(found).toMatchObject({ equal: false, swapped: false });
    expect(await rebuilt([], true)).toMatchObject({ equal: false, swapped: true });
    expect((await rebuilt()).equal).toBe(true);
  });

  it('finds it in what followers keep too, and makes that anew', async () => {
    const id = await receive('2026-02-03');
    await follow();
    expect((await rebuilt()).equal).toBe(true);
    await pool.query("UPDATE case_versions SET next_due_on = '2020-01-01' WHERE case_id = $1", [id]);
    await pool.query("UPDATE case_days SET category = 'other' WHERE case_id = $1", [id]);
    await pool.query('DELETE FROM case_activity WHERE case_id = $1', [id]);
    const differing = (await rebuilt()).tables.filter(({ differing: rows }) => rows > 0);
    expect(differing.map(({ table, examples }) => [table, examples])).toEqual(
      ['case_activity', 'case_versions', 'case_days'].map((table) => [table, [id]]),
    );
    expect(await rebuilt([], true)).toMatchObject({ equal: false, swapped: true });
    expect(await rebuilt()).toMatchObject({ equal: true });
    expect(await rebuilt(['case_versions', 'case_activity'])).toMatchObject({ equal: true });
  });

  it('covers every table but the log itself and what is no telling of it', async () => {
    const { rows } = await pool.query<{ name: string }>(
      "SELECT relname AS name FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = 'public'::regnamespace",
    );
    const { tables } = await rebuilt();
    const covered = tables.map(({ table }) => table);
    expect(
      rows
        .map(({ name }) => name)
        .filter((name) => !covered.includes(name))
        .toSorted(),
    ).toEqual(NOT_TOLD);
  });

  it('knows every table that an append fills', async () => {
    const { rows } = await pool.query<{ filled: string }>(
      "SELECT substr(proname, 8) AS filled FROM pg_proc WHERE proname LIKE 'upsert\\_%' ORDER BY 1",
    );
    const { tables } = await rebuilt();
    expect(tables.map(({ table }) => table)).toEqual(
      expect.arrayContaining(rows.map(({ filled }) => filled)),
    );
  });

  it('refuses a projection that there is not, and names those there are', async () => {
    await expect(rebuilt(['case'])).rejects.toThrow(
      'There is no projection case. Projections: policies, calendars, parties, reminders',
    );
  });
});
