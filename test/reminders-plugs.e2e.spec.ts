import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import pg from 'pg';
import { prepare } from '../bin/prepare.js';
import { AT_ONCE } from '../src/reminders/reminder.worker.js';
import { testApplication, type TestApplication } from './support/application.js';
import { eventually } from './support/eventually.js';
import { startMailServer, type MailServer } from './support/mail-server.js';
import { endProcess, startWorker } from './support/worker-process.js';
import { hasRedis, startRedis, type RedisServer } from './support/redis.js';

/** Pulls the plugs of what reminders rest on: workers, queue, connections, clocks. Nothing is lost, nothing recorded twice. */

const LONG = process.env['REDRESS_LONG'] !== undefined;
const CASES = LONG ? 1_000 : 40;
const STEPS = CASES * 2;
const KILLS = LONG ? 200 : 3;
/** What a kill costs is the start of the next worker, so that several start at once. */
const WORKERS = LONG ? 6 : 2;
const AWAY_MS = LONG ? 120_000 : 2_000;
const PATIENCE_MS = LONG ? 2_400_000 : 180_000;
jest.setTimeout(3 * PATIENCE_MS);
const complaint = { receivedOn: '2026-01-05', channel: 'letter', category: 'abuse', summary: 'Shouted at.' };

const say = (line: string) => process.stderr.write(`reminders-plugs: ${line}\n`);
const faketime = readdirSync('/usr/lib')
  .map((machine) => join('/usr/lib', machine, 'faketime', 'libfaketimeMT.so.1'))
  .find(existsSync);
if (faketime === undefined) say('faketime is not installed: the spec on clocks that are wrong is skipped.');

const backends = ['PostgreSQL', 'Redis'].filter((backend) => backend !== 'Redis' || hasRedis);

