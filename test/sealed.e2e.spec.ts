import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { testApplication, type Caller, type TestApplication } from './support/application.js';

const MARK = 'Zwölfmarken-7Q';

let redress: TestApplication;
let pool: pg.Pool;
let staff: Caller;

beforeAll(async () => {
  redress = await testApplication();
  pool = new pg.Pool({ connectionString: redress.databaseUrl });
  staff = await redress.as('staff-1', 'casework-head', 'case-handler', 'intake', 'investigator');
});
afterAll(async () => {
  await pool.end();
  await redress.close();
});

/** Every row of every table, as text. */
const everythingStored = async (): Promise<string> => {
  const { rows } = await pool.query<{ table: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS table FROM pg_tables
      WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
  );
  const texts: string[] = [];
  for (const { table } of rows) {
    const stored = await pool.query<{ row: string }>(`SELECT t::text AS row FROM ${table} t`);
    texts.push(...stored.rows.map(({ row }) => row));
  }
  return texts.join('\n');
};

it('keeps no personal text in the clear anywhere in the database, and opens it at the door alone', async () => {
  const party = await staff.post('/v1/parties', {
    kind: 'person',
    name: `Ada ${MARK}`,
    email: `${MARK.toLowerCase().replace('ö', 'o')}@example.org`,
    address: `1 ${MARK} Street`,
  });
  const complaint = {
    receivedOn: '2026-02-27',
    channel: 'letter',
    category: 'abuse',
    summary: `${MARK} shouted at me.`,
    complainantRef: party.body.id,
    allegations: [{ category: 'abuse', description: `What ${MARK} did.` }],
  };
  const received = await staff.post('/v1/complaints', complaint, {
    'idempotency-key': `about-${MARK.length}`,
  });
  expect(received.status).toBe(201);
  const { id } = received.body;
  const acts: [string, object][] = [
    ['triage', { decision: 'investigate', severity: 'high', reasons: `Because of ${MARK}.` }],
    ['acknowledge', { occurred: { date: '2026-02-28' }, backdatingReason: `${MARK} was away.` }],
    ['record-outside-contact', { who: MARK, office: MARK, subject: MARK, response: MARK }],
    ['pause-clock', { reason: 'police-investigation', basis: `Told by ${MARK}.` }],
    ['place-legal-hold', { basis: MARK }],
    ['withdraw', { reasons: MARK, continueInOwnName: true }],
  ];
  for (const [command, body] of acts) {
    const answer = await staff.post(`/v1/complaints/${id}/${command}`, body);
    expect([command, answer.status]).toEqual([command, 200]);
  }
  const { rows } = await pool.query('SELECT event_id FROM events WHERE stream = $1 AND version = 1', [
    `complaint-${id}`,
  ]);
  const corrected = await staff.post(`/v1/complaints/${id}/correct-entry`, {
    eventId: rows[0].event_id,
    path: ['summary'],
    new: `It was ${MARK}'s brother.`,
    reason: `${MARK} told us.`,
    basis: `A letter of ${MARK}.`,
  });
  expect(corrected.status).toBe(200);

  const stored = await everythingStored();
  expect(stored).toContain(id);
  expect(stored.toLowerCase().replaceAll('ö', 'o')).not.toContain(MARK.toLowerCase().replace('ö', 'o'));
  expect((await staff.get(`/v1/parties/${party.body.id}`)).body.name).toBe(`Ada ${MARK}`);
});

it('takes text on a record that began without any', async () => {
  const complaint = {
    receivedOn: '2026-02-27',
    channel: 'letter',
    category: 'abuse',
    summary: 'Shouted at.',
  };
  const { body } = await staff.post('/v1/complaints', complaint);
  const hearing = await staff.post('/v1/hearings', { complaintIds: [body.id], kind: 'first' });
  const cancelled = await staff.post(`/v1/hearings/${hearing.body.id}/cancel`, { reasons: 'They made up.' });
  expect([cancelled.status, cancelled.body.events]).toEqual([200, ['HearingCancelled']]);
});

it('reads the rest of a case when one sealed text was tampered with', async () => {
  const complaint = {
    receivedOn: '2026-02-27',
    channel: 'letter',
    category: 'abuse',
    summary: 'Shouted at.',
  };
  const { body } = await staff.post('/v1/complaints', complaint);
  await pool.query(
    `UPDATE cases SET detail = regexp_replace(detail, '(enc1\\.case:[^.]*\\.)[^"]*', '\\1AAAA') WHERE id = $1`,
    [body.id],
  );
  const read = await staff.get(`/v1/cases/${body.id}`);
  expect([read.status, read.body.summary]).toEqual([200, '[unreadable]']);
});
