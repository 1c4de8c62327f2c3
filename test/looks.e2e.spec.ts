import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { LookLog } from '../src/access/look-log.js';
import { readDoors } from '../src/doors.js';
import { eventually } from './support/eventually.js';
import { routesOf, typedDoors } from './support/all-doors.js';
import { testApplication, type Caller, type TestApplication } from './support/application.js';
import { atConsole } from './support/console.js';

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

  it('is recorded of a hearing of several cases with each of them', async () => {
    const [one, other] = await Promise.all(
      [1, 2].map(async () => (await handler.post('/v1/complaints', aComplaint)).body.id as string),
    );
    const told = { complaintIds: [one, other], kind: 'first', reasons: 'Both of them ask for it.' };
    const hearing = (await handler.post('/v1/hearings', told)).body.id as string;
    const both = [one, other].map((of) => `rest hearing hearing ${hearing} ${of}`).toSorted();
    await looks();
    await handler.get(`/v1/hearings/${hearing}`);
    expect(await shown()).toEqual(both);
    await handler.get(`/v1/cases/${one}/history`);
    expect(await shown()).toEqual(
      [`rest history case ${one} ${one}`, `rest history hearing ${hearing} ${other}`].toSorted(),
    );
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

  it('is kept of everybody who looks at once, whatever cannot be stored of one of them', async () => {
    const log = redress.app.get(LookLog, { strict: false });
    const at = (thing: string) =>
      log.record({
        requestId: 'r',
        door: 'rest',
        actor: { id: 'staff-3', role: 'auditor' },
        question: 'events',
        seen: [{ kind: 'log', id: thing, cases: [] }],
      });
    await looks();
    const told = await Promise.allSettled([at('1-'), at('\0'), at('2-')]);
    expect(told.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await shown()).toEqual(['rest events log 1- -', 'rest events log 2- -']);
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

describe('an auditor asks', () => {
  const ask = async (query: string) => {
    const { status, body } = await auditor.get(`/v1/audit/questions/${query}`);
    expect([query, status, body.detail]).toEqual([query, 200, undefined]);
    return body.items;
  };

  it('who looked at a case, whatever of it they were shown, and is on record for it', async () => {
    const panel = await redress.as('panel-1', 'panel-member');
    const other = (await handler.post('/v1/complaints', aComplaint)).body;
    const hearing = (await handler.post('/v1/hearings', { complaintIds: [other.id], kind: 'first' })).body.id;
    await panel.get(`/v1/hearings/${hearing}`);
    await panel.get(`/v1/hearings/${hearing}`);
    await panel.get(`/v1/cases/${other.reference}`);
    await looks();
    const rows = await ask(`who-looked?case=${other.reference}`);
    expect(rows).toMatchObject([
      { caseId: other.id, reference: other.reference, person: 'panel-1', looks: 3, roles: ['panel-member'] },
    ]);
    expect([rows[0].asked, rows[0].doors]).toEqual([['case', 'hearing'], ['rest']]);
    expect(await shown()).toEqual([`rest askWhoLooked looks who-looked ${other.id}`]);
    expect(
      (await ask(`who-looked?case=${other.id}`)).map(({ person }: { person: string }) => person),
    ).toEqual(['panel-1', 'auditor-1']);
  });

  it('who looked at a person', async () => {
    const party = (await handler.post('/v1/parties', { kind: 'person', name: 'Di' })).body.id;
    await handler.get('/v1/parties');
    await handler.get(`/v1/parties/${party}`);
    expect(await ask(`who-looked-at-party?party=${party}`)).toMatchObject([
      { partyId: party, person: 'staff-1', looks: 2, asked: ['parties', 'party'] },
    ]);
    expect((await auditor.get('/v1/audit/questions/who-looked-at-party')).status).toBe(400);
  });

  it('of a person whom a case that is hidden from them names too, no more than cases that they see account for', async () => {
    const named = async (complainantRef: string) =>
      (await handler.post('/v1/complaints', { ...aComplaint, complainantRef })).body.id;
    const [both, witness] = await Promise.all(
      ['Eva', 'Fay'].map(
        async (name) => (await handler.post('/v1/parties', { kind: 'person', name })).body.id,
      ),
    );
    await named(both);
    const [hidden, seen] = [await named(both), await named(both)];
    const contact = { who: 'A', office: 'B', subject: 'C', response: 'D', whoRef: witness };
    for (const each of [hidden, seen])
      expect((await handler.post(`/v1/complaints/${each}/record-outside-contact`, contact)).status).toBe(200);
    const head = await redress.as('head-1', 'casework-head');
    const recusal = { staffId: 'auditor-2', reasons: 'A friend.' };
    expect((await head.post(`/v1/complaints/${hidden}/recuse`, recusal)).status).toBe(200);
    const barred = await redress.as('auditor-2', 'auditor');
    const secretly = await redress.as('secret-1', 'investigator');
    for (const by of [handler, barred, secretly])
      for (const party of [both, witness]) expect((await by.get(`/v1/parties/${party}`)).status).toBe(200);
    const people = async (by: Caller, query: string, of: string) => {
      const { status, body } = await by.get(`/v1/audit/questions/${query}`);
      expect([query, status]).toEqual([query, 200]);
      return body.items.map((row: Record<string, string>) => row[of]) as string[];
    };
    for (const party of [both, witness]) {
      const query = `who-looked-at-party?party=${party}`;
      expect((await people(auditor, query, 'person')).toSorted()).toEqual([
        'auditor-2',
        'secret-1',
        'staff-1',
      ]);
      expect((await people(barred, query, 'person')).toSorted()).toEqual(['auditor-2', 'staff-1']);
    }
    // Nor why each looked; what they looked at themself is no secret.
    expect(await people(auditor, 'looks-of-person?person=secret-1', 'thing')).toEqual([both, witness]);
    expect(await people(barred, 'looks-of-person?person=secret-1', 'thing')).toEqual([]);
    const own = await people(barred, 'looks-of-person?person=auditor-2', 'thing');
    expect(own).toEqual(expect.arrayContaining([both, witness]));
  });

  it('what one person looked at within a time, page by page, and why', async () => {
    const curious = await redress.as('curious', 'casework-head');
    const why = { 'redress-reason': 'Asked%20by%20the%20board.' };
    await curious.get(`/v1/cases/${id}`, why);
    await curious.get(`/v1/cases/${id}/history`);
    const rows = await ask('looks-of-person?person=curious');
    expect(
      rows.map(({ asked, kind, thing, reason }: Record<string, string>) => [asked, kind, thing, reason]),
    ).toEqual([
      ['case', 'case', id, 'Asked by the board.'],
      ['history', 'case', id, null],
    ]);
    const [first] = await ask('looks-of-person?person=curious&first=1');
    expect(first).toEqual(rows[0]);
    const { body } = await auditor.get('/v1/audit/questions/looks-of-person?person=curious&first=1');
    const { body: next } = await auditor.get(
      `/v1/audit/questions/looks-of-person?person=curious&first=1&after=${body.next}`,
    );
    expect([next.items, next.next]).toEqual([[rows[1]], null]);
    const day = first.recordedAt.slice(0, 10);
    expect(await ask(`looks-of-person?person=curious&case=${reference}&from=${day}&to=2199-01-01`)).toEqual(
      rows,
    );
    expect(await ask('looks-of-person?person=curious&to=2020-01-01')).toEqual([]);
  });
});

describe('the command line', () => {
  const run = (...args: string[]) =>
    atConsole(args, {
      DATABASE_URL: redress.databaseUrl,
      MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
      REDRESS_ACTOR: 'ops-1',
      REDRESS_ACTOR_ROLES: 'operator,auditor',
    });

  it('records who looks as other doors do, before it says anything', async () => {
    const out = await mkdtemp(join(tmpdir(), 'redress-looks-'));
    await looks();
    const told = await run('audit', 'history', reference, '--reason', 'A complaint about it.');
    expect(told.stdout).toContain('ComplaintReceived');
    await run('audit', 'replay', '--case', reference);
    await run('audit', 'ask', 'who-looked', '--case', reference);
    await run('audit', 'export', '--format', 'csv', '--out', join(out, 'csv'), '--case', reference);
    await run('explain', reference);
    const found = await looks();
    expect(found.map(({ question, kind, case_id: of }) => [question, kind, of])).toEqual([
      ['audit history', 'case', id],
      ['audit replay', 'case', id],
      ['audit ask', 'looks', id],
      ['audit export', 'log', id],
      ['explain', 'case', id],
    ]);
    for (const look of found) expect([look.door, look.actor_id]).toEqual(['command-line', 'ops-1']);
    expect(found.map(({ reason }) => reason !== null)).toEqual([true, false, false, false, false]);

    await pool.query('REVOKE INSERT ON looks FROM redress_app');
    const refused = await run('audit', 'history', reference);
    expect(refused).toMatchObject({
      exit: 1,
      stdout: '',
      stderr: expect.stringContaining('cannot be written'),
    });
    await pool.query('GRANT INSERT ON looks TO redress_app');
    await rm(out, { recursive: true });
  }, 120_000);

  it('knows of each of its commands whether it shows something of a case', async () => {
    const known = [...RECORDED_COMMANDS, ...COMMANDS_SHOWING_NO_CASE];
    const typed = (await typedDoors()).map(({ name }) => name);
    expect(typed.filter((name) => !known.includes(name))).toEqual([]);
  });

  it('drops whole months by the owner, after it showed which, and is on record for it', async () => {
    await pool.query(`CREATE TABLE looks_2020_01 PARTITION OF looks FOR VALUES FROM ('2020-01-01Z') TO ('2020-02-01Z');
      INSERT INTO looks (at, request_id, actor_id, actor_role, door, question, kind, thing)
      VALUES ('2020-01-15Z', 'r', 'a', 'auditor', 'rest', 'case', 'case', 'x')`);
    const preview = JSON.parse((await run('looks', 'drop', '--before', '2020-02', '--json')).stdout);
    expect(preview).toMatchObject({
      dropped: false,
      months: [{ name: 'looks_2020_01', rows: 1, until: '2020-02-01' }],
    });
    expect((await pool.query('SELECT FROM looks_2020_01')).rowCount).toBe(1);
    expect(
      JSON.parse((await run('looks', 'drop', '--before', '2020-01', '--yes', '--json')).stdout).months,
    ).toEqual([]);
    await looks();
    expect((await run('looks', 'drop', '--before', '2020-02', '--yes')).stdout).toContain('Dropped.');
    expect(await shown()).toEqual(['command-line looks drop looks looks_2020_01 -']);
    const months = JSON.parse((await run('looks', 'months', '--json')).stdout).months as { name: string }[];
    expect(months.map(({ name }) => name)).not.toContain('looks_2020_01');
    expect(await run('looks', 'drop', '--before', '2020-13')).toMatchObject({ exit: 2 });
  }, 120_000);
});

const RECORDED_COMMANDS = [
  'audit ask',
  'audit export',
  'audit history',
  'audit replay',
  'explain',
  'external records',
  'looks drop',
  'personal export',
];
/** Neither do references, dates and figures, as lists and the backlog show them. */
const COMMANDS_SHOWING_NO_CASE = [
  'audit checkpoint',
  'audit cosign',
  'audit keys',
  'audit verify',
  'backlog',
  'calendar import',
  'calendar list',
  'calendar revise',
  'calendar show',
  'external registers',
  'external state',
  'import',
  'keys list',
  'keys retire',
  'keys rotate',
  'looks months',
  'migrate',
  'personal erase',
  'policy check',
  'policy list',
  'policy publish',
  'policy show',
  'policy supersede',
  'retention preview',
  'retention run',
  'rebuild',
  'reminders due',
  'reminders failed',
  'reminders preview',
  'reminders sent',
  'serve',
  'staff list',
  'staff show',
  'statistics check',
  'statistics publish',
  'statistics releases',
  'statistics show',
  'token',
  'whatif',
];

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
