import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { CalendarCommand, CalendarHandler } from '../src/clocks/calendar.handler.js';
import { calendar } from '../src/clocks/calendar-revision.js';
import type { DeadlineRule } from '../src/clocks/deadline-rule.js';
import { insiders, LiveCases, type Move } from '../src/clocks/live-cases.js';
import { PolicyCommand, PolicyHandler } from '../src/clocks/policy.handler.js';
import { PolicyBook } from '../src/clocks/policy.queries.js';
import { policySet } from '../src/clocks/policy-set.js';
import { caseIn, complaintRow } from '../src/complaints/complaint.projection.js';
import { openDatabase, poolOf } from '../src/platform/database.js';
import { rebuild } from '../src/rebuild.cli.js';
import { testApplication, type Caller, type TestApplication } from './support/application.js';
import { eventually } from './support/eventually.js';

let redress: TestApplication;
let head: Caller;
let database: DataSource;
let pool: Pool;

beforeEach(async () => {
  redress = await testApplication();
  head = await redress.as('staff-1', 'casework-head', 'case-handler', 'intake');
  database = await openDatabase(redress.databaseUrl);
  pool = poolOf(database);
});
afterEach(async () => {
  await database.destroy();
  await redress.close();
});

const envelope = () => ({ actor: { id: 'head', role: 'casework-head' }, correlationId: uuidv7() });

const revise = (name: string, wish: object, tell?: (move: Move) => void) => {
  const input = calendar.acts['Revise']!.input.parse({ source: 'the board', reasons: 'Decided.', ...wish });
  const command = new CalendarCommand('Revise', name, input, envelope());
  return redress.app
    .get(CalendarHandler, { strict: false })
    .execute(command, tell && { ...insiders, hear: tell });
};

const policies = () => redress.app.get(PolicyHandler, { strict: false });

/** Publishes default@3: the shipped rules with other counts of days. */
const publish = (counts: Record<string, number>, version = 3) =>
  publishRules((rules) => rules.map((rule) => ({ ...rule, count: counts[rule.key] ?? rule.count })), version);

const publishRules = async (
  changed: (rules: readonly DeadlineRule[]) => readonly DeadlineRule[],
  version = 3,
) => {
  const book = redress.app.get(PolicyBook, { strict: false });
  const first = (await book.all()).find(({ key }) => key === 'default')!;
  const deadlines = changed(first.deadlines);
  const second = policySet.parse({ ...first, version, effectiveFrom: '2026-03-02', deadlines });
  return policies().execute(new PolicyCommand('Publish', 'default', second, envelope()));
};

const supersede = (version: number, by: number, tell?: (move: Move) => void) =>
  policies().execute(
    new PolicyCommand('Supersede', 'default', { version, by, reasons: 'Adopted.' }, envelope()),
    tell && { ...insiders, hear: tell },
  );

const receive = async (receivedOn: string): Promise<string> => {
  const complaint = { receivedOn, channel: 'letter', category: 'abuse', summary: 'Shouted at.' };
  const { body } = await head.post('/v1/complaints', complaint);
  return body.id;
};

const dueOf = async (id: string) => {
  const { body } = await head.get(`/v1/cases/${id}`);
  return Object.fromEntries(
    body.deadlines.map((each: { key: string; dueOn: string }) => [each.key, each.dueOn]),
  );
};

const rowsOf = async (id: string) =>
  (
    await pool.query<{ key: string; due: string; by: string }>(
      `SELECT key, due_on::text AS due, reckoned_by AS by FROM deadlines d JOIN case_clocks USING (case_id)
       WHERE case_id = $1 ORDER BY key`,
      [id],
    )
  ).rows;

const rebuiltIsEqual = async () => {
  const { tables } = await rebuild({ pool, config: redress.config }, [], {});
  expect(tables.filter(({ differing }) => differing > 0)).toEqual([]);
};

