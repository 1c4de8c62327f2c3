import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import pg from 'pg';
import { prepare } from '../bin/prepare.js';
import { nameOf } from '../src/platform/undelivered.js';
import { testApplication, type TestApplication } from './support/application.js';
import { Crew, inHandOf, nextClaimant, watchClaims } from './support/crew.js';
import { eventually } from './support/eventually.js';
import { startMailServer, type MailServer, type Received } from './support/mail-server.js';
import { hasRedis, startRedis, type RedisServer } from './support/redis.js';

/** Pulls the plugs of what reminders rest on: workers, queue, connections, clocks. Nothing is lost, nothing recorded twice. */

const LONG = process.env['REDRESS_LONG'] !== undefined;
const CASES = LONG ? 1_000 : 40;
const KILLS = LONG ? 200 : 3;
/** So many that work or start, and so many of them at work before the next is killed: all the others may be starting at once. */
const [CREW, AT_WORK] = LONG ? [4, 2] : [2, 1];
/** How long after a claim or a letter its worker is killed at most, and how long the mail server takes at most to answer. */
const [KILLED_WITHIN_MS, ANSWERED_WITHIN_MS] = [80, 40];
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
  let crew: Crew;
  let sender: (name: string) => void = () => {};
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
    await watchClaims(owner);
    crew = new Crew(redress, mail, {
      REDRESS_MAIL_RETRY_SECONDS: '0.2',
      // What the dead had claimed is queued anew by each sweep until its claim lapses.
      ...(LONG ? { REDRESS_SWEEP_SECONDS: '2' } : {}),
      ...(redis ? { REDIS_URL: redis.url } : {}),
    });
  });
  beforeEach(async () => {
    mail.beforeAnswer(() => {});
    before = { steps: (await recorded()).steps, letters: mail.received.length };
  });
  afterAll(async () => {
    await crew.end();
    await owner.end();
    await redress.close();
    await mail.stop();
    await redis?.stop();
  });

  /** Cases of which the acknowledgement and the answer are both overdue: two steps each. */
  const fallDue = async (cases: number): Promise<void> => {
    const handler = await redress.as('staff-1', 'case-handler', 'intake');
    /** Once, however often it is asked: just after its connections were cut, the house may refuse. */
    const once = (path: string, body: object) => {
      const key = { 'idempotency-key': randomUUID() };
      return eventually(async () => {
        const answer = await handler.post(path, body, key);
        expect(answer.status).toBeLessThan(300);
        return answer.body;
      });
    };
    for (let n = 0; n < cases; n += 1) {
      const { id } = await once('/v1/complaints', complaint);
      await once(`/v1/complaints/${id}/assign-handler`, { handlerId: 'ann@example.org' });
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
    await owner.query(
      `UPDATE reminder_claims SET until = until - interval '90 seconds' FROM claimants
        WHERE claimants.claim = reminder_claims.claim AND worker <> ALL($1)`,
      [crew.names],
    );
    await (redis ? redis.flush() : owner.query('TRUNCATE bullmq.job CASCADE'));
  };

  const since = (began: number): string => `${((Date.now() - began) / 1000).toFixed(1)} s`;

  it('are all told by two, four and eight workers at once, each once', async () => {
    let told = 0;
    for (const many of LONG ? [2, 4, 8] : [2]) {
      crew.man(many);
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
    crew.man(1);
    await fallDue(2);
    await allTold(4);
    await cutOff();
    let began = Date.now();
    await fallDue(2);
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
      crew.man(1);
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

  /** A worker that was killed, and the names of the letters on the reminders that it had in hand. */
  interface Killed {
    readonly name: string;
    readonly inHand: ReadonlySet<string>;
  }

  /** The worker whose letter comes next. */
  const nextSender = (): Promise<string> =>
    new Promise((resolve) => {
      sender = resolve;
    });

  /** Kills whichever worker claims, or sends, next: some moment after, between claim, letter and record of one or several. */
  const killNext = async (anchor: number, moment: number): Promise<Killed | undefined> => {
    const name = await (anchor < 0.5 ? nextClaimant(owner) : nextSender());
    await pause(moment * KILLED_WITHIN_MS);
    if (!(await crew.kill(name))) return undefined;
    const inHand = (await inHandOf(owner, name)).map((reminder) => `<${nameOf(reminder)}@localhost>`);
    return inHand.length > 0 ? { name, inHand: new Set(inHand) } : undefined;
  };

  it('are recorded once each though workers are killed at random in the midst of them', async () => {
    const seed = Math.floor(Math.random() * 1e9);
    const [anchors, moments, answers] = [0, 1, 2].map((stream) =>
      fc.sample(fc.double({ min: 0, max: 1, noNaN: true }), { seed: seed + stream, numRuns: 20 * KILLS }),
    ) as [number[], number[], number[]];
    say(`${backend}: ${KILLS} kills, seed ${seed}`);
    mail.beforeAnswer(({ by }) => {
      sender(by);
      return pause((answers[mail.received.length % answers.length] ?? 0) * ANSWERED_WITHIN_MS);
    });
    const cases = Math.ceil(CASES / KILLS);
    const killed: Killed[] = [];
    const began = Date.now();
    let rounds = 0;
    while (killed.length < KILLS) {
      crew.man(CREW);
      await eventually(() => expect(crew.atWork).toBeGreaterThanOrEqual(AT_WORK), PATIENCE_MS);
      const killing = killNext(anchors[rounds] ?? 0, moments[rounds] ?? 0);
      const [victim] = await Promise.all([killing, fallDue(cases)]);
      if (victim) killed.push(victim);
      rounds += 1;
    }
    const steps = 2 * cases * rounds;
    const took = since(began);
    const ended = Date.now();
    if (!LONG) await aWhileLater();
    const { resent } = await allTold(steps);
    const letters = mail.received.slice(before.letters);
    const interrupted = ({ by, messageId }: Received) =>
      killed.some(({ name, inHand }) => name === by && inHand.has(messageId));
    // The last of those on a reminder is the one that was recorded; each before it was whole when its worker was killed.
    const last = new Map(letters.map((letter) => [letter.messageId, letter]));
    const again = letters.filter((letter) => last.get(letter.messageId) !== letter);
    const inHand = killed.reduce((all, each) => all + each.inHand.size, 0);
    const posted = letters.filter(interrupted).length;
    say(
      `${backend}: ${killed.length} workers killed in ${took}, which had ${inHand} reminders in hand (${inHand - posted} claimed and not sent, ` +
        `${again.length} sent and not recorded, ${posted - again.length} recorded and not released); ${rounds - killed.length} more had none; ` +
        `${steps} steps due, ${steps} recorded once each, the last ${since(ended)} after the last kill; ` +
        `${letters.length} letters, ${resent} of them again under their Message-ID`,
    );
    expect(again.filter((letter) => !interrupted(letter))).toEqual([]);
  });

  if (faketime !== undefined)
    it('are told once by workers whose clocks are wrong by ten minutes', async () => {
      await crew.end();
      // Nor was anything queued by a clock that is right.
      await aWhileLater();
      for (const skew of ['+10m', '-10m']) crew.start({ LD_PRELOAD: faketime, FAKETIME: skew });
      await fallDue(CASES / 2);
      expect(await allTold(CASES)).toEqual({ resent: 0 });
      // What they recorded happened by the database's clock.
      const { rows } = await owner.query<{ apart: number }>(
        `SELECT max(abs(extract(epoch FROM recorded_at - occurred_at)))::float8 AS apart FROM events WHERE type = 'ReminderSent'`,
      );
      expect(rows[0]?.apart).toBeLessThan(60);
    });
});
