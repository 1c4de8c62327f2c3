import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { columnsOf, questions, snake, viewOf } from '../src/audit/questions.js';
import { EventStore } from '../src/event-store/event-store.js';
import { packageRoot } from '../src/platform/package-root.js';
import { appendOf, happened, write } from './support/appends.js';
import { testApplication, type Caller, type TestApplication } from './support/application.js';
import { givenId } from './support/given.js';
import { atConsole } from './support/console.js';

/** A story that rules would refuse in part, so its events are appended as they are; who is good in it does nothing to ask about. */

interface Row {
  readonly position: number;
  readonly person: string;
  readonly positions: readonly number[];
  readonly [column: string]: unknown;
}

let redress: TestApplication;
let store: EventStore;
let pool: pg.Pool;
let auditor: Caller;
let today: string;

/** A case with a hearing and a resolution, to which more is appended. */
interface Case {
  readonly id: string;
  readonly reference: string;
  readonly complaint: string;
  readonly deadlines: string;
  readonly hearing: string;
  readonly resolution: string;
}

const aCase = async (): Promise<Case> => {
  const handler = await redress.as('starter', 'case-handler');
  const told = { receivedOn: '2026-02-27', channel: 'letter', category: 'abuse', summary: 'Shouted at.' };
  const { id, reference } = (await handler.post('/v1/complaints', told)).body;
  const hearing = await handler.post('/v1/hearings', { complaintIds: [id], kind: 'first' });
  const resolution = await handler.post('/v1/resolutions', { complaintId: id });
  expect([hearing.status, resolution.status]).toEqual([201, 201]);
  return {
    id,
    reference,
    complaint: `complaint-${id}`,
    deadlines: `deadlines-${id}`,
    hearing: `hearing-${hearing.body.id}`,
    resolution: `resolution-${resolution.body.id}`,
  };
};

/** Answers the position and the id of what was appended. */
const tell = async (
  stream: string,
  by: string,
  type: string,
  { on = today, ...data }: { readonly on?: string; readonly [field: string]: unknown } = {},
) => {
  const version = (await store.load(stream)).length;
  const event = { ...happened(JSON.stringify(data), { date: on }), type, on };
  await store.append(appendOf([write(stream, version, event)], { actor: { id: by, role: 'case-handler' } }));
  return { id: event.id, position: (await store.load(stream)).at(-1)!.position };
};

const ask = async (name: string, query = ''): Promise<readonly Row[]> => {
  const { status, body } = await auditor.get(`/v1/audit/questions/${name}?${query}`);
  expect([name, status, body.detail]).toEqual([name, 200, undefined]);
  expect(JSON.stringify(body)).not.toContain('enc1.');
  return body.items;
};

const finding = (by: readonly string[], word: string, more: object = {}) => ({
  allegationId: givenId(1),
  finding: word,
  by,
  ...more,
});

let bad: Case;
let good: Case;

beforeAll(async () => {
  redress = await testApplication();
  store = redress.app.get(EventStore, { strict: false });
  pool = new pg.Pool({ connectionString: redress.databaseUrl });
  auditor = await redress.as('auditor-1', 'auditor');
  const zoned = `SELECT (now() AT TIME ZONE 'Europe/London')::date::text AS today`;
  today = (await pool.query<{ today: string }>(zoned)).rows[0]!.today;
  bad = await aCase();
  good = await aCase();
}, 60_000);
afterAll(async () => {
  await pool.end();
  await redress.close();
});

