import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Writable } from 'node:stream';
import ICAL from 'ical.js';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { createApplication } from '../src/application.js';
import { FeedAddresses } from '../src/platform/feed-addresses.js';
import { openDatabase, poolOf } from '../src/platform/database.js';
import { testApplication, type Caller, type TestApplication } from './support/application.js';
import { masterKeysIn } from './support/master-keys.js';

let redress: TestApplication;
let server: FastifyInstance;
let ann: Caller;
let head: Caller;
let chair: Caller;
let record: string;

beforeAll(async () => {
  redress = await testApplication({ REDRESS_PUBLIC_URL: 'https://redress.example.org/' });
  server = redress.app.getHttpAdapter().getInstance();
  ann = await redress.as('ann', 'case-handler');
  head = await redress.as('head-1', 'casework-head', 'intake');
  chair = await redress.as('chair-1', 'panel-chair');
  record = await enrol('ann');
});
afterAll(() => redress.close());

const done = async (asked: ReturnType<Caller['post']>) => {
  const { status, body } = await asked;
  expect([body.code, status < 300]).toEqual([undefined, true]);
  return body;
};
const enrol = async (staffId: string): Promise<string> =>
  (await done(head.post('/v1/staff', { staffId, duties: [] }))).id;
const urlOf = async (caller: Caller): Promise<string | undefined> =>
  (await caller.get('/v1/staff?mine=true')).body.items[0].feedUrl;
const open = async (caller: Caller, id: string): Promise<string> => {
  await done(caller.post(`/v1/staff/${id}/open-feed`));
  return new URL((await urlOf(caller)) ?? '').pathname;
};
const get = (url: string) => server.inject({ url });

interface Shown {
  readonly uid: string;
  readonly summary: string;
  readonly start: string;
  readonly sequence: number;
  readonly status: string;
}

const shownAt = async (path: string): Promise<Shown[]> => {
  const { statusCode, headers, body } = await get(path);
  expect([statusCode, headers['content-type'], headers['cache-control']]).toEqual([
    200,
    'text/calendar; charset=utf-8',
    'private, no-store',
  ]);
  const calendar = new ICAL.Component(ICAL.parse(body) as unknown[]);
  return calendar.getAllSubcomponents('vevent').map((event) => {
    const value = (name: string) => event.getFirstPropertyValue(name);
    return {
      uid: String(value('uid')),
      summary: String(value('summary')),
      start: String(value('dtstart')),
      sequence: Number(value('sequence')),
      status: String(value('status')),
    };
  });
};

const aCase = async (handlerId = 'ann'): Promise<{ id: string; reference: string }> => {
  const complaint = {
    receivedOn: '2026-02-27',
    channel: 'letter',
    category: 'abuse',
    summary: 'Shouted at Zebedee.',
  };
  const { id } = await done(head.post('/v1/complaints', complaint));
  await done(head.post(`/v1/complaints/${id}/assign-handler`, { handlerId }));
  return { id, reference: (await head.get(`/v1/cases/${id}`)).body.reference };
};

const members = ['chair-1', 'ann', 'bob'].map((staffId) => ({
  staffId,
  role: staffId === 'chair-1' ? 'chair' : 'member',
}));
const listing = { startsAt: '2026-04-20T09:00:00Z', zone: 'Europe/London', mode: 'remote' };

const aHearing = async (...complaintIds: string[]): Promise<string> => {
  const { id } = await done(head.post('/v1/hearings', { complaintIds, kind: 'first' }));
  return id;
};

