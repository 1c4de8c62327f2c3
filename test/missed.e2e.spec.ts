import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { CalendarCommand, CalendarHandler } from '../src/clocks/calendar.handler.js';
import { calendar } from '../src/clocks/calendar-revision.js';
import { plusDays } from '../src/clocks/days.js';
import { createHouse } from '../src/house.js';
import { PolicyCommand, PolicyHandler } from '../src/clocks/policy.handler.js';
import { PolicyBook } from '../src/clocks/policy.queries.js';
import { policySet } from '../src/clocks/policy-set.js';
import { openDatabase, poolOf } from '../src/platform/database.js';
import { logAt } from '../src/platform/log.js';
import { Misses } from '../src/reminders/misses.js';
import { testApplication, type Caller, type TestApplication } from './support/application.js';
import { MasterKeys } from '../src/event-store/master-keys.js';

describe('an advisory deadline', () => {
  let redress: TestApplication;
  beforeAll(async () => {
    redress = await testApplication({ REDRESS_POLICY: 'fca-disp-1-6' });
  });
  afterAll(() => redress.close());

  it('is shown when its day has passed, and is neither overdue nor missed nor reminded of', async () => {
    // Received Mon 16 February 2026: three business days end on Thu 19; today is Mon 2 March.
    const head = await redress.as('staff-1', 'casework-head', 'intake');
    const fields = { channel: 'letter', category: 'fees', summary: 'Too much.', receivedOn: '2026-02-16' };
    const { id } = (await head.post('/v1/complaints', fields)).body;
    expect(await redress.app.get(Misses, { strict: false }).record()).toBe(0);
    const { body } = await head.get(`/v1/cases/${id}`);
    expect(body).toMatchObject({ overdue: false, missed: 0, nextDueOn: '2026-04-13', missedDeadlines: [] });
    expect(body.deadlines[0]).toMatchObject({
      key: 'summary-resolution',
      dueOn: '2026-02-19',
      state: 'passed',
      advisory: true,
      missed: false,
    });
    expect((await head.get('/v1/cases?overdue=true')).body.items).toEqual([]);
    expect((await head.get('/v1/reminders?state=due&first=10')).body.items).toEqual([]);
    const told = await head.get(`/v1/cases/${id}/deadlines/summary-resolution/explanation`);
    expect(told.body).toMatchObject({ advisory: true });
    expect(told.body.sentences.at(-1)).toContain('It is advisory');
  });
});

