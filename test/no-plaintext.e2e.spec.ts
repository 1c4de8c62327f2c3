import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { developmentToken } from '../src/access/tokens.js';
import type { Role } from '../src/access/principal.js';
import { readConfig } from '../src/platform/config.js';
import { packageRoot } from '../src/platform/package-root.js';
import { eventually } from './support/eventually.js';
import { hasRedis, startRedis, type RedisServer } from './support/redis.js';
import { startEndpoint } from './support/webhook-endpoint.js';

// A real server with a database of its own is told a marker in every way; then every byte it left behind is searched.

const MARK = 'Zwoelfmarken9S';
const SLOW = 240_000;
/** Where a document's bytes, a name, an address could have been written in another coding. */
const forms = [MARK, encodeURIComponent(MARK), Buffer.from(MARK, 'utf16le').toString('latin1')];

let dataDir: string;
let server: ChildProcess;
let base: string;
let said = '';
let head: Record<string, string>;
let keeper: Record<string, string>;
let env: Record<string, string>;
let redis: RedisServer | undefined;
let endpoint: Awaited<ReturnType<typeof startEndpoint>>;
/** What Redis was told, and what it held. */
let watched = '';
let watching: readonly Redis[] = [];
const answers: string[] = [];

const post = async (path: string, body: object, more: Record<string, string> = {}) => {
  const answer = await fetch(`${base}${path}`, {
    method: 'POST',
    headers: { ...head, 'content-type': 'application/json', ...more },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (answer.status >= 400) answers.push(text, [...answer.headers].join());
  return { status: answer.status, body: text === '' ? {} : JSON.parse(text) };
};

const done = async (path: string, body: object, more: Record<string, string> = {}) => {
  const answer = await post(path, body, more);
  expect([path, answer.status < 300, answer.body.detail]).toEqual([path, true, undefined]);
  return answer.body;
};

const get = async (path: string) => (await fetch(`${base}${path}`, { headers: head })).text();

const begin = async (queue: string): Promise<void> => {
  [said, watched, answers.length] = ['', '', 0];
  endpoint = await startEndpoint();
  redis = queue === 'Redis' ? await startRedis() : undefined;
  if (redis) {
    const client = new Redis(redis.url);
    // Packed, a marker could stand in what is dumped and not be found.
    await client.config('SET', 'rdbcompression', 'no');
    const monitor = await client.monitor();
    watching = [client, monitor];
    monitor.on('monitor', (_: string, command: readonly string[]) => (watched += `${command.join(' ')}\n`));
  }
  dataDir = await mkdtemp(join(tmpdir(), 'redress-plain-'));
  // As root the database runs as another user, who must get through.
  await chmod(dataDir, 0o711);
  env = {
    REDRESS_DATA_DIR: dataDir,
    PORT: '0',
    LOG_LEVEL: 'trace',
    REDRESS_SWEEP_SECONDS: '1',
    REDRESS_WEBHOOK_URL: `${endpoint.url}/reminders`,
    WEBHOOK_SECRET: `whsec_${'b2xk'.repeat(8)}`,
    ...(redis && { REDIS_URL: redis.url }),
  };
  server = spawn(process.execPath, ['dist/src/cli.js', 'serve'], {
    cwd: packageRoot,
    env: { PATH: process.env['PATH'], ...env },
  });
  server.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  server.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  while (!/ready on (\S+)/.test(said) && server.exitCode === null)
    await Promise.race([once(server.stdout!, 'data'), once(server, 'exit')]);
  base = /ready on (\S+)/.exec(said)?.[1] ?? '';
  const roles: Role[] = ['casework-head', 'case-handler', 'intake', 'investigator', 'panel-chair'];
  const token = await developmentToken(readConfig(env), { sub: 'staff-1', roles, ttl: '1h' });
  head = { authorization: `Bearer ${token}` };
  const theirs = await developmentToken(readConfig(env), {
    sub: 'staff-2',
    roles: ['case-handler'],
    ttl: '1h',
  });
  keeper = { authorization: `Bearer ${theirs}` };
};
const end = async (): Promise<void> => {
  if (server.exitCode === null) {
    server.kill('SIGKILL');
    await once(server, 'exit');
  }
  for (const client of watching) client.disconnect();
  watching = [];
  await Promise.all([redis?.stop(), endpoint.stop()]);
  await rm(dataDir, { recursive: true, force: true });
};

/** Of everything that Redis holds, as it would stand in a dump of it. */
const dumpOf = async (client: Redis): Promise<string> => {
  const keys = await client.keys('*');
  const dumps = await Promise.all(keys.map((key) => client.dumpBuffer(key)));
  return keys.map((key, index) => `${key} ${dumps[index]?.toString('latin1') ?? ''}`).join('\n');
};

const run = promisify(execFile);

/** Each by the command line, beside the data directory, where they are searched with it. */
const FORMATS = ['log', 'cloudevents', 'xes', 'ocel', 'ocel-xml', 'csv'];
const exported = async (): Promise<void> => {
  for (const format of FORMATS) {
    const out = join(dataDir, 'exports', format);
    const given = ['dist/src/cli.js', 'audit', 'export', '--format', format, '--out', out];
    const told = await run(process.execPath, given, {
      cwd: packageRoot,
      env: { PATH: process.env['PATH'], ...env },
    });
    said += told.stdout + told.stderr;
    expect([format, (await readdir(out)).length > 1]).toEqual([format, true]);
  }
};

/** Somebody who is reminded by webhook and has a calendar feed, of a case that is late and a hearing that is near. */
const kept = async (): Promise<string> => {
  const enrolled = await done('/v1/staff', { staffId: 'staff-2', duties: [] });
  const theirs = { ...keeper };
  await done(`/v1/staff/${enrolled.id}/arrange-reminders`, { by: 'webhook', zone: 'Europe/London' }, theirs);
  await done(`/v1/staff/${enrolled.id}/open-feed`, {}, theirs);
  const { id, reference } = await done('/v1/complaints', {
    receivedOn: '2026-02-27',
    channel: 'letter',
    category: 'abuse',
    summary: MARK,
  });
  await done(`/v1/complaints/${id}/assign-handler`, { handlerId: 'staff-2' });
  const hearing = await done('/v1/hearings', { complaintIds: [id], kind: 'first', reasons: MARK });
  const members = ['staff-2', 'staff-4', 'staff-5'].map((staffId, n) => ({
    staffId,
    role: n === 0 ? 'chair' : 'member',
  }));
  await done(`/v1/hearings/${hearing.id}/convene-panel`, { members });
  const startsAt = new Date(Date.now() + 864e5).toISOString();
  await done(`/v1/hearings/${hearing.id}/list`, { startsAt, zone: 'UTC', mode: 'remote', waiver: MARK });
  return reference;
};

/** Every file that was left behind, with what of the marker stands in it. */
const foundIn = async (folder: string): Promise<string[]> => {
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    if ((await stat(file)).size === 0) continue;
    const bytes = await readFile(file, 'latin1');
    if (forms.some((form) => bytes.includes(form))) found.push(file);
  }
  return found;
};

describe.each(hasRedis ? ['PostgreSQL', 'Redis'] : ['PostgreSQL'])(
  'a marker that is told in every way, with the queue on %s',
  (queue) => {
    beforeAll(() => begin(queue), SLOW);
    afterAll(end);

    it(
      'stands nowhere in the clear: database and its log, write-ahead log, documents, outbox, webhooks, feeds, exports, queue, logs, metrics, faults, addresses',
      async () => {
        const ada = (
          await done('/v1/parties', {
            kind: 'person',
            name: MARK,
            email: `${MARK}@example.org`,
            phone: '1',
            address: MARK,
          })
        ).id;
        await done(`/v1/parties/${ada}/change-contact`, { name: `${MARK} II`, backdatingReason: MARK });
        const { id } = await done(
          '/v1/complaints',
          {
            receivedOn: '2026-02-27',
            channel: 'letter',
            category: 'abuse',
            summary: MARK,
            complainantRef: ada,
            allegations: [{ category: 'abuse', description: MARK }],
          },
          { 'idempotency-key': MARK },
        );
        const bytes = await fetch(`${base}/v1/cases/${id}/documents`, {
          method: 'POST',
          headers: { ...head, 'content-type': 'application/octet-stream', 'x-file-name': `${MARK}.txt` },
          body: `A letter about ${MARK}.`,
        });
        expect(bytes.status).toBe(201);
        const { documentId } = (await bytes.json()) as { documentId: string };
        const late = { occurred: { date: '2026-02-28' }, backdatingReason: MARK };
        for (const [act, body] of [
          ['acknowledge', { acknowledgedOn: '2026-02-28', ...late }],
          ['triage', { decision: 'investigate', severity: 'high', reasons: MARK }],
          ['assign-handler', { handlerId: 'staff-2' }],
          ['open-investigation', { investigatorId: 'staff-3', termsOfReference: MARK }],
          ['record-outside-contact', { who: MARK, office: MARK, subject: MARK, response: MARK }],
          ['pause-clock', { reason: 'police-investigation', basis: MARK }],
          ['place-legal-hold', { basis: MARK }],
        ] as const)
          await done(`/v1/complaints/${id}/${act}`, body);
        const entries = JSON.parse(await get(`/v1/cases/${id}/history`)).items;
        await done(`/v1/complaints/${id}/correct-entry`, {
          eventId: entries[0].eventId,
          path: ['summary'],
          new: MARK,
          reason: MARK,
          basis: MARK,
          ...late,
        });
        const hearing = await done('/v1/hearings', { complaintIds: [id], kind: 'first', reasons: MARK });
        await done(`/v1/hearings/${hearing.id}/cancel`, { reasons: MARK });
        const query = `mutation { receiveComplaint(input: { receivedOn: "2026-02-27", channel: "letter", category: "abuse", summary: "${MARK}" }) { id } }`;
        expect((await done('/graphql', { query })).errors).toBeUndefined();

        // What is wrong is told by its place, never by what was sent.
        for (const [path, body] of [
          ['/v1/parties', { kind: MARK, name: MARK }],
          ['/v1/parties', { kind: 'person', name: MARK.repeat(100) }],
          ['/v1/complaints', { receivedOn: MARK, channel: 'letter', category: 'abuse', summary: MARK }],
          [`/v1/complaints/${id}/triage`, { decision: MARK, severity: 'high', reasons: MARK }],
          [`/v1/complaints/${id}/report`, { summary: MARK, documentId: MARK }],
        ] as const)
          expect((await post(path, body)).status).toBe(400);

        // Shown at the doors, so that what follows searches for something that is there.
        expect(await get(`/v1/cases/${id}`)).toContain(MARK);
        expect(await get(`/v1/documents/${documentId}`)).toContain(MARK);
        for (const path of ['/metrics', '/health/ready', '/v1/events', '/openapi.json'])
          answers.push(await get(path));
        answers.push(await (await fetch(`${base}/metrics`)).text());

        const own = await kept();
        await eventually(async () => {
          // Of the case that is late, by its reference.
          expect(endpoint.received.map(({ body: letter }) => letter).join('\n')).toContain(own);
        }, 60_000);
        const { items } = JSON.parse(
          await (await fetch(`${base}/v1/staff?mine=true`, { headers: keeper })).text(),
        );
        const feed = await (await fetch(new URL(new URL(items[0].feedUrl).pathname, base))).text();
        expect(feed).toContain('BEGIN:VEVENT');
        answers.push(
          feed,
          ...endpoint.received.map(({ headers, body: letter }) => JSON.stringify(headers) + letter),
        );
        await exported();
        if (watching[0]) {
          answers.push(await dumpOf(watching[0]), watched);
          expect(watched).toContain('bullmq');
        }

        server.kill('SIGTERM');
        await once(server, 'exit');
        expect((await readFile(join(dataDir, 'postgres.log'), 'latin1')).length).toBeGreaterThan(100);
        expect(await foundIn(dataDir)).toEqual([]);
        expect(said).toContain('"level"');
        for (const form of forms) {
          expect(said).not.toContain(form);
          for (const answer of answers) expect(answer).not.toContain(form);
        }
      },
      SLOW,
    );
  },
);
