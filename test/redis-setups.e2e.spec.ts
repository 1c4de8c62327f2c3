import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { Redis } from 'ioredis';
import pg from 'pg';
import { pino } from 'pino';
import { prepare } from '../bin/prepare.js';
import { Queues } from '../src/platform/queue.js';
import { openRedis } from '../src/platform/redis.js';
import { ReminderWorker } from '../src/reminders/reminder.worker.js';
import { testApplication, type Caller, type TestApplication } from './support/application.js';
import { eventually } from './support/eventually.js';
import { startMailServer, type MailServer } from './support/mail-server.js';
import {
  hasRedis,
  hasTlsRedis,
  makeCertificate,
  startGuardedRedis,
  startRedis,
  startRedisCluster,
  startWatchedRedis,
  type Guarded,
} from './support/redis.js';
import { endProcess, startWorker } from './support/worker-process.js';

const CASES = process.env['REDRESS_LONG'] ? 600 : 60;
const MONDAY = '2026-03-02T10:00:00.000000Z';
const swift = { REDRESS_SWEEP_SECONDS: '1', REDRESS_MAIL_ATTEMPTS: '5', REDRESS_MAIL_RETRY_SECONDS: '0.05' };

/** After a master was lost; on a machine that is busy, of which Sentinels take some seconds. */
const RECOVERED_MS = 20_000;

const onRedis = hasRedis ? describe : describe.skip;

onRedis('reminders, queued on', () => {
  let mail: MailServer;
  let redress: TestApplication | undefined;
  let database: pg.Client | undefined;
  let handler: Caller;

  beforeAll(async () => {
    mail = await startMailServer();
  });
  const end = async (): Promise<void> => {
    mail.beforeAnswer(() => {});
    await database?.end();
    await redress?.close();
    [database, redress] = [undefined, undefined];
  };
  afterAll(() => mail.stop());

  /** A case whose acknowledgement is overdue. */
  const receive = async (): Promise<void> => {
    const complaint = { receivedOn: '2026-02-16', channel: 'letter', category: 'abuse', summary: 'Shouted.' };
    const { id } = (await handler.post('/v1/complaints', complaint)).body;
    await handler.post(`/v1/complaints/${id}/assign-handler`, { handlerId: 'ann@example.org' });
  };

  /** So many of them, and a worker that begins. */
  const begin = async (url: string, cases: number): Promise<void> => {
    redress = await testApplication({ ...swift, SMTP_URL: mail.url, REDIS_URL: url });
    redress.clock.set(MONDAY);
    database = new pg.Client({ connectionString: redress.databaseUrl });
    await database.connect();
    handler = await redress.as('staff-1', 'case-handler', 'intake');
    for (let n = 0; n < cases; n += 1) await receive();
    await redress.app.get(ReminderWorker, { strict: false }).start();
  };

  const recorded = async () =>
    (await database?.query<{ at: Date }>("SELECT recorded_at AS at FROM events WHERE type = 'ReminderSent'"))
      ?.rows ?? [];

  /** Each on record once, and its letter sent, though perhaps again under the same Message-ID. */
  const allSentOnce = async (cases: number, before: number) => {
    await eventually(async () => expect((await recorded()).length).toBe(cases), 60_000);
    const letters = mail.received.slice(before).map(({ messageId }) => messageId);
    expect(new Set(letters).size).toBe(cases);
    return letters.length - cases;
  };

  it('one that Sentinels watch, are sent and recorded once though its master dies', async () => {
    const redis = await startWatchedRedis();
    try {
      const before = mail.received.length;
      let dying: Promise<void> | undefined;
      let killedAt = Infinity;
      mail.beforeAnswer(() => {
        if (dying || mail.received.length < before + CASES / 4) return;
        killedAt = Date.now();
        dying = redis.killMaster();
      });
      await begin(redis.url, CASES);
      await eventually(() => expect(dying).toBeDefined(), 60_000);
      await dying;
      // What a worker has of the queue goes on without it; this one has to come through it.
      await receive();
      const again = await allSentOnce(CASES + 1, before);
      const recovery = Math.max(...(await recorded()).map(({ at }) => at.getTime())) - killedAt;
      process.stdout.write(
        `Sentinel: master killed amid ${CASES} reminders; one that was due then recorded ${(recovery / 1000).toFixed(1)} s later; ` +
          `letters sent again: ${again}\n`,
      );
      expect(recovery).toBeLessThan(RECOVERED_MS);
    } finally {
      await end();
      await redis.stop();
    }
  }, 180_000);

  it('a Cluster of three masters, are sent once, and every key stands under one hash tag', async () => {
    const cluster = await startRedisCluster();
    try {
      const before = mail.received.length;
      await begin(cluster.url, CASES / 6);
      await allSentOnce(CASES / 6, before);
      const keys = await cluster.keys();
      expect(keys.filter((each) => each.length > 0)).toHaveLength(1);
      expect(keys.flat().filter((key) => !key.startsWith('{redress}:'))).toEqual([]);
    } finally {
      await end();
      await cluster.stop();
    }
  }, 120_000);
});