describe('a calendar that is revised', () => {
  it('reaches the open cases, which zammad #534 and alaveteli #7292 do not', async () => {
    // Received Friday 27 February; five working days: Mon 2, Tue 3, Wed 4, Thu 5, Fri 6 March.
    const id = await receive('2026-02-27');
    expect((await dueOf(id)).acknowledge).toBe('2026-03-06');
    const moves: Move[] = [];
    const { moved } = await revise(
      'GB-ENG',
      { add: [{ date: '2026-03-04', name: 'Founders’ day' }] },
      (move) => moves.push(move),
    );
    expect((await dueOf(id)).acknowledge).toBe('2026-03-09');
    expect(await rowsOf(id)).toEqual([
      { key: 'acknowledge', due: '2026-03-09', by: 'default@2 GB-ENG@1' },
      { key: 'resolve', due: '2026-05-28', by: 'default@2 GB-ENG@1' },
    ]);
    expect(moved).toMatchObject({ cases: 1, later: 1, earlier: 0, unchanged: 1, newlyOverdue: 0 });
    expect(moves).toEqual([
      expect.objectContaining({ caseId: id, deadline: 'acknowledge', from: '2026-03-06', to: '2026-03-09' }),
    ]);
    await rebuiltIsEqual();
  });

  it('leaves what was missed on record, and a closed case as it was reckoned: zammad #4353 rewrites both', async () => {
    const [late, closed] = [await receive('2026-02-20'), await receive('2026-02-27')];
    const outcome = { outcome: 'resigned', reasons: 'Left.' };
    expect((await head.post(`/v1/complaints/${closed}/close`, outcome)).status).toBe(200);
    const before = await dueOf(closed);
    // Friday 20 February and five working days: 27 February. Nobody swept yet; with the closures it would be 4 March.
    const closures = ['2026-02-23', '2026-02-24', '2026-02-25'].map((date) => ({ date, name: 'Closed' }));
    const { moved } = await revise('GB-ENG', { add: [...closures, { date: '2026-03-03', name: 'Closed' }] });
    expect(moved).toMatchObject({ cases: 1, missesRecorded: 1, noLongerOverdue: 1 });
    const { rows } = await pool.query(
      'SELECT deadline, due_on::text AS due FROM missed_deadlines WHERE case_id = $1',
      [late],
    );
    expect(rows).toEqual([{ deadline: 'acknowledge', due: '2026-02-27' }]);
    expect(await dueOf(closed)).toEqual(before);
    await rebuiltIsEqual();
    // Reopened it goes by what holds now.
    expect((await head.post(`/v1/complaints/${closed}/reopen`, { reasons: 'New facts.' })).status).toBe(200);
    expect((await rowsOf(closed)).map(({ by }) => by)).toEqual(['default@2 GB-ENG@1', 'default@2 GB-ENG@1']);
    await rebuiltIsEqual();
  });

  it('says nothing new when the days are as they were', async () => {
    expect((await revise('GB-ENG', { add: [{ date: '2026-12-25', name: 'Christmas' }] })).events).toEqual([]);
  });
});

