import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { readDoors } from '../src/doors.js';
import { eventually } from './support/eventually.js';
import { routesOf } from './support/all-doors.js';
import { testApplication, type Caller, type TestApplication } from './support/application.js';

let redress: TestApplication;
let pool: pg.Pool;
let handler: Caller;
let auditor: Caller;
let id: string;
let reference: string;

beforeAll(async () => {
  redress = await testApplication();
  pool = new pg.Pool({ connectionString: redress.databaseUrl });
  handler = await redress.as('staff-1', 'intake', 'case-handler');
  auditor = await redress.as('auditor-1', 'auditor');
  ({ id, reference } = (await handler.post('/v1/complaints', aComplaint)).body);
}, 60_000);
afterAll(async () => {
  await pool.end();
  await redress.close();
});

const aComplaint = { receivedOn: '2026-02-27', channel: 'letter', category: 'abuse', summary: 'Shouted at.' };

interface Look {
  readonly door: string;
  readonly question: string;
  readonly kind: string;
  readonly thing: string;
  readonly case_id: string | null;
  readonly reason: string | null;
  readonly actor_id: string;
  readonly actor_role: string;
  readonly request_id: string;
}

let told = 0;

/** What was recorded since this was asked last. */
const looks = async (): Promise<readonly Look[]> => {
  const { rows } = await pool.query<Look & { look: string }>(
    'SELECT * FROM looks WHERE look > $1 ORDER BY look',
    [told],
  );
  told = Number(rows.at(-1)?.look ?? told);
  return rows;
};

/** Each as one word; sorted, for those of one moment come in any order. */
const shown = async (): Promise<readonly string[]> =>
  (await looks())
    .map(({ door, question, kind, thing, case_id: of }) => [door, question, kind, thing, of ?? '-'].join(' '))
    .toSorted();

const graphql = async (by: Caller, query: string, headers = {}) => {
  const { body } = await by.post('/graphql', { query }, headers);
  expect(body.errors).toBeUndefined();
  return body.data;
};

