import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { developmentToken } from '../src/access/tokens.js';
import { EventStore } from '../src/event-store/event-store.js';
import { packageRoot } from '../src/platform/package-root.js';
import { acceptsStream } from '../src/audit/events-asked.js';
import { appendOf, aStream, happened, write } from './support/appends.js';
import { testApplication, type Caller, type TestApplication } from './support/application.js';
import { freshDatabase, type FreshDatabase } from './support/database.js';
import { eventually } from './support/eventually.js';

const complaint = { receivedOn: '2026-02-27', channel: 'letter', category: 'abuse', summary: 'Shouted at.' };

interface Told {
  readonly id: string;
  readonly type: string;
  readonly position: string;
  readonly actor?: string;
}

const frames = (taken: string): Told[] =>
  [...taken.matchAll(/^id: (\d+)\ndata: (.*)\n\n/gm)].map(([, id = '', data = '']) => {
    const event = JSON.parse(data) as Told;
    expect(event.position).toBe(id);
    return event;
  });

describe('events for other systems', () => {
  let redress: TestApplication;
  let store: EventStore;
  let auditor: Caller;
  let integration: Caller;
  let address: string;
  let token: string;

  beforeAll(async () => {
    redress = await testApplication({ REDRESS_EVENT_READERS: '2', REDRESS_LOG_ORIGIN: 'redress.test/log' });
    store = redress.app.get(EventStore, { strict: false });
    auditor = await redress.as('auditor-1', 'auditor');
    integration = await redress.as('crm', 'integration');
    await redress.app.listen(0, '127.0.0.1');
    address = `http://127.0.0.1:${(redress.app.getHttpServer().address() as AddressInfo).port}`;
    token = await developmentToken(redress.config, { sub: 'crm', roles: ['integration'], ttl: '1h' });
  });
  afterAll(() => redress.close());

  const head = async () => {
    let position = 0;
    for (;;) {
      const last = (await store.page(position, 1000)).at(-1);
      if (!last) return position;
      position = last.position;
    }
  };
  const record = (count: number, data = '{}') =>
    store.append(appendOf([write(aStream(), 0, ...Array.from({ length: count }, () => happened(data)))]));

  it('are every position in order, and sealed or personal text is in none of them', async () => {
    const handler = await redress.as('staff-1', 'case-handler');
    const begun = await head();
    const { body: party } = await handler.post('/v1/parties', { kind: 'person', name: 'Ada Byron' });
    const { body: made } = await handler.post('/v1/complaints', { ...complaint, complainantRef: party.id });
    await handler.post(`/v1/complaints/${made.id}/assign-handler`, { handlerId: 'staff-2' });
    const { body: seen, headers } = await integration.get(`/v1/events?after=${begun}`);
    expect(headers['content-type']).toBe('application/cloudevents-batch+json; charset=utf-8');
    expect(headers['cache-control']).toBe('no-store');
    expect(seen.map(({ position }: Told) => Number(position))).toEqual(
      seen.map((_: unknown, index: number) => begun + 1 + index),
    );
    expect(JSON.stringify(seen)).not.toMatch(/Ada|Shouted|enc1\.|staff-[12]/);
    expect(seen[0]).toEqual({
      specversion: '1.0',
      id: String(begun + 1),
      source: '//redress.test/log',
      type: 'redress.Withheld',
      position: String(begun + 1),
    });
    expect(seen[1]).toMatchObject({
      type: 'redress.ComplaintReceived',
      subject: `complaint-${made.id}`,
      datacontenttype: 'application/json',
      streamversion: 1,
      occurredon: '2026-02-27',
      actorrole: 'case-handler',
      data: { summary: '[sealed]', category: 'abuse' },
    });
    for (const name of Object.keys(seen[1])) expect(name).toMatch(/^[a-z0-9]{1,20}$/);
    const assigned = seen.find(({ type }: Told) => type === 'redress.HandlerAssigned');
    expect(assigned.data.handlerId).toMatch(/^person-[0-9a-f]{20}$/);

    const { body: audited } = await auditor.get(`/v1/events?after=${begun}&named=true`);
    expect(audited[0]).toMatchObject({ type: 'redress.PartyRegistered', data: { name: '[sealed]' } });
    expect(audited.find(({ type }: Told) => type === 'redress.HandlerAssigned')).toMatchObject({
      actor: 'staff-1',
      data: { handlerId: 'staff-2' },
    });
    const { body: pseudonymised } = await auditor.get(`/v1/events?after=${begun}`);
    expect(pseudonymised.map(({ actor }: Told) => actor).slice(1)).toEqual(
      seen.map(({ actor }: Told) => actor).slice(1),
    );
  });

  it('are refused to others, past the end of the log, named, and where the question is wrong', async () => {
    const handler = await redress.as('staff-1', 'case-handler');
    expect((await handler.get('/v1/events')).body.code).toBe('not-permitted');
    expect((await integration.get('/v1/events?named=true')).body.code).toBe('not-permitted');
    expect((await integration.get(`/v1/events?after=${(await head()) + 1}`)).body).toMatchObject({
      status: 422,
      code: 'position-ahead',
    });
    for (const query of ['after=-1', 'after=x', 'limit=1001', 'wait=31', 'from=1'])
      expect([query, (await integration.get(`/v1/events?${query}`)).status]).toEqual([query, 400]);
    const { status, body } = await integration.get('/v1/events', { 'last-event-id': 'x' });
    expect([status, body.issues.map(({ path }: { path: string }) => path)]).toEqual([400, ['Last-Event-ID']]);
  });

  it.each([
    ['text/event-stream;q=0', false],
    ['text/event-stream; q=0.000, */*', false],
    ['text/event-stream-like', false],
    ['Text/Event-Stream;q=0.1', true],
    ['application/json;q=0, text/event-stream', true],
  ])('come as a stream to whoever accepts one: %s', (accept, isStream) =>
    expect(acceptsStream(accept)).toBe(isStream),
  );

  it('are waited for, and answered as soon as something is recorded', async () => {
    const begun = await head();
    const waited = integration.get(`/v1/events?after=${begun}&wait=30`);
    await record(1);
    expect((await waited).body.map(({ position }: Told) => position)).toEqual([String(begun + 1)]);
    expect((await integration.get(`/v1/events?after=${begun + 1}&wait=0.05`)).body).toEqual([]);
  });

  it('come as a stream that goes on from the last event that was taken', async () => {
    const begun = await head();
    await record(3);
    const leaving = new AbortController();
    const headers = {
      authorization: `Bearer ${token}`,
      accept: 'text/event-stream',
      'last-event-id': `${begun + 1}`,
    };
    const answer = await fetch(`${address}/v1/events`, { headers, signal: leaving.signal });
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    let taken = '';
    const taking = (async () => {
      const decoder = new TextDecoder();
      for await (const chunk of answer.body ?? []) taken += decoder.decode(chunk as Uint8Array);
    })().catch(() => {});
    await eventually(() => expect(frames(taken)).toHaveLength(2));
    await record(250);
    await eventually(() => expect(frames(taken)).toHaveLength(252));
    expect(frames(taken).map(({ position }) => Number(position))).toEqual(
      Array.from({ length: 252 }, (_, index) => begun + 2 + index),
    );
    leaving.abort();
    await taking;
  });

  it('are withheld from whoever turns out to be a party while they follow, from that moment', async () => {
    const [casework, intake] = [
      await redress.as('head-1', 'casework-head'),
      await redress.as('in-1', 'intake'),
    ];
    const { body: party } = await intake.post('/v1/parties', { kind: 'person', name: 'Ada' });
    const { body: made } = await intake.post('/v1/complaints', { ...complaint, complainantRef: party.id });
    const begun = await head();
    const bearer = await developmentToken(redress.config, { sub: 'aud-2', roles: ['auditor'], ttl: '1h' });
    const leaving = new AbortController();
    const headers = { authorization: `Bearer ${bearer}`, accept: 'text/event-stream' };
    const answer = await fetch(`${address}/v1/events?after=${begun}`, { headers, signal: leaving.signal });
    let taken = '';
    const taking = (async () => {
      for await (const chunk of answer.body ?? []) taken += new TextDecoder().decode(chunk as Uint8Array);
    })().catch(() => {});
    const types = () => frames(taken).map(({ type }) => type);
    await intake.post(`/v1/complaints/${made.id}/add-allegation`, { category: 'abuse' });
    await eventually(() => expect(types()).toEqual(['redress.AllegationAdded']));
    await casework.post(`/v1/parties/${party.id}/identify-staff`, { staffId: 'aud-2' });
    await intake.post(`/v1/complaints/${made.id}/add-allegation`, { category: 'abuse' });
    const last = await head();
    await eventually(() => expect(frames(taken).at(-1)?.position).toBe(String(last)));
    expect(new Set(types().slice(1))).toEqual(new Set(['redress.Withheld']));
    leaving.abort();
    await taking;
  });

  it('are read no further than a slow reader takes them, and only so many readers are let in', async () => {
    const begun = await head();
    for (let n = 0; n < 40; n += 1) await record(50, JSON.stringify({ much: 'x'.repeat(10_000) }));
    const ask = (port: number) => {
      const socket = connect(port, '127.0.0.1');
      socket.write(
        `GET /v1/events?after=${begun} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nAccept: text/event-stream\r\n\r\n`,
      );
      return socket;
    };
    const pages: number[] = [];
    let asked = Infinity;
    const page = store.page.bind(store);
    store.page = async (after, limit, filter) => {
      pages.push(after);
      asked = performance.now();
      return page(after, limit, filter);
    };
    const { port } = new URL(address);
    const [slow, other] = [ask(Number(port)), ask(Number(port))];
    slow.pause();
    other.pause();
    // Of each its first look and its first page.
    await eventually(() => expect(pages.filter((from) => from === begun)).toHaveLength(4));
    expect((await integration.get('/v1/events?wait=1')).body.code).toBe('too-many-readers');
    other.destroy();
    await eventually(() => expect(performance.now() - asked).toBeGreaterThan(500));
    expect(Math.max(...pages)).toBeLessThan(begun + 2000);
    let taken = 0;
    slow.on('data', (chunk: Buffer) => (taken += chunk.length)).resume();
    await eventually(() => expect(Math.max(...pages)).toBe(begun + 2000));
    await eventually(() => expect(taken).toBeGreaterThan(20_000_000));
    store.page = page;
    slow.destroy();
  });
});