describe('auditors ask', () => {
  it('who touched a case', async () => {
    const { position } = await tell(bad.resolution, 'toucher', 'DecisionSubmittedForReview');
    const rows = await ask('who-touched', `case=${bad.reference}`);
    expect(rows.map(({ person }) => person)).toEqual(['starter', 'toucher']);
    expect(rows[1]).toMatchObject({
      caseId: bad.id,
      reference: bad.reference,
      roles: ['case-handler'],
      acts: 1,
      types: ['DecisionSubmittedForReview'],
      positions: [position],
    });
    const others = await ask('who-touched', `case=${good.id}`);
    expect(others.map(({ person }) => person)).toEqual(['starter']);
    const { types } = others[0] as unknown as { types: string[] };
    expect(types).toEqual(
      expect.arrayContaining(['ComplaintReceived', 'HearingRequested', 'ResolutionOpened']),
    );
  });

  it('what was backdated', async () => {
    const { position } = await tell(bad.complaint, 'late', 'ProgressUpdateSent', {
      on: '2024-02-29',
      backdatingReason: 'enc1.x',
    });
    await tell(good.complaint, 'prompt', 'ProgressUpdateSent');
    await tell(good.complaint, 'import', 'ProgressUpdateSent', { on: '2024-02-29' });
    expect(await ask('backdated', 'person=late')).toMatchObject([
      {
        caseId: bad.id,
        type: 'ProgressUpdateSent',
        happenedOn: '2024-02-29',
        reasonGiven: true,
        positions: [position],
      },
    ]);
    for (const person of ['prompt', 'import']) expect(await ask('backdated', `person=${person}`)).toEqual([]);
  });

  it('what was corrected', async () => {
    const wrong = await tell(bad.complaint, 'mistaken', 'ComplaintAcknowledged', {
      acknowledgedOn: '2026-03-02',
    });
    const about = { eventId: wrong.id, reason: 'enc1.x', basis: 'enc1.x' };
    const first = await tell(bad.complaint, 'corrector', 'EntryCorrected', {
      ...about,
      path: ['acknowledgedOn'],
      old: '2026-03-02',
      new: '2026-03-03',
    });
    await tell(bad.complaint, 'corrector', 'EntryCorrected', {
      ...about,
      path: ['summary'],
      old: 'enc1.a',
      new: 'enc1.b',
    });
    const [plain, sealed, ...more] = await ask('corrected', `case=${bad.id}`);
    expect(more).toEqual([]);
    expect(plain).toMatchObject({
      person: 'corrector',
      recordedBy: 'mistaken',
      type: 'ComplaintAcknowledged',
      field: 'acknowledgedOn',
      old: '2026-03-02',
      new: '2026-03-03',
      positions: [wrong.position, first.position],
    });
    expect(sealed).toMatchObject({ field: 'summary', old: '[sealed]', new: '[sealed]' });
    expect(await ask('corrected', `case=${good.id}`)).toEqual([]);
  });

  it('which decisions were vetoed or overridden', async () => {
    const made = await tell(bad.resolution, 'maker', 'FindingMade', finding(['maker'], 'upheld'));
    const vetoed = await tell(bad.resolution, 'reviewer', 'DecisionVetoed', { reasons: 'enc1.x' });
    const appeal = { appealId: givenId(2), by: ['judge'], reasons: 'enc1.x' };
    await tell(bad.resolution, 'judge', 'AppealDetermined', { ...appeal, outcome: 'varied' });
    await tell(bad.resolution, 'judge', 'SanctionQuashed', { sanctionId: givenId(3), ...appeal });
    await tell(good.resolution, 'maker', 'FindingMade', finding(['maker'], 'not-upheld'));
    await tell(good.resolution, 'reviewer', 'DecisionVerified');
    await tell(good.resolution, 'judge', 'AppealDetermined', { ...appeal, outcome: 'dismissed' });
    const rows = await ask('overridden', `case=${bad.id}`);
    expect(rows.map(({ how }) => how)).toEqual(['vetoed', 'appeal varied', 'sanction quashed']);
    expect(rows[0]).toMatchObject({
      person: 'reviewer',
      makers: ['maker'],
      positions: [made.position, vetoed.position],
    });
    expect(await ask('overridden', `case=${good.id}`)).toEqual([]);
  });

  it('who from outside made contact, and what followed', async () => {
    const contact = await tell(bad.complaint, 'starter', 'OutsideContactRecorded', { who: 'enc1.x' });
    const closed = await tell(bad.complaint, 'starter', 'ComplaintRejected');
    const [row, ...more] = await ask('outside-contacts', `case=${bad.id}`);
    expect(more).toEqual([]);
    expect(row).toMatchObject({
      happenedOn: today,
      followed: ['ComplaintRejected'],
      positions: [contact.position, closed.position],
    });
    expect(await ask('outside-contacts', `case=${good.id}`)).toEqual([]);
  });

  it('who acted after a recusal', async () => {
    const asideOf = async (stream: string, staffId: string, type = 'HandlerRecused') =>
      tell(stream, 'starter', type, { staffId, reasons: 'enc1.x' });
    await tell(bad.complaint, 'cousin', 'ProgressUpdateSent');
    const recused = await asideOf(bad.complaint, 'cousin');
    const acted = await tell(bad.resolution, 'cousin', 'DecisionPublished');
    // Of a hearing one is recused from that hearing alone, and what was entered for somebody else counts for them.
    await asideOf(bad.hearing, 'member', 'PanelMemberRecused');
    await tell(bad.complaint, 'member', 'ProgressUpdateSent');
    const mistaken = await asideOf(bad.complaint, 'mistaken');
    await tell(bad.complaint, 'starter', 'EntryCorrected', {
      eventId: mistaken.id,
      path: ['staffId'],
      old: 'mistaken',
      new: 'meant',
    });
    await tell(bad.complaint, 'mistaken', 'ProgressUpdateSent');
    await asideOf(good.complaint, 'cousin-2', 'ConflictDeclared');
    expect(await ask('acted-after-recusal')).toMatchObject([
      {
        caseId: bad.id,
        person: 'cousin',
        type: 'DecisionPublished',
        recusedAt: recused.position,
        positions: [recused.position, acted.position],
      },
    ]);
    const heard = await tell(bad.hearing, 'member', 'HearingAdjourned');
    await tell(good.complaint, 'implicated', 'ProgressUpdateSent');
    await tell(good.complaint, 'starter', 'StaffImplicated', { staffId: 'implicated', partyRef: givenId(9) });
    const after = await tell(good.complaint, 'implicated', 'ProgressUpdateSent');
    expect((await ask('acted-after-recusal')).map(({ position }) => position)).toEqual([
      acted.position,
      heard.position,
      after.position,
    ]);
  });

  it('which deadlines were extended after they were missed', async () => {
    const deadline = { deadline: 'resolve', oldDueOn: '2199-01-01', newDueOn: '2199-02-01' };
    await tell(good.complaint, 'starter', 'DeadlineExtended', deadline);
    const missed = await tell(bad.deadlines, 'redress', 'DeadlineMissed', {
      deadline: 'resolve',
      dueOn: '2199-01-01',
    });
    const known = await tell(bad.complaint, 'starter', 'DeadlineExtended', deadline);
    const late = await tell(bad.complaint, 'starter', 'DeadlineExtended', {
      ...deadline,
      oldDueOn: '2024-01-01',
    });
    expect(await ask('extended-after-miss')).toMatchObject([
      { caseId: bad.id, oldDueOn: '2199-01-01', positions: [missed.position, known.position] },
      { caseId: bad.id, oldDueOn: '2024-01-01', positions: [late.position] },
    ]);
  });

  it('how the decisions of one person compare with the average', async () => {
    await tell(good.resolution, 'other', 'FindingMade', finding(['other', 'maker'], 'partly-upheld'));
    await tell(good.resolution, 'other', 'FindingMade', finding(['other'], 'not-upheld'));
    const [maker, ...more] = await ask('decisions-by-person', 'person=maker');
    expect(more).toEqual([]);
    expect(maker).toMatchObject({
      findings: 3,
      upheld: 1,
      partlyUpheld: 1,
      notUpheld: 1,
      shareUpheld: 0.6667,
      shareOfAll: 0.5,
    });
    expect(maker?.positions).toHaveLength(3);
    expect(await ask('decisions-by-person', 'person=starter')).toEqual([]);
  });

  it('how long after its hearing a case was decided', async () => {
    expect(await ask('hearing-to-decision')).toEqual([]);
    const concluded = await tell(good.hearing, 'chair', 'HearingConcluded', { on: '2026-03-02' });
    await tell(bad.hearing, 'chair', 'HearingConcluded');
    const decided = await tell(
      good.resolution,
      'maker',
      'FindingMade',
      finding(['maker'], 'upheld', { on: '2026-03-12' }),
    );
    expect(await ask('hearing-to-decision')).toMatchObject([
      {
        caseId: good.id,
        person: 'maker',
        concludedOn: '2026-03-02',
        decidedOn: '2026-03-12',
        days: 10,
        positions: [concluded.position, decided.position],
      },
      { caseId: bad.id, person: null, decidedOn: null, days: 0 },
    ]);
  });

  it('what one person did within a time, in pages', async () => {
    const events = await store.page(0, 1000);
    const own = events.filter(({ actor }) => actor.id === 'starter').map(({ position }) => position);
    const all = await ask('acts-of-person', `person=starter&from=${today}&to=${today}&first=200`);
    expect(all.map(({ position }) => position)).toEqual(own);
    const received = all.find(({ type }) => type === 'ComplaintReceived');
    expect(received).toMatchObject({ caseId: bad.id, stream: bad.complaint, role: 'case-handler' });
    expect(all.find(({ stream }) => stream === good.resolution)).toMatchObject({ caseId: good.id });
    expect(await ask('acts-of-person', 'person=starter&to=2024-01-01')).toEqual([]);
    expect(await ask('acts-of-person', 'person=nobody')).toEqual([]);
    const paged: number[] = [];
    let after = '';
    do {
      const { body } = await auditor.get(`/v1/audit/questions/acts-of-person?person=starter&first=3${after}`);
      paged.push(...(body.items as Row[]).map(({ position }) => position));
      after = body.next === null ? '' : `&after=${body.next}`;
    } while (after !== '');
    expect(paged).toEqual(own);
  });

  it('by GraphQL and by the command line too', async () => {
    const query = `{ askWhoTouched(case: "${bad.reference}") { edges { node { person acts positions } } } }`;
    const { body } = await auditor.post('/graphql', { query });
    const rows = (await ask('who-touched', `case=${bad.id}`)).map(({ person, acts, positions }) => ({
      person,
      acts,
      positions,
    }));
    expect(body.data.askWhoTouched.edges.map(({ node }: { node: Row }) => node)).toEqual(rows);
    const env = { DATABASE_URL: redress.databaseUrl, MASTER_KEY: Buffer.alloc(32, 7).toString('base64') };
    const run = (...args: string[]) => atConsole(['audit', 'ask', ...args], env);
    const asked = await run('who-touched', '--case', bad.reference, '--json');
    expect(JSON.parse(asked.stdout)).toEqual(await ask('who-touched', `case=${bad.id}`));
    expect((await run('corrected')).stdout).toMatch(/corrector.*acknowledgedOn/);
    expect(await run('who-touched')).toMatchObject({ exit: 2, stderr: expect.stringContaining('--case: ') });
  }, 240_000);

  it('and nobody else does; what is wrong is told', async () => {
    const handler = await redress.as('staff-1', 'case-handler');
    for (const { name } of questions)
      expect((await handler.get(`/v1/audit/questions/${name}`)).body.code).toBe('not-permitted');
    for (const name of ['who-touched', 'acts-of-person'])
      expect((await auditor.get(`/v1/audit/questions/${name}`)).status).toBe(400);
    for (const query of ['from=yesterday', 'case=', 'who=x'])
      expect((await auditor.get(`/v1/audit/questions/backdated?${query}`)).status).toBe(400);
    expect((await auditor.get('/v1/audit/questions/backdated?case=2020-000001')).status).toBe(404);
    expect((await auditor.get('/v1/audit/questions/backdated?after=eA')).body.code).toBe('bad-cursor');
  });
});