(hasTlsRedis ? describe : describe.skip)('a worker whose Redis asks for TLS and a password', () => {
  let directory = '';
  let guarded: Guarded;
  let mail: MailServer;
  let redress: TestApplication;
  let worker: ChildProcess | undefined;

  beforeAll(async () => {
    await prepare();
    directory = await mkdtemp(join(tmpdir(), 'redress-tls-'));
    guarded = { certificate: makeCertificate(directory), password: 'let-me-in' };
    [mail, redress] = await Promise.all([startMailServer(), testApplication()]);
    redress.clock.set(new Date().toISOString());
  });
  afterAll(async () => {
    await redress.close();
    await mail.stop();
    await rm(directory, { recursive: true });
  });

  const begin = (env: NodeJS.ProcessEnv): void => {
    const trust = { NODE_EXTRA_CA_CERTS: guarded.certificate.file, SMTP_URL: mail.url };
    worker = startWorker(redress, { ...trust, REDRESS_MAIL_RETRY_SECONDS: '0.2', ...env });
  };
  const end = async (): Promise<void> => {
    mail.beforeAnswer(() => {});
    if (worker) await endProcess(worker, 'SIGTERM');
  };
  /** Two steps each. */
  const fallDue = async (cases: number): Promise<void> => {
    const handler = await redress.as('staff-1', 'case-handler', 'intake');
    const complaint = { receivedOn: '2026-01-05', channel: 'letter', category: 'abuse', summary: 'Shouted.' };
    for (let n = 0; n < cases; n += 1) {
      const { id } = (await handler.post('/v1/complaints', complaint)).body;
      await handler.post(`/v1/complaints/${id}/assign-handler`, { handlerId: 'ann@example.org' });
    }
  };
  const sent = async () => {
    const auditor = await redress.as('auditor', 'auditor');
    return (await auditor.get('/v1/reminders?state=sent&first=200')).body.items.length;
  };

  it('sends by it, and reaches none whose certificate nobody vouches for', async () => {
    const redis = await startGuardedRedis(guarded);
    try {
      const told: string[] = [];
      const to = new Writable({ write: (line, _, next) => (told.push(String(line)), next()) });
      const { end: leave } = await openRedis(redis.url, redress.config, pino({ level: 'warn' }, to));
      await eventually(() => expect(told.join('')).toContain('self-signed certificate'));
      leave();
      await fallDue(1);
      begin({ REDIS_URL: redis.url });
      await eventually(async () => expect(await sent()).toBe(2), 60_000);
      expect(mail.received).toHaveLength(2);
    } finally {
      await end();
      await redis.stop();
    }
  }, 120_000);

  it('goes on though the master hangs that its Sentinels watch, who ask for TLS and a password too', async () => {
    const redis = await startWatchedRedis(guarded);
    try {
      const before = mail.received.length;
      let hungAt: number | undefined;
      mail.beforeAnswer(() => {
        if (hungAt !== undefined || mail.received.length < before + 10) return;
        hungAt = Date.now();
        redis.hangMaster();
      });
      await fallDue(20);
      begin({ REDIS_URL: redis.url, REDIS_SENTINEL_PASSWORD: guarded.password });
      await eventually(async () => expect(await sent()).toBe(before + 40), 90_000);
      const recovery = Date.now() - (hungAt ?? Infinity);
      process.stdout.write(
        `Sentinel by TLS: all told ${(recovery / 1000).toFixed(1)} s after the master hung\n`,
      );
      expect(new Set(mail.received.map(({ messageId }) => messageId)).size).toBe(before + 40);
      expect(recovery).toBeLessThan(RECOVERED_MS);
    } finally {
      await end();
      await redis.stop();
    }
  }, 180_000);
});

onRedis('Redis that throws keys away when it is full', () => {
  const toldOf = async (url: string): Promise<string[]> => {
    const lines: string[] = [];
    const to = new Writable({ write: (line, _, next) => (lines.push(String(line)), next()) });
    const redress = await testApplication({ REDIS_URL: url });
    const queues = new Queues(redress.config, redress.databaseUrl, pino({ level: 'warn' }, to));
    await queues.queue('reminder-sweeps');
    // What is asked at once is answered in order.
    const queue = await queues.queue('reminder-deliveries');
    await queue.getJobCounts('waiting');
    await queues.onApplicationShutdown();
    await redress.close();
    return lines.map((line) => (JSON.parse(line) as { msg: string }).msg);
  };

  it('is warned of at the start, also where CONFIG is not permitted', async () => {
    const [good, bad] = [await startRedis(), await startRedis('allkeys-lru')];
    try {
      expect(await toldOf(good.url)).toEqual([]);
      const warning = 'queue: set maxmemory-policy of Redis to noeviction; it may throw jobs away';
      expect(await toldOf(bad.url)).toEqual([warning]);
      const owner = new Redis(bad.url);
      await owner.acl('SETUSER', 'queue', 'on', '>secret', '~*', '&*', '+@all', '-config');
      const limited = bad.url.replace('//', '//queue:secret@');
      expect(await toldOf(limited)).toEqual([warning]);
      owner.disconnect();
    } finally {
      await Promise.all([good.stop(), bad.stop()]);
    }
  });
});