describe('a server that stops', () => {
  it('ends its streams cleanly, and does not wait for who takes nothing', async () => {
    const redress = await testApplication();
    await redress.app.listen(0, '127.0.0.1');
    const { port } = redress.app.getHttpServer().address() as AddressInfo;
    const token = await developmentToken(redress.config, { sub: 'a', roles: ['auditor'], ttl: '1h' });
    const store = redress.app.get(EventStore, { strict: false });
    const much = happened(JSON.stringify({ much: 'x'.repeat(1_000_000) }));
    for (let n = 0; n < 20; n += 1)
      await store.append(appendOf([write(aStream(), 0, { ...much, id: crypto.randomUUID() })]));
    const headers = { authorization: `Bearer ${token}`, accept: 'text/event-stream' };
    const { position } = (await store.page(0, 1000)).at(-1) ?? { position: 0 };
    const answer = await fetch(`http://127.0.0.1:${port}/v1/events?after=${position}`, { headers });
    const stuck = connect(port, '127.0.0.1').on('error', () => {});
    stuck.write(
      `GET /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nAccept: text/event-stream\r\n\r\n`,
    );
    stuck.pause();
    await once(stuck, 'readable');
    const taken = answer.text();
    await redress.close();
    expect(await taken).toBe('retry: 1000\n\n');
    stuck.destroy();
  });
});