describe('a calendar feed', () => {
  it('is found by whoever opened it, and by nobody else', async () => {
    const path = await open(ann, record);
    expect(await urlOf(ann)).toBe(`https://redress.example.org${path}`);
    expect((await ann.get(`/v1/staff/${record}`)).body.feedUrl).toBe(await urlOf(ann));
    const operator = await redress.as('operator-1', 'operator');
    for (const other of [head, operator, chair]) {
      const { body } = await other.get(`/v1/staff/${record}`);
      expect([body.feedOpen, body.feedUrl]).toEqual([true, undefined]);
      expect(JSON.stringify((await other.get('/v1/staff')).body)).not.toContain('/feeds/');
    }
    const query = '{ staff(first: 5, mine: true) { edges { node { feedOpen feedUrl } } } }';
    const { data } = (await ann.post('/graphql', { query })).body;
    expect(data.staff.edges).toEqual([{ node: { feedOpen: true, feedUrl: await urlOf(ann) } }]);
    const asked = { query: `{ staffMember(id: "${record}") { feedOpen feedUrl } }` };
    expect((await head.post('/graphql', asked)).body.data.staffMember).toEqual({
      feedOpen: true,
      feedUrl: null,
    });
    expect(await shownAt(path)).toEqual([]);
  });

  it('is gone when it is opened anew or revoked, and says the same of what never was', async () => {
    const first = await open(ann, record);
    const second = await open(ann, record);
    const forged = new FeedAddresses(Buffer.alloc(32, 8), redress.config).urlOf(
      'a7a3b0ba-6b9f-4a51-a7a0-55a7e0a7e0a7',
    );
    const unknown = redress.app
      .get(FeedAddresses, { strict: false })
      .urlOf('a7a3b0ba-6b9f-4a51-a7a0-55a7e0a7e0a7');
    await done(head.post(`/v1/staff/${record}/revoke-feed`));
    expect(await urlOf(ann)).toBeUndefined();
    const answers = await Promise.all(
      [first, second, new URL(forged).pathname, new URL(unknown).pathname, '/v1/feeds/x.ics'].map(get),
    );
    const told = answers.map((answer) => {
      const { instance: _, ...problem } = answer.json<Record<string, unknown>>();
      return [answer.statusCode, answer.headers['cache-control'], problem];
    });
    expect(told[0]).toEqual([404, 'private, no-store', expect.objectContaining({ code: 'not-found' })]);
    for (const each of told) expect(each).toEqual(told[0]);
  });

  it('shows the open deadlines of their cases: moved when they move, gone when they are met or the case is closed', async () => {
    const path = await open(ann, record);
    const { id, reference } = await aCase();
    const dueOf = (shown: readonly Shown[], deadline: string) =>
      shown.find(({ uid }) => uid === `deadline-${id}-${deadline}-1@redress`);
    const before = await shownAt(path);
    expect(dueOf(before, 'acknowledge')).toMatchObject({
      summary: `${reference}: acknowledge`,
      start: '2026-03-06',
    });
    const resolve = dueOf(before, 'resolve');
    await done(ann.post(`/v1/complaints/${id}/acknowledge`));
    const { deadlines } = (await ann.get(`/v1/cases/${id}`)).body;
    const to = new Date(Date.parse(resolve?.start ?? '') + 86_400_000 * 7).toISOString().slice(0, 10);
    expect(deadlines.length).toBeGreaterThan(0);
    await done(
      ann.post(`/v1/complaints/${id}/extend-deadline`, {
        deadline: 'resolve',
        newDueOn: to,
        reasons: 'Two witnesses are away.',
      }),
    );
    const after = await shownAt(path);
    expect(dueOf(after, 'acknowledge')).toBeUndefined();
    expect(dueOf(after, 'resolve')).toMatchObject({ start: to });
    expect(dueOf(after, 'resolve')?.sequence).toBeGreaterThan(resolve?.sequence ?? Infinity);
    await done(head.post(`/v1/complaints/${id}/close`, { outcome: 'remedied', reasons: 'It is settled.' }));
    expect(await shownAt(path)).toEqual([]);
  });

  it('shows hearings at which they sit and those of their cases, called off when they are, for a while', async () => {
    const path = await open(ann, record);
    const [theirs, others] = [await aCase(), await aCase('ben')];
    const [handled, sat] = [await aHearing(theirs.id), await aHearing(others.id)];
    await done(head.post(`/v1/hearings/${sat}/convene-panel`, { members }));
    const requested = (await shownAt(path)).filter(({ uid }) => uid.startsWith('hearing'));
    expect(requested).toEqual([]);
    for (const each of [handled, sat]) await done(head.post(`/v1/hearings/${each}/list`, listing));
    const hearings = async () =>
      new Map(
        (await shownAt(path))
          .filter(({ uid }) => uid.startsWith('hearing'))
          .map(({ uid, ...told }) => [uid, told]),
      );
    const [one, other] = [`hearing-${handled}@redress`, `hearing-${sat}@redress`];
    const first = await hearings();
    // By the clocks of London, which go forward in between.
    const at = { start: '2026-04-20T10:00:00', status: 'CONFIRMED' };
    expect(first.get(one)).toMatchObject({ ...at, summary: `Hearing ${theirs.reference}` });
    expect(first.get(other)).toMatchObject({ ...at, summary: `Hearing ${others.reference}` });

    await done(head.post(`/v1/hearings/${sat}/vacate`, { reasons: 'The room is flooded.' }));
    const second = await hearings();
    expect(second.get(other)).toMatchObject({ start: at.start, status: 'CANCELLED' });
    expect(second.get(other)?.sequence).toBeGreaterThan(first.get(other)?.sequence ?? Infinity);
    await done(head.post(`/v1/hearings/${sat}/list`, { ...listing, startsAt: '2026-04-27T09:00:00Z' }));
    expect((await hearings()).get(other)).toMatchObject({
      start: '2026-04-27T10:00:00',
      status: 'CONFIRMED',
    });
    await done(
      chair.post(`/v1/hearings/${sat}/recuse-panel-member`, { staffId: 'ann', reasons: 'A friend.' }),
    );
    expect([...(await hearings()).keys()]).toEqual([one]);

    redress.clock.set('2026-05-22T10:00:00.000000Z');
    expect([...(await hearings()).keys()]).toEqual([]);
    redress.clock.set('2026-03-02T10:00:00.000000Z');
  });

  it('holds nothing of a case that they are a party to or recused from, no name and no text', async () => {
    const eve = await redress.as('eve', 'case-handler');
    const path = await open(eve, await enrol('eve'));
    const { id: party } = await done(head.post('/v1/parties', { kind: 'person', name: 'Eve Adams' }));
    const [kept, about, recused] = [await aCase('eve'), await aCase('eve'), await aCase('eve')];
    await done(head.post(`/v1/complaints/${about.id}/identify-respondent`, { respondentRef: party }));
    for (const each of [kept, about, recused])
      await done(head.post(`/v1/hearings/${await aHearing(each.id)}/list`, listing));
    const references = async () =>
      new Set((await shownAt(path)).flatMap(({ summary }) => /2026-\d{6}/.exec(summary)?.[0] ?? []));
    expect(await references()).toEqual(new Set([kept, about, recused].map(({ reference }) => reference)));
    await done(head.post(`/v1/parties/${party}/identify-staff`, { staffId: 'eve' }));
    await done(head.post(`/v1/complaints/${recused.id}/recuse`, { staffId: 'eve', reasons: 'A neighbour.' }));
    expect(await references()).toEqual(new Set([kept.reference]));
    const { body } = await get(path);
    expect(body).not.toMatch(/Zebedee|Adams|\beve\b|neighbour/);
  });

  it('has an address that stands in no log and no metric', async () => {
    const path = await open(ann, record);
    const lines: string[] = [];
    const log = pino(
      { level: 'trace' },
      new Writable({ write: (line, _, next) => (lines.push(String(line)), next()) }),
    );
    const source = await openDatabase(redress.databaseUrl);
    const app = await createApplication({
      config: redress.config,
      databaseUrl: redress.databaseUrl,
      pool: poolOf(source),
      masterKeys: masterKeysIn(redress.config),
      clock: redress.clock,
      log,
    });
    await app.init();
    const talking = app.getHttpAdapter().getInstance();
    await talking.ready();
    const secret = /([\w-]{64})\.ics$/.exec(path)?.[1] ?? 'none';
    expect((await talking.inject({ url: path })).statusCode).toBe(200);
    // What fails on the way is told of in the log.
    await source.destroy();
    expect((await talking.inject({ url: path })).statusCode).toBeGreaterThanOrEqual(500);
    const metrics = (await talking.inject('/metrics')).body;
    await app.close();
    expect(metrics).toContain('route="/v1/feeds/:secret.ics"');
    expect(lines.length).toBeGreaterThan(5);
    for (const told of [metrics, lines.join('\n')]) expect(told).not.toContain(secret);
  });
});