describe('whoever looks at a case', () => {
  it('is recorded: who, in which role, when, at what, by which question and request', async () => {
    await looks();
    const requestId = '018f0000-0000-7000-8000-0000000000aa';
    const { rows: before } = await pool.query<{ now: Date }>('SELECT clock_timestamp() AS now');
    expect((await handler.get(`/v1/cases/${reference}`, { 'x-request-id': requestId })).status).toBe(200);
    const [look, ...others] = (await looks()) as (Look & { at: Date })[];
    expect(others).toEqual([]);
    expect(look).toMatchObject({
      actor_id: 'staff-1',
      actor_role: 'intake',
      request_id: requestId,
      door: 'rest',
      question: 'case',
      kind: 'case',
      thing: id,
      case_id: id,
      reason: null,
    });
    expect(look!.at.getTime()).toBeGreaterThanOrEqual(before[0]!.now.getTime());
  });

  it('is recorded whatever they ask about it, by REST and by GraphQL', async () => {
    for (const path of ['history', 'replay?until=v1', 'versions/1', 'difference?from=v1', 'documents'])
      expect([path, (await handler.get(`/v1/cases/${id}/${path}`)).status]).toEqual([path, 200]);
    expect((await handler.get(`/v1/cases/${reference}/deadlines/acknowledge/explanation`)).status).toBe(200);
    await graphql(
      handler,
      `{ case(id: "${id}") { reference } history(id: "${reference}", first: 1) { edges { cursor } } }`,
    );
    const asked = [
      'history',
      'caseReplay',
      'caseVersion',
      'caseDifference',
      'documents',
      'deadlineExplanation',
    ];
    expect(await shown()).toEqual(
      [
        ...asked.map((question) => `rest ${question} case ${id} ${id}`),
        `graphql case case ${id} ${id}`,
        `graphql history case ${id} ${id}`,
      ].toSorted(),
    );
  });

  it('is recorded when it is one of its hearings, resolutions or documents that they look at', async () => {
    const hearing = (await handler.post('/v1/hearings', { complaintIds: [id], kind: 'first' })).body.id;
    const resolution = (await handler.post('/v1/resolutions', { complaintId: id })).body.id;
    const octets = { 'content-type': 'application/octet-stream' };
    const { documentId } = (await handler.post(`/v1/cases/${id}/documents`, Buffer.from('A letter.'), octets))
      .body;
    await looks();
    for (const path of [`hearings/${hearing}`, `resolutions/${resolution}`, `documents/${documentId}`])
      expect([path, (await handler.get(`/v1/${path}`)).status]).toEqual([path, 200]);
    expect(await shown()).toEqual([
      `rest document document ${documentId} ${id}`,
      `rest hearing hearing ${hearing} ${id}`,
      `rest resolution resolution ${resolution} ${id}`,
    ]);
  });

  it('is recorded once for each person and each case whose text a list opens, and not for a list that shows none', async () => {
    const parties = await Promise.all(
      ['Ada', 'Ben'].map(
        async (name) => (await handler.post('/v1/parties', { kind: 'person', name })).body.id as string,
      ),
    );
    await looks();
    expect((await handler.get('/v1/cases')).body.items.length).toBeGreaterThan(0);
    expect((await handler.get('/v1/backlog')).status).toBe(200);
    expect(await shown()).toEqual([]);
    await handler.get('/v1/parties');
    expect(await shown()).toEqual(parties.map((party) => `rest parties party ${party} -`).toSorted());
    await handler.get(`/v1/parties/${parties[0]}`);
    expect(await shown()).toEqual([`rest party party ${parties[0]} -`]);
  });

  it('says why, and that is sealed like other free text', async () => {
    const why = 'Ada’s solicitor rang.';
    const headers = { 'redress-reason': encodeURIComponent(why) };
    const party = (await handler.post('/v1/parties', { kind: 'person', name: 'Cy' })).body.id;
    await looks();
    await handler.get(`/v1/cases/${id}`, headers);
    await graphql(handler, `{ party(id: "${party}") { name } }`, headers);
    await auditor.get('/v1/audit/questions/backdated', headers);
    const reasons = (await looks()).map(({ reason }) => reason?.split('.').slice(0, 2).join('.'));
    expect(reasons).toEqual([`enc1.case:${id}`, `enc1.party:${party}`, 'enc1.looks']);
    const refused = await handler.get(`/v1/cases/${id}`, { 'redress-reason': '%E0%A4%A' });
    expect([refused.status, refused.body.code]).toEqual([400, 'invalid-input']);
    expect((await handler.get(`/v1/cases/${id}`, { 'redress-reason': 'x'.repeat(1001) })).status).toBe(400);
    expect(await looks()).toEqual([]);
  });

  it('is not recorded for what nobody was shown', async () => {
    await handler.get('/v1/cases/2026-999999');
    await auditor.get('/v1/audit/questions/who-touched');
    await (await redress.as('staff-2')).get(`/v1/cases/${id}`);
    expect(await looks()).toEqual([]);
  });
});