describe('a policy', () => {
  it('in a new version moves no open case until it supersedes the version that the case was opened under', async () => {
    const id = await receive('2026-02-27');
    await publish({ acknowledge: 2, resolve: 60 });
    expect((await dueOf(id)).acknowledge).toBe('2026-03-06');
    const later = await receive('2026-03-02');
    expect((await dueOf(later)).acknowledge).toBe('2026-03-04');
    const { moved } = await supersede(2, 3);
    expect(moved).toMatchObject({ cases: 1, earlier: 2, later: 0 });
    expect(await dueOf(id)).toEqual({ acknowledge: '2026-03-03', resolve: '2026-04-28' });
    await rebuiltIsEqual();
    await publish({ acknowledge: 10 }, 4);
    await supersede(3, 4);
    expect((await dueOf(id)).acknowledge).toBe('2026-03-13');
    expect((await dueOf(later)).acknowledge).toBe('2026-03-16');
    await rebuiltIsEqual();
  });

  it('by which something was met late lists the case among those that missed something', async () => {
    const [late, inTime] = [await receive('2026-02-26'), await receive('2026-02-27')];
    for (const id of [late, inTime])
      expect((await head.post(`/v1/complaints/${id}/acknowledge`)).status).toBe(200);
    const listed = async (missed: boolean) =>
      (await head.get(`/v1/cases?missed=${missed}&sort=-age`)).body.items.map(({ id }: { id: string }) => id);
    expect([await listed(true), await listed(false)]).toEqual([[], [late, inTime]]);
    // Thursday 26 February and one working day: Friday. It is Monday.
    await publish({ acknowledge: 1 });
    await supersede(2, 3);
    expect([await listed(true), await listed(false)]).toEqual([[late], [inTime]]);
    await rebuiltIsEqual();
    await publish({ acknowledge: 5 }, 4);
    // What was missed is put on record before it is moved.
    expect((await supersede(3, 4)).moved).toMatchObject({ missesRecorded: 1 });
    expect([await listed(true), await listed(false)]).toEqual([[late], [inTime]]);
    await rebuiltIsEqual();
  });

  it('gives open cases the deadlines that they had not, and takes those that it has no more', async () => {
    const [id, met] = [await receive('2026-02-27'), await receive('2026-02-27')];
    expect((await head.post(`/v1/complaints/${met}/acknowledge`)).status).toBe(200);
    await publishRules(([acknowledge, resolve]) => [acknowledge!, { ...resolve!, key: 'answer', count: 30 }]);
    const moves: Move[] = [];
    const { moved } = await supersede(2, 3, (move) => moves.push(move));
    expect(moved).toMatchObject({ cases: 2, begun: 2, dropped: 2, later: 0, earlier: 0, unchanged: 1 });
    expect(moves).toContainEqual(expect.objectContaining({ caseId: id, deadline: 'resolve', to: null }));
    for (const each of [id, met])
      expect((await rowsOf(each)).map(({ key, due }) => [key, due])).toEqual([
        ['acknowledge', '2026-03-06'],
        ['answer', '2026-03-29'],
      ]);
    const { items } = (await head.get('/v1/cases?sort=due')).body;
    expect(items.map((item: { nextDueOn: string }) => item.nextDueOn)).toEqual(['2026-03-06', '2026-03-29']);
    await rebuiltIsEqual();
  });

  it('loses nothing of what people do while it reaches their cases', async () => {
    const ids = await Promise.all(Array.from({ length: 40 }, () => receive('2026-02-27')));
    await publish({ acknowledge: 2 });
    const acts = ids.map((id) => head.post(`/v1/complaints/${id}/acknowledge`));
    await Promise.all([supersede(2, 3), ...acts]);
    for (const act of acts) expect((await act).status).toBe(200);
    await redress.app.get(LiveCases, { strict: false }).reach();
    await rebuiltIsEqual();
  });

  it('leaves a case to whoever is writing to it, and what that leaves stale to the next look', async () => {
    const [written, other] = [await receive('2026-02-27'), await receive('2026-02-27')];
    await publish({ acknowledge: 2 });
    const { rows } = await pool.query<{ detail: string }>('SELECT detail FROM cases WHERE id = $1', [
      written,
    ]);
    const { id, version, complaint } = caseIn(rows[0]!.detail);
    const row = complaintRow(redress.app.get(PolicyBook, { strict: false }))(id, version + 1, complaint);
    const client = await pool.connect();
    // An append that has written the case, under the rules that it was decided by, and has not ended.
    await client.query('BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0');
    await client.query('SELECT upsert_cases($1)', [[row.text]]);
    const writing = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const superseding = supersede(2, 3);
    const waiting = 'SELECT FROM pg_locks WHERE NOT granted AND $1 = ANY (pg_blocking_pids(pid))';
    await eventually(async () =>
      expect((await pool.query(waiting, [writing.rows[0]?.pid])).rowCount).toBe(1),
    );
    await client.query('COMMIT');
    client.release();
    expect((await superseding).moved).toMatchObject({ cases: 1 });
    expect((await rowsOf(other))[0]?.by).toBe('default@3 GB-ENG@0');
    expect((await rowsOf(written))[0]?.by).toBe('default@2 GB-ENG@0');
    expect(await redress.app.get(LiveCases, { strict: false }).reach()).toMatchObject({ cases: 1 });
    expect((await rowsOf(written))[0]?.by).toBe('default@3 GB-ENG@0');
  });

  it('is superseded once, by a later version that there is', async () => {
    await expect(supersede(2, 3)).rejects.toMatchObject({ code: 'not-found' });
    await publish({ acknowledge: 2 });
    await publish({ acknowledge: 3 }, 4);
    await expect(supersede(3, 2)).rejects.toMatchObject({ code: 'superseded-by-earlier' });
    await supersede(2, 3);
    expect((await supersede(2, 3)).events).toEqual([]);
    await expect(supersede(2, 4)).rejects.toMatchObject({ code: 'already-superseded' });
  });
});

describe('what another process reckoned by rules that had just been superseded', () => {
  it('is mended by the next sweep', async () => {
    const id = await receive('2026-02-27');
    await publish({ acknowledge: 2 });
    await supersede(2, 3);
    // As a command that was decided before the supersession would leave it.
    await pool.query(`UPDATE case_clocks SET reckoned_by = 'default@2 GB-ENG@0' WHERE case_id = $1`, [id]);
    const live = redress.app.get(LiveCases, { strict: false });
    expect(await live.reach()).toMatchObject({ cases: 1 });
    expect(await live.reach()).toMatchObject({ cases: 0 });
    await rebuiltIsEqual();
  });
});
