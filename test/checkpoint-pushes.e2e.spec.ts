import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { pino } from 'pino';
import { Webhook } from 'standardwebhooks';
import { CheckpointWorker } from '../src/audit/checkpoint.worker.js';
import { Checkpoints } from '../src/audit/checkpoints.js';
import { EventStore } from '../src/event-store/event-store.js';
import { SystemClock } from '../src/platform/clock.js';
import { readConfig } from '../src/platform/config.js';
import { Post } from '../src/platform/mail.js';
import { exposition } from '../src/platform/metrics.js';
import { appendOf, aStream, happened, write } from './support/appends.js';
import { freshDatabase, type FreshDatabase } from './support/database.js';
import { eventually } from './support/eventually.js';
import { startMailServer, type MailServer } from './support/mail-server.js';
import { startEndpoint } from './support/webhook-endpoint.js';

const SECRET = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;

describe('a checkpoint is pushed off the host', () => {
  let database: FreshDatabase;
  let pool: pg.Pool;
  let mail: MailServer;
  let endpoint: Awaited<ReturnType<typeof startEndpoint>>;
  let directory: string;
  let checkpoints: Checkpoints;
  let workers: CheckpointWorker[];
  let told: { readonly way?: string; readonly reason?: string; readonly msg: string }[];

  beforeAll(async () => {
    [mail, endpoint] = [await startMailServer(), await startEndpoint()];
  });
  afterAll(async () => {
    await mail.stop();
    await endpoint.stop();
  });
  beforeEach(async () => {
    database = await freshDatabase();
    ({ pool } = database);
    directory = await mkdtemp(join(tmpdir(), 'redress-push-'));
    [workers, told] = [[], []];
    mail.refuse(undefined);
    endpoint.answers((response) => void response.writeHead(204).end());
    endpoint.received.length = 0;
  });
  afterEach(async () => {
    await Promise.all(workers.map((worker) => worker.beforeApplicationShutdown()));
    await database.drop();
    await rm(directory, { recursive: true });
  });

  const begin = async (env: NodeJS.ProcessEnv): Promise<void> => {
    const config = readConfig({
      DATABASE_URL: database.url,
      MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
      AUDIT_SIGNING_KEY: Buffer.alloc(32, 1).toString('base64'),
      REDRESS_LOG_ORIGIN: 'redress.test/log',
      REDRESS_CHECKPOINT_EVENTS: '1000000',
      REDRESS_MAIL_RETRY_SECONDS: '0.1',
      REDRESS_DELIVERY_TIMEOUT_SECONDS: '2',
      SMTP_URL: mail.url,
      CHECKPOINT_WEBHOOK_SECRET: SECRET,
      ...env,
    });
    const sink = new Writable({
      write: (line, _encoding, done) => {
        told.push(JSON.parse(String(line)));
        done();
      },
    });
    checkpoints = new Checkpoints(pool, config);
    const clock = new SystemClock('Europe/London');
    const worker = new CheckpointWorker(checkpoints, config, pool, new Post(config), clock, pino(sink));
    worker.onApplicationBootstrap();
    workers.push(worker);
    await worker.start();
  };

  const sign = async (): Promise<string> => {
    await new EventStore(pool).append(appendOf([write(aStream(), 0, happened('{}'))]));
    return checkpoints.signHead();
  };

  const failing = async (way: string): Promise<number> => {
    const { text } = await exposition();
    return Number(
      new RegExp(`^redress_checkpoint_push_failing_seconds{way="${way}"} (.+)$`, 'm').exec(text)?.[1],
    );
  };

  it('to a webhook, signed, once, however many processes there are', async () => {
    await begin({ REDRESS_CHECKPOINT_WEBHOOK_URL: endpoint.url });
    await begin({ REDRESS_CHECKPOINT_WEBHOOK_URL: endpoint.url });
    for (const count of [1, 2]) {
      const note = await sign();
      await eventually(() => expect(endpoint.received.length).toBe(count));
      const { body, headers } = endpoint.received.at(-1)!;
      expect(new Webhook(SECRET).verify(body, headers as Record<string, string>)).toMatchObject({
        type: 'checkpoint.signed',
        data: { origin: 'redress.test/log', size: count, checkpoint: note },
      });
    }
    expect(told).toEqual([]);
  });

  it('by mail to the auditor, the note attached as it is, and no more often than the settings say', async () => {
    const before = mail.received.length;
    await begin({ REDRESS_CHECKPOINT_MAIL: 'auditor@example.org' });
    const note = await sign();
    await eventually(() => expect(mail.received.length).toBe(before + 1));
    const { to, text } = mail.received.at(-1)!;
    expect(to).toBe('auditor@example.org');
    expect(text).toMatch(/^Subject: Checkpoint of redress\.test\/log over 1 events\r?$/m);
    const attached = /filename=checkpoint-1\.txt[\s\S]*?\r\n\r\n([\w+/=\r\n]+)/.exec(text)?.[1] ?? '';
    expect(Buffer.from(attached, 'base64').toString()).toBe(note);
    await sign();
    const { rows } = await pool.query(
      `SELECT size::int, next_at > now() + interval '23 hours' AS later FROM checkpoint_pushes`,
    );
    expect(rows).toEqual([{ size: 1, later: true }]);
    await pool.query('UPDATE checkpoint_pushes SET next_at = now()');
    await eventually(() => expect(mail.received.length).toBe(before + 2));
  });

  it('and when that fails, loudly: it is tried again, and holds up neither signing nor another way', async () => {
    endpoint.answers((response) => void response.writeHead(503).end());
    mail.refuse(550);
    await begin({
      REDRESS_CHECKPOINT_WEBHOOK_URL: endpoint.url,
      REDRESS_CHECKPOINT_MAIL: 'auditor@example.org',
      REDRESS_CHECKPOINT_DIR: directory,
    });
    const before = mail.received.length;
    await sign();
    await eventually(() => expect(endpoint.received.length).toBeGreaterThan(2));
    const note = await sign();
    await eventually(async () =>
      expect(await readFile(join(directory, 'checkpoint-2.txt'), 'utf8')).toBe(note),
    );
    const errors = told.map(({ way, reason }) => `${way}: ${reason}`);
    expect(errors.length).toBe(2);
    expect(errors).toContain('mail: not delivered: refused 550');
    expect(errors).toContain('webhook: not delivered: webhook-refused 503');
    expect([await failing('webhook'), await failing('mail')].every((seconds) => seconds > 0)).toBe(true);
    expect(await failing('file')).toBe(0);
    endpoint.answers((response) => void response.writeHead(204).end());
    mail.refuse(undefined);
    await eventually(() => expect(mail.received.length).toBe(before + 1));
    await eventually(async () => expect([await failing('webhook'), await failing('mail')]).toEqual([0, 0]));
    expect(JSON.parse(endpoint.received.at(-1)!.body).data).toMatchObject({ size: 2, checkpoint: note });
    const mended = told.filter(({ reason }) => reason === undefined);
    expect(new Set(mended.map(({ way }) => way))).toEqual(new Set(['mail', 'webhook']));
  });

  it('to an endpoint that keeps silent, which holds up nothing', async () => {
    endpoint.answers(() => undefined);
    await begin({
      REDRESS_CHECKPOINT_WEBHOOK_URL: endpoint.url,
      REDRESS_CHECKPOINT_DIR: directory,
      REDRESS_DELIVERY_TIMEOUT_SECONDS: '30',
    });
    await sign();
    await eventually(() => expect(endpoint.received.length).toBe(1));
    await sign();
    await eventually(async () => expect(await readdir(directory)).toContain('checkpoint-2.txt'));
    endpoint.answers((response) => void response.writeHead(204).end());
  });

  it('into a directory, never over another one of the same size: that is told', async () => {
    await writeFile(join(directory, 'checkpoint-1.txt'), 'another\n\n');
    await begin({ REDRESS_CHECKPOINT_DIR: directory });
    await sign();
    await eventually(() => expect(told.map(({ way }) => way)).toEqual(['file']));
    expect(told[0]!.reason).toMatch(/holds another checkpoint over 1 events: the log was rewritten\.$/);
    expect(await readFile(join(directory, 'checkpoint-1.txt'), 'utf8')).toBe('another\n\n');
  });
});