describe('the look log', () => {
  it('is written before anything is shown, and where it cannot be written nothing is', async () => {
    await looks();
    const holder = await pool.connect();
    await holder.query('BEGIN; LOCK TABLE looks IN ACCESS EXCLUSIVE MODE');
    let answered = false;
    const asked = handler.get(`/v1/cases/${id}`).finally(() => (answered = true));
    await eventually(async () => {
      const { rowCount } = await pool.query(
        "SELECT FROM pg_locks WHERE relation = 'looks'::regclass AND NOT granted",
      );
      expect(rowCount).toBe(1);
    });
    expect(answered).toBe(false);
    await holder.query('ROLLBACK');
    holder.release();
    expect((await asked).status).toBe(200);
    expect((await looks()).length).toBe(1);

    await pool.query('REVOKE INSERT ON looks FROM redress_app');
    for (const path of [`/v1/cases/${id}`, '/v1/parties', '/v1/events']) {
      const { status, body, headers } = await (path === '/v1/events' ? auditor : handler).get(path);
      expect([path, status, body.code, headers['retry-after']]).toEqual([
        path,
        503,
        'look-not-recorded',
        '2',
      ]);
      expect(JSON.stringify(body)).not.toContain('Shouted');
    }
    const { body } = await handler.post('/graphql', { query: `{ case(id: "${id}") { summary } }` });
    expect([body.data, body.errors[0].extensions.code]).toEqual([{ case: null }, 'look-not-recorded']);
    expect((await handler.get('/v1/cases')).status).toBe(200);
    await pool.query('GRANT INSERT ON looks TO redress_app');
    expect((await handler.get(`/v1/cases/${id}`)).status).toBe(200);
    expect((await looks()).length).toBe(1);
  });

  it('keeps each month by itself, made ahead, and what no month is there for in the rest', async () => {
    const months = () =>
      pool.query<{ name: string }>(
        `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'looks'::regclass ORDER BY 1`,
      );
    const names = (await months()).rows.map(({ name }) => name);
    const { rows } = await pool.query<{ name: string }>(
      `SELECT to_char(date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => i), '"looks_"YYYY_MM') AS name
       FROM generate_series(0, 3) AS i`,
    );
    expect(names).toEqual([...rows.map(({ name }) => name), 'looks_rest']);
    await pool.query(
      `INSERT INTO looks (at, request_id, actor_id, actor_role, door, question, kind, thing)
       SELECT now() + make_interval(months => 4), 'r', 'a', 'auditor', 'rest', 'case', 'case', 'x'`,
    );
    const made = await pool.query('SELECT make_look_months(5)');
    // The one that began in the rest is kept there.
    expect(made.rowCount).toBe(1);
    expect((await pool.query('SELECT make_look_months(5)')).rowCount).toBe(0);
    expect((await months()).rows.length).toBe(names.length + 1);
    expect((await pool.query('SELECT FROM looks_rest')).rowCount).toBe(1);
  });
});

describe('a feed of the log', () => {
  it('is recorded, with the positions that were told', async () => {
    const integration = await redress.as('crm', 'integration');
    await looks();
    await integration.get('/v1/events?after=1&limit=2');
    await integration.get('/v1/events?after=0&limit=1', { accept: 'application/json' });
    expect(await shown()).toEqual(['rest events log 1-1 -', 'rest events log 2-3 -']);
  });
});

describe('every question', () => {
  it('says whom its answer shows, or that it shows nothing of any case', () => {
    const nothing = readDoors.flatMap(({ reads }) =>
      Object.entries(reads).flatMap(([name, { looks: what }]) => (what === 'nothing' ? [name] : [])),
    );
    expect(nothing.toSorted()).toEqual(SHOWING_NOTHING.toSorted());
  });

  it('is asked through doors that record, but where nothing of a case is shown', () => {
    const recording = readDoors.flatMap(({ reads }) => Object.values(reads).map(({ path }) => `/v1/${path}`));
    const others = routesOf(redress.app.getHttpAdapter().getInstance())
      .filter(({ method, path }) => method === 'GET' && !recording.includes(path))
      .map(({ path }) => path);
    const known = [...RECORDING_THEMSELVES, ...SHOWING_NO_CASE];
    expect(others.filter((path) => !known.includes(path) && !path.startsWith('/docs'))).toEqual([]);
  });
});

const RECORDING_THEMSELVES = ['/v1/documents/:id', '/v1/events', '/v1/feeds/:secret.ics'];
const SHOWING_NO_CASE = [
  '/',
  '/health/live',
  '/health/ready',
  '/metrics',
  '/openapi.json',
  '/admin/queues',
  '/admin/queues/*',
  '/v1/audit/checkpoint',
  '/v1/audit/tile/:level/:index',
  '/v1/audit/tile/:level/:index/:second',
  '/v1/audit/tile/:level/:index/:second/:third',
  '/v1/audit/tile/:level/:index/:second/:third/:fourth',
];

/** By hand, so that a new question is thought about. What sealed text any of them opens is recorded nevertheless. */
const SHOWING_NOTHING = [
  'cases',
  'backlog',
  'statistics',
  'releases',
  'release',
  'releaseCheck',
  'hearings',
  'resolutions',
  'parties',
  'reminders',
  'externalRecords',
  'externalState',
  'externalRegisters',
  'policies',
  'policy',
  'calendars',
  'calendar',
  'whatIf',
  'whatIfRules',
  'staff',
  'staffMember',
];