describe('a deadline that was missed', () => {
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

  const ago = (days: number): string => plusDays(today, -days);
  const received = async (days: number): Promise<string> => {
    const fields = { channel: 'letter', category: 'abuse', summary: 'Shouted at.', receivedOn: ago(days) };
    return (await head.post('/v1/complaints', fields)).body.id;
  };
  const act = async (id: string, command: string, body: object = {}) => {
    const { status, body: answer } = await head.post(`/v1/complaints/${id}/${command}`, body);
    expect([command, status, answer.detail]).toEqual([command, 200, undefined]);
  };
  const late = (days: number) => ({ occurred: { date: ago(days) }, backdatingReason: 'Found late.' });
  const sweep = () => redress.app.get(Misses, { strict: false }).record();

  /** Cases that are received from now on must be looked into every day. */
  const publishDaily = async () => {
    const [first] = (await redress.app.get(PolicyBook, { strict: false }).all()).filter(
      ({ key }) => key === 'default',
    );
    const daily = {
      ...first!.deadlines[0]!,
      key: 'look-in',
      unit: 'calendar-days',
      count: 1,
      recurrence: { count: 1, unit: 'calendar-days', from: 'schedule', metBy: ['ComplaintAcknowledged'] },
      rollRule: 'none',
      stopEvents: ['ComplaintClosed'],
    };
    const set = { ...first!, version: first!.version + 1, effectiveFrom: '2000-01-01', deadlines: [daily] };
    const envelope = { actor: { id: 'head', role: 'casework-head' }, correlationId: uuidv7() };
    await redress.app
      .get(PolicyHandler, { strict: false })
      .execute(new PolicyCommand('Publish', 'default', policySet.parse(set), envelope));
  };

  const read = async (id: string, query = '') => (await head.get(`/v1/cases/${id}${query}`)).body;
  const listed = async (query: string): Promise<Record<string, number>> => {
    const { status, body } = await head.get(`/v1/cases?${query}`);
    expect([status, body.detail]).toEqual([200, undefined]);
    return Object.fromEntries(
      body.items.map(({ id, missed }: { id: string; missed: number }) => [id, missed]),
    );
  };
  /** The case tells that number, and both lists agree with it. */
  const missedOf = async (id: string): Promise<number> => {
    const { missed } = await read(id);
    const among = await listed('missed=true');
    expect([among[id], (await listed('missed=false'))[id]]).toEqual(
      missed > 0 ? [missed, undefined] : [undefined, missed],
    );
    return missed;
  };
  const recordOf = async (id: string): Promise<string[][]> =>
    (await read(id)).missedDeadlines.map(({ deadline, dueOn }: { deadline: string; dueOn: string }) => [
      deadline,
      dueOn,
    ]);
  const dueOn = async (id: string, deadline: string): Promise<string> =>
    (await read(id)).deadlines.find(({ key }: { key: string }) => key === deadline).dueOn;

  it('stays on record when the case is closed, where osTicket #6346 erases the breach', async () => {
    const id = await received(20);
    const due = await dueOn(id, 'acknowledge');
    expect([await missedOf(id), await recordOf(id)]).toEqual([1, []]);
    await act(id, 'close', { outcome: 'resigned', reasons: 'Left.' });
    // Before the sweep has looked, and after; however late.
    expect([await missedOf(id), await recordOf(id)]).toEqual([1, []]);
    expect([await sweep(), await sweep()]).toEqual([1, 0]);
    expect([await missedOf(id), await recordOf(id)]).toEqual([1, [['acknowledge', due]]]);
    const file = await read(id);
    expect(file).toMatchObject({ status: 'closed', overdue: false });
    const [{ dueAt, recordedAt }] = file.missedDeadlines;
    expect([Date.parse(dueAt) <= Date.parse(`${plusDays(due, 1)}T00:00:00Z`), recordedAt > dueAt]).toEqual([
      true,
      true,
    ]);
    expect(await listed('missed=true&status=closed&overdue=false')).toEqual({ [id]: 1 });
    await act(id, 'reopen', { reasons: 'Came back.' });
    expect(await recordOf(id)).toEqual([['acknowledge', due]]);
  });

  it('stays on record when an extension or a pause that is entered later moves it', async () => {
    const [extended, paused] = [await received(100), await received(100)];
    const due = await dueOn(extended, 'resolve');
    await sweep();
    await act(extended, 'acknowledge');
    for (const id of [extended, paused])
      await act(id, 'pause-clock', { reason: 'court-proceedings', basis: 'A letter.', ...late(15) });
    await act(extended, 'resume-clock');
    const extension = { deadline: 'resolve', newDueOn: plusDays(today, 30), reasons: 'A witness is ill.' };
    await act(extended, 'extend-deadline', extension);
    for (const id of [extended, paused]) {
      const file = await read(id);
      const states = file.deadlines.filter(({ key }: { key: string }) => key === 'resolve');
      expect(states).toMatchObject([{ missed: false }]);
      expect(await recordOf(id)).toContainEqual(['resolve', due]);
      expect(await missedOf(id)).toBe(2);
    }
    expect((await read(extended)).overdue).toBe(false);
    expect(Object.keys(await listed('missed=true&overdue=false'))).toContain(extended);
  });

  it('stays on record when a calendar is revised', async () => {
    const id = await received(20);
    const due = await dueOn(id, 'acknowledge');
    const add = Array.from({ length: 20 }, (_, n) => ({ date: ago(n), name: 'Closed' }));
    const input = calendar.acts['Revise']!.input.parse({ source: 'the board', reasons: 'Decided.', add });
    const envelope = { actor: { id: 'head', role: 'casework-head' }, correlationId: uuidv7() };
    await redress.app
      .get(CalendarHandler, { strict: false })
      .execute(new CalendarCommand('Revise', 'GB-ENG', input, envelope));
    expect((await dueOn(id, 'acknowledge')) > today).toBe(true);
    expect([await missedOf(id), await recordOf(id)]).toEqual([1, [['acknowledge', due]]]);
  });

  it('is told as of the past by what was on record, by the case and by the list', async () => {
    const id = await received(200);
    const due = await dueOn(id, 'resolve');
    const latest = async () => {
      const { rows } = await pool.query<{ at: string }>(
        `SELECT to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at
          FROM events ORDER BY position DESC LIMIT 1`,
      );
      return rows[0]?.at ?? '';
    };
    const before = await latest();
    await sweep();
    const told = async (asOf: string, basis: string) => {
      const then = `asOf=${encodeURIComponent(asOf)}&basis=${basis}`;
      const { missed } = await read(id, `?${then}`);
      const [all, some] = [await listed(then), await listed(`${then}&missed=true`)];
      expect([all[id], some[id]]).toEqual([missed, missed > 0 ? missed : undefined]);
      return missed;
    };
    expect(await told(before, 'known-then')).toBe(0);
    const now = await latest();
    redress.clock.set(new Date().toISOString());
    expect(await told(now, 'known-then')).toBe(2);
    expect(await told(due, 'known-now')).toBe(1);
    expect(await told(plusDays(due, 1), 'known-now')).toBe(2);
  });

  it('is counted and asked for through GraphQL', async () => {
    const query = '{ cases(missed: true, first: 50) { edges { node { id missed } } } }';
    const { data } = (await head.post('/graphql', { query })).body;
    const items = data.cases.edges.map(({ node }: { node: { id: string; missed: number } }) => node);
    expect(
      Object.fromEntries(items.map(({ id, missed }: { id: string; missed: number }) => [id, missed])),
    ).toEqual(await listed('missed=true&first=50'));
    expect((await head.get('/v1/cases?missed=perhaps')).status).toBe(400);
  });

  it('is recorded once though several processes look at once, and whoever is refused keeps no other off the record', async () => {
    const ids = await Promise.all(Array.from({ length: 60 }, () => received(60)));
    const spoil = 'UPDATE case_clocks SET reckoned_by = $2 WHERE case_id = $1 RETURNING 1';
    const { rows } = await pool.query<{ by: string }>(
      'SELECT reckoned_by AS by FROM case_clocks WHERE case_id = $1',
      [ids[0]],
    );
    await pool.query(spoil, [ids[0], 'unpublished@9 GB-ENG@0']);
    await expect(sweep()).rejects.toMatchObject({ code: 'not-found' });
    for (const id of ids.slice(1)) expect(await recordOf(id)).toHaveLength(1);
    await pool.query(spoil, [ids[0], rows[0]?.by]);
    const others = await Promise.all(Array.from({ length: 40 }, () => received(60)));
    const other = await createHouse({
      config: redress.config,
      databaseUrl: redress.databaseUrl,
      pool,
      masterKeys: new MasterKeys([Buffer.alloc(32, 7)]),
      clock: redress.clock,
      log: logAt('fatal'),
    });
    try {
      const elsewhere = other.get(Misses, { strict: false });
      const counted = await Promise.all([sweep(), elsewhere.record(), sweep(), elsewhere.record()]);
      expect(counted.reduce((sum, each) => sum + each, 0)).toBe(others.length + 1);
      for (const id of [...ids, ...others]) expect(await recordOf(id)).toHaveLength(1);
    } finally {
      await other.close();
    }
  });

  it('each day for twenty years is on record day by day, and makes nothing that is done about its case slow', async () => {
    await publishDaily();
    const id = await received(20 * 365);
    const times: Record<string, number> = {};
    const timed = async <A>(what: string, work: () => Promise<A>): Promise<A> => {
      const begun = performance.now();
      const answer = await work();
      times[what] = Math.round(performance.now() - begun);
      return answer;
    };
    // A thousand at a time: each sweep takes up where the one before it stopped.
    for (let n = 1; (await timed(`sweep ${n}`, sweep)) > 0; n += 1);
    const days = async () => {
      const file = await timed('read', () => read(id));
      return file.missedDeadlines.filter(({ deadline }: { deadline: string }) => deadline === 'look-in')
        .length;
    };
    expect(await days()).toBe(20 * 365 - 1);
    await timed('made good', () => act(id, 'acknowledge'));
    await timed('assigned', () => act(id, 'assign-handler', { handlerId: 'staff-2' }));
    expect(await sweep()).toBe(0);
    expect(await days()).toBe(20 * 365 - 1);
    const { rows } = await pool.query("SELECT FROM deadlines WHERE case_id = $1 AND key = 'look-in'", [id]);
    expect(rows.length).toBeLessThanOrEqual(60);
    process.stdout.write(`Daily for twenty years, milliseconds: ${JSON.stringify(times)}\n`);
    expect(Object.entries(times).filter(([, milliseconds]) => milliseconds > 15_000)).toEqual([]);
  }, 120_000);
});