describe('the role redress_auditor', () => {
  it('reads the views and nothing else, and writes nothing', async () => {
    const client = await pool.connect();
    try {
      await client.query('SET ROLE redress_auditor');
      for (const question of questions) {
        const columns = Object.keys(columnsOf(question)).map(snake);
        await client.query(`SELECT ${columns.join(', ')} FROM ${viewOf(question)} LIMIT 1`);
      }
      for (const table of ['public.events', 'public.cases', 'public.subject_keys', 'audit.case_events'])
        await expect(client.query(`SELECT FROM ${table}`)).rejects.toMatchObject({ code: '42501' });
      await expect(client.query('CREATE TABLE audit.mine ()')).rejects.toMatchObject({ code: '42501' });
      await expect(client.query('DELETE FROM audit.acts_of_person')).rejects.toThrow();
    } finally {
      await client.query('RESET ROLE');
      client.release();
    }
  });
});

describe('docs/questions.md', () => {
  const told = (): string =>
    [
      '# Questions of auditors',
      '',
      'Each is asked by `redress audit ask QUESTION`, `GET /v1/audit/questions/QUESTION` or GraphQL (`askWhoTouched`, …), by the role `auditor`; and each',
      'is a view in the schema `audit`, which the database role `redress_auditor` may read, and nothing besides: give it to a login (`GRANT',
      'redress_auditor TO somebody`). No sealed text is in them, but why somebody looked, as ciphertext. Days are those of the session’s time zone: `SET TIME ZONE` to your own first.',
      '',
      'Any question is narrowed by `case`, `person`, `from` and `to` (days on which it was recorded). Every row says `position`, `caseId`, `reference`,',
      '`person`, `recordedAt` and, as proof, `positions`: what stands there in the log, `redress audit history` and the export tell, and',
      '`redress audit verify` proves. The machine itself is `redress`, an import `import`. Cases, hearings and resolutions are found by their read',
      'tables, which `redress rebuild` proves.',
      '',
      'Questions about looks (docs/looks.md) have the number of the `look` in the place of `position` and `positions`: a look stands in no log of events. To',
      'ask any of these is a look itself; through SQL alone it is not, and the database’s own log has to tell it (docs/database-roles.md).',
      '',
      '| question | answers | besides | view |',
      '|---|---|---|---|',
      ...questions.map((question) => {
        const own = Object.keys(question.columns).map((name) => `\`${name}\``);
        const needs = question.needs === undefined ? '' : ` Needs \`${question.needs}\`.`;
        return `| \`${question.name}\` | ${question.summary}${needs} | ${own.join(', ')} | \`${viewOf(question)}\` |`;
      }),
      '',
    ].join('\n');

  it('lists every question (else: REDRESS_RENEW=1 npm test -- test/questions)', async () => {
    const path = join(packageRoot, 'docs', 'questions.md');
    if (process.env['REDRESS_RENEW']) await writeFile(path, told());
    expect(await readFile(path, 'utf8')).toBe(told());
  });
});
