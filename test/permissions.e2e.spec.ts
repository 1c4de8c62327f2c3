import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { testApplication, type Caller, type TestApplication } from './support/application.js';

describe('who may act on a complaint', () => {
  let redress: TestApplication;
  let handler: Caller;
  let head: Caller;
  let database: pg.Client;

  beforeAll(async () => {
    redress = await testApplication();
    handler = await redress.as('staff-1', 'case-handler');
    head = await redress.as('head-1', 'casework-head');
    database = new pg.Client({ connectionString: redress.databaseUrl });
    await database.connect();
  });
  afterAll(async () => {
    await database.end();
    await redress.close();
  });

  const received = async (more: object = {}): Promise<string> => {
    const complaint = {
      receivedOn: '2026-02-27',
      channel: 'letter',
      category: 'abuse',
      summary: 'Shouted at.',
    };
    const { body } = await handler.post('/v1/complaints', { ...complaint, ...more });
    return body.id;
  };
  const registered = async (name: string): Promise<string> =>
    (await handler.post('/v1/parties', { kind: 'person', name })).body.id;
  const on = (id: string, command: string) => `/v1/complaints/${id}/${command}`;

  it('is decided by role, and nobody may do what no role may', async () => {
    const id = await received();
    const triage = { decision: 'investigate', severity: 'low', reasons: 'Two witnesses.' };
    const auditor = await redress.as('auditor-1', 'auditor');
    const intake = await redress.as('intake-1', 'intake');
    for (const [caller, command, body] of [
      [auditor, 'acknowledge', {}],
      [intake, 'triage', triage],
      [handler, 'recuse', { staffId: 'staff-2', reasons: 'A cousin.' }],
      [handler, 'reopen', { reasons: 'New facts.' }],
      [handler, 'place-legal-hold', { basis: 'A claim.' }],
      [head, 'attach-hearing', { hearingId: id }],
      [head, 'close-legacy-case', {}],
    ] as const) {
      const answer = await caller.post(on(id, command), body);
      expect([command, answer.status, answer.body.code]).toEqual([command, 403, 'not-permitted']);
    }
    const told = await intake.post(on(id, 'triage'), triage);
    expect(told.body.detail).toBe(
      'None of your roles (intake) may do this: triage (complaint). Ask somebody who is one of: case-handler, casework-head.',
    );
  });

  it('refuses whoever is a party to the case, in whatever case the id was written', async () => {
    const party = await registered('Ada');
    await head.post(`/v1/parties/${party}/identify-staff`, { staffId: 'staff-1' });
    const id = (
      await head.post('/v1/complaints', {
        receivedOn: '2026-02-27',
        channel: 'letter',
        category: 'abuse',
        summary: 'Shouted at.',
        allegations: [{ category: 'abuse', respondentRef: party.toUpperCase() }],
      })
    ).body.id;
    const answer = await handler.post(on(id, 'acknowledge'));
    expect([answer.status, answer.body.code]).toEqual([404, 'not-found']);
    const assigned = await head.post(on(id, 'assign-handler'), { handlerId: 'staff-1' });
    expect([assigned.status, assigned.body.code]).toEqual([422, 'party-to-the-case']);
    await head.post(`/v1/parties/${party}/identify-staff`, { staffId: 'staff-9' });
  });

  it('knows one person by one reference, in whatever form of letters it was typed', async () => {
    const [composed, apart] = ['ren\u00e9e', 'rene\u0301e'];
    const id = await received();
    const them = await redress.as(composed, 'case-handler');
    await head.post(on(id, 'assign-handler'), { handlerId: apart });
    const mine = await head.get(`/v1/cases?handler=${encodeURIComponent(apart)}`);
    expect(mine.body.items).toMatchObject([{ id, handlerId: composed }]);
    expect((await them.get(`/v1/cases/${id}`)).status).toBe(200);
    await head.post(on(id, 'recuse'), { staffId: apart, reasons: 'A cousin.' });
    expect((await them.get(`/v1/cases/${id}`)).status).toBe(404);
    const other = await redress.as(apart, 'case-handler');
    expect((await other.get('/v1/cases')).body.code).toBe('token-refused');
  });

  it('takes the case from a handler who is named as a respondent', async () => {
    const id = await received();
    const party = await registered('Ben');
    await head.post(`/v1/parties/${party}/identify-staff`, { staffId: 'staff-2' });
    await head.post(on(id, 'assign-handler'), { handlerId: 'staff-2' });
    const named = await head.post(on(id, 'identify-respondent'), { respondentRef: party });
    expect(named.body.events).toEqual(['RespondentIdentified', 'StaffImplicated']);
    expect((await head.get(`/v1/cases/${id}`)).body.handlerId).toBeNull();
  });

  it('refuses parties that nobody registered', async () => {
    const unknown = '018f0000-0000-7000-8000-000000000001';
    const id = await received();
    for (const [command, body] of [
      ['identify-respondent', { respondentRef: unknown }],
      ['add-allegation', { category: 'abuse', respondentRef: unknown }],
      ['submit-evidence', { sha256: 'a'.repeat(64), source: 'Post', submittedBy: unknown }],
      ['withdraw', { by: unknown, reasons: 'Asked to.' }],
    ] as const) {
      const { status, body: problem } = await handler.post(on(id, command), body);
      expect([command, status, problem.code]).toEqual([command, 422, 'unknown-party']);
    }
    const { body } = await handler.post('/v1/complaints', {
      receivedOn: '2026-02-27',
      channel: 'letter',
      category: 'abuse',
      summary: 'Shouted at.',
      complainantRef: unknown,
    });
    expect(body.code).toBe('unknown-party');
  });

  it('takes the day that an act states as the day it happened', async () => {
    const id = await received();
    const stated = { acknowledgedOn: '2026-02-28' };
    const silent = await handler.post(on(id, 'acknowledge'), stated);
    expect([silent.status, silent.body.code]).toEqual([422, 'backdating-without-reason']);
    const acknowledged = await handler.post(on(id, 'acknowledge'), {
      ...stated,
      backdatingReason: 'Sent by post.',
    });
    expect(acknowledged.body.events).toEqual(['ComplaintAcknowledged']);
    const { rows } = await database.query(
      `SELECT occurred_on::text FROM events WHERE stream = $1 ORDER BY version`,
      [`complaint-${id}`],
    );
    expect(rows.map((row) => row.occurred_on)).toEqual(['2026-02-27', '2026-02-28']);
  });

  it('ends with a recusal, also when both act in the same millisecond', async () => {
    for (let round = 1; round <= 10; round += 1) {
      const id = await received();
      await Promise.all([
        head.post(on(id, 'recuse'), { staffId: 'staff-1', reasons: 'A cousin.' }),
        handler.post(on(id, 'triage'), { decision: 'investigate', severity: 'low', reasons: 'Heard.' }),
        handler.post(on(id, 'pause-clock'), { reason: 'court-proceedings', basis: 'A letter.' }),
      ]);
      const { rows } = await database.query<{ type: string; actor_id: string }>(
        'SELECT type, actor_id FROM events WHERE stream = $1 ORDER BY version',
        [`complaint-${id}`],
      );
      const recused = rows.findIndex(({ type }) => type === 'HandlerRecused');
      expect(recused).toBeGreaterThan(0);
      expect(rows.slice(recused + 1).filter(({ actor_id }) => actor_id === 'staff-1')).toEqual([]);
      const after = await handler.post(on(id, 'acknowledge'));
      expect([after.status, after.body.code]).toEqual([404, 'not-found']);
    }
  });
});