describe('a server that is killed and started again', () => {
  let database: FreshDatabase;
  let directory: string;
  beforeAll(async () => {
    database = await freshDatabase();
    directory = await mkdtemp(join(tmpdir(), 'redress-events-'));
  });
  afterAll(async () => {
    await database.drop();
    await rm(directory, { recursive: true });
  });

  const env = () => ({
    ...process.env,
    DATABASE_URL: database.url,
    MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
    REDRESS_DATA_DIR: directory,
    LOG_LEVEL: 'fatal',
  });
  const cli = join(packageRoot, 'dist', 'src', 'cli.js');
  const begin = async () => {
    const args = [cli, 'serve', '--roles', 'api', '--port', '0'];
    const child = spawn(process.execPath, args, { env: env(), stdio: ['ignore', 'pipe', 'inherit'] });
    let told = '';
    for await (const chunk of child.stdout.setEncoding('utf8')) {
      told += chunk;
      const [address] = /http:\/\/127\.0\.0\.1:\d+/.exec(told) ?? [];
      if (address) return { child, address };
    }
    throw new Error(`It did not start: ${told}`);
  };
  const AHEAD = 5_000;
  const PATIENCE = 120_000;
  const end = async (child: ChildProcess) => {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };

  it('gives a reader that comes back by Last-Event-ID every event once, in order', async () => {
    const tokenOf = spawn(process.execPath, [cli, 'token', '--sub', 'crm', '--roles', 'integration'], {
      env: env(),
    });
    const token = (await text(tokenOf.stdout)).trim();
    const store = new EventStore(database.pool);
    const enough = new AbortController();
    const read: number[] = [];
    const writer = (async () => {
      for (let written = 0; !enough.signal.aborted; written += 2) {
        await store.append(appendOf([write(aStream(), 0, happened(), happened())]));
        // Also while nobody listens, but not so many that the reader is busy with them for minutes.
        await eventually(
          () => expect(enough.signal.aborted || written < read.length + AHEAD).toBe(true),
          PATIENCE,
        );
      }
    })();
    let left = 0;
    const follow = async (address: string, until: number) => {
      const headers: Record<string, string> = {
        authorization: `Bearer ${token}`,
        accept: 'text/event-stream',
      };
      if (read.length > 0) headers['last-event-id'] = String(read.at(-1));
      const answer = await fetch(`${address}/v1/events`, { headers });
      let rest = '';
      const decoder = new TextDecoder();
      for await (const chunk of answer.body ?? []) {
        rest += decoder.decode(chunk as Uint8Array, { stream: true });
        const whole = rest.split('\n\n');
        rest = whole.pop() ?? '';
        for (const { position } of frames(`${whole.join('\n\n')}\n\n`)) read.push(Number(position));
        if (read.length >= until) return;
      }
    };
    for (let round = 0; round < 2; round += 1) {
      const { child, address } = await begin();
      const following = follow(address, Infinity).catch(() => {});
      const until = read.length + 300;
      await eventually(() => expect(read.length).toBeGreaterThan(until));
      await end(child);
      await following;
      left = read.length;
    }
    enough.abort();
    await writer;
    const { rows } = await database.pool.query<{ n: number }>('SELECT count(*)::int AS n FROM events');
    const { child, address } = await begin();
    await follow(address, rows[0]?.n ?? 0);
    await end(child);
    expect(left).toBeLessThan(read.length);
    expect(read).toEqual(Array.from({ length: rows[0]?.n ?? 0 }, (_, index) => index + 1));
  }, 240_000);
});