describe.each(backends)('reminders, queued on %s, when plugs are pulled', (backend) => {
  let mail: MailServer;
  let redis: RedisServer | undefined;
  let redress: TestApplication;
  let owner: pg.Client;
  let workers: ChildProcess[] = [];
  const ready = new Set<ChildProcess>();
  /** What was done in earlier tests: to start a worker takes seconds, so those of one test go on in the next. */
  let before: { readonly steps: number; readonly letters: number };

  beforeAll(async () => {
    await prepare();
    mail = await startMailServer();
    redis = backend === 'Redis' ? await startRedis() : undefined;
    redress = await testApplication();
    redress.clock.set(new Date().toISOString());
    owner = new pg.Client({ connectionString: redress.databaseUrl });
    await owner.connect();
  });
  beforeEach(async () => {
    mail.beforeAnswer(() => {});
    before = { steps: (await recorded()).steps, letters: mail.received.length };
  });
  afterAll(async () => {
    await endAll();
    await owner.end();
    await redress.close();
    await mail.stop();
    await redis?.stop();
  });

  const endAll = async (): Promise<void> => {
    const running = workers;
    workers = [];
    await Promise.all(running.map((worker) => endProcess(worker, 'SIGTERM')));
  };

  /** `skew` as faketime takes it, `+10m`. */
  const start = (skew?: string): void => {
    const child = startWorker(redress, {
      REDRESS_MAIL_RETRY_SECONDS: '0.2',
      // Of thousands that are due a sweep takes a second itself.
      ...(LONG ? { REDRESS_SWEEP_SECONDS: '5' } : {}),
      SMTP_URL: mail.url,
      ...(redis ? { REDIS_URL: redis.url } : {}),
      ...(skew === undefined ? {} : { LD_PRELOAD: faketime, FAKETIME: skew }),
    });
    workers.push(child);
    child.stdout?.once('data', () => ready.add(child));
    child.once('exit', () => ready.delete(child));
    // On a machine that is busy enough one may find no database in time as it starts: whoever runs it starts it again.
    child.once('exit', (code) => {
      if (code !== 0 && code !== null && workers.includes(child)) start(skew);
    });
  };

  const living = (): ChildProcess[] =>
    workers.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);

  /** At least so many work. */
  const manned = (many: number): void => {
    for (let there = living().length; there < many; there += 1) start();
  };

  /** Cases of which the acknowledgement and the answer are both overdue: two steps each. */
  const fallDue = async (cases: number): Promise<void> => {
    const handler = await redress.as('staff-1', 'case-handler', 'intake');
    for (let n = 0; n < cases; n += 1) {
      const { id } = (await handler.post('/v1/complaints', complaint)).body;
      await handler.post(`/v1/complaints/${id}/assign-handler`, { handlerId: 'ann@example.org' });
    }
  };

  const recorded = async (): Promise<{ steps: number; most: number }> => {
    const { rows } = await owner.query<{ steps: number; most: number }>(
      `SELECT count(*)::int AS steps, coalesce(max(n), 0)::int AS most FROM (
         SELECT count(*) AS n FROM events WHERE type = 'ReminderSent'
         GROUP BY stream, data::json->>'deadline', data::json->>'dueOn', data::json->>'step', data::json->>'recipient') t`,
    );
    return rows[0]!;
  };

  /** All steps are on record, each once, and each letter that came more than once came under the same Message-ID. */
  const allTold = async (steps: number): Promise<{ resent: number }> => {
    const all = { steps: before.steps + steps, most: 1 };
    await eventually(async () => expect(await recorded()).toEqual(all), PATIENCE_MS);
    const letters = mail.received.slice(before.letters);
    expect(new Set(letters.map(({ messageId }) => messageId)).size).toBe(steps);
    return { resent: letters.length - steps };
  };

  /** What a minute and a half bring about: the claims of the dead lapse. With it their jobs are lost; all is queued anew. */
  const aWhileLater = async (): Promise<void> => {
    await owner.query("UPDATE reminder_claims SET until = until - interval '90 seconds'");
    await (redis ? redis.flush() : owner.query('TRUNCATE bullmq.job CASCADE'));
  };

  const since = (began: number): string => `${((Date.now() - began) / 1000).toFixed(1)} s`;

  it('are all told by two, four and eight workers at once, each once', async () => {
    let told = 0;
    for (const many of LONG ? [2, 4, 8] : [2]) {
      manned(many);
      await fallDue(CASES / 2);
      told += CASES;
      expect(await allTold(told)).toEqual({ resent: 0 });
    }
  });

  it('go on when every connection is cut, and when the database stays away', async () => {
    const cutOff = () =>
      owner.query(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
      );
    const url = new URL(redress.databaseUrl);
    const name = url.pathname.slice(1);
    url.pathname = '/postgres';
    const beside = new pg.Client({ connectionString: url.href });
    await beside.connect();
    const open = (allowed: boolean) => beside.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS ${allowed}`);
    manned(1);
    await fallDue(2);
    await allTold(4);
    await cutOff();
    let began = Date.now();
    await eventually(() => fallDue(2));
    await allTold(8);
    say(`${backend}: told ${since(began)} after every connection was cut`);
    await fallDue(2);
    await open(false);
    await cutOff();
    await pause(AWAY_MS);
    await open(true);
    await beside.end();
    began = Date.now();
    await allTold(12);
    say(`${backend}: told ${since(began)} after the database came back from ${AWAY_MS / 1000} s away`);
  });

  if (backend === 'Redis')
    it('go on when Redis loses everything, is killed, and stays away', async () => {
      manned(1);
      await fallDue(2);
      await allTold(4);
      await redis?.flush();
      let began = Date.now();
      await fallDue(2);
      await allTold(8);
      say(`Redis: told ${since(began)} after FLUSHALL`);
      await redis?.kill();
      await fallDue(2);
      await pause(AWAY_MS);
      expect((await recorded()).steps).toBe(before.steps + 8);
      began = Date.now();
      await redis?.again();
      await allTold(12);
      say(`Redis: told ${since(began)} after it came back from ${AWAY_MS / 1000} s away`);
    });

  it('are recorded once each though workers are killed at random in the midst of them', async () => {
    const seed = Math.floor(Math.random() * 1e9);
    const moments = fc.sample(fc.double({ min: 0, max: 0.999, noNaN: true }), { seed, numRuns: 3 * KILLS });
    const random = () => moments.pop() ?? 0;
    say(`${backend}: ${KILLS} kills over ${STEPS} steps, seed ${seed}`);
    await fallDue(CASES);
    manned(WORKERS);
    const started = Date.now();
    let [asked, killed] = [0, 0];
    const killNext = async () => {
      await pause(random() * 40);
      // In the long run one that works, where there is one; in the short one those that start go on to die too, in less time.
      const among = LONG && ready.size > 0 ? [...ready] : living();
      const victim = among[Math.floor(random() * among.length)];
      if (victim) await endProcess(victim, 'SIGKILL');
      if (victim) killed += 1;
      start();
      if (!LONG) await aWhileLater();
    };
    const kills: Promise<void>[] = [];
    // Spread over the letters, each at some moment around one: between claim, letter and record.
    mail.beforeAnswer(() => {
      const letters = mail.received.length - before.letters;
      if (asked >= KILLS || letters < (asked * STEPS) / (KILLS + 1)) return;
      asked += 1;
      kills.push(killNext());
    });
    await eventually(() => expect(asked).toBe(KILLS), PATIENCE_MS);
    await Promise.all(kills);
    const began = Date.now();
    const { resent } = await allTold(STEPS);
    say(
      `${backend}: ${killed} workers killed in ${since(started)}, ${STEPS} steps recorded once each by ${workers.length} processes, ` +
        `the last ${since(began)} after the last kill; ${resent} letters sent again under their Message-ID`,
    );
    // At most what was under way at a kill; when claims are made to lapse, those of the living too.
    expect(resent).toBeLessThanOrEqual(KILLS * AT_ONCE * (LONG ? 1 : 2));
  });

  if (faketime !== undefined)
    it('are told once by workers whose clocks are wrong by ten minutes', async () => {
      await endAll();
      // Nor was anything queued by a clock that is right.
      await aWhileLater();
      for (const skew of ['+10m', '-10m']) start(skew);
      await fallDue(CASES / 2);
      expect(await allTold(CASES)).toEqual({ resent: 0 });
      // What they recorded happened by the database's clock.
      const { rows } = await owner.query<{ apart: number }>(
        `SELECT max(abs(extract(epoch FROM recorded_at - occurred_at)))::float8 AS apart FROM events WHERE type = 'ReminderSent'`,
      );
      expect(rows[0]?.apart).toBeLessThan(60);
    });
});
