import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { Implications } from '../src/complaints/implications.reader.js';
import { catchUp, type Follower } from '../src/event-store/followers.js';
import { LateImplications } from '../src/parties/late-implications.handler.js';
import { POOL } from '../src/platform/database.js';
import { testApplication, type Caller, type TestApplication } from './support/application.js';

/**
 * A party that comes onto a case in the very moment in which somebody says which member of staff it is: neither append knew of
 * the other. Whatever dies then, that member of staff is off the case, once.
 */

let redress: TestApplication;
let pool: Pool;
let follower: Follower;
let head: Caller;

beforeAll(async () => {
  redress = await testApplication();
  pool = redress.app.get(POOL, { strict: false });
  ({ follower } = redress.app.get(LateImplications, { strict: false }));
  head = await redress.as('head-1', 'casework-head', 'intake', 'case-handler');
});
afterAll(() => redress.close());

const done = async (asked: ReturnType<Caller['post']>) => {
  const { status, body } = await asked;
  expect([body.code, body.detail, status < 300]).toEqual([undefined, undefined, true]);
  return body;
};

/** Both were recorded, and nothing else was done: as when the process dies right after. */
const atOnce = async (staffId: string): Promise<string> => {
  const party = await done(head.post('/v1/parties', { kind: 'person', name: 'Ben' }));
  const complaint = { receivedOn: '2026-02-02', channel: 'letter', category: 'abuse', summary: 'Shouted.' };
  const { id } = await done(head.post('/v1/complaints', complaint));
  await done(head.post(`/v1/complaints/${id}/assign-handler`, { handlerId: staffId }));
  const implications = redress.app.get(Implications, { strict: false });
  const inCases = implications.inCases.bind(implications);
  // After it looked for the cases of the party, and before it records who that is.
  implications.inCases = async (...asked) => {
    const found = await inCases(...asked);
    implications.inCases = inCases;
    await done(head.post(`/v1/complaints/${id}/identify-respondent`, { respondentRef: party.id }));
    return found;
  };
  await done(head.post(`/v1/parties/${party.id}/identify-staff`, { staffId }));
  return id;
};

const implicatedIn = async (id: string): Promise<number> => {
  const { rows } = await pool.query(`SELECT FROM events WHERE stream = $1 AND type = 'StaffImplicated'`, [
    `complaint-${id}`,
  ]);
  return rows.length;
};

const handlerOf = async (id: string) => (await head.get(`/v1/cases/${id}`)).body.handlerId;

const caughtUp = async (by: Follower = follower) => {
  const { rows } = await pool.query<{ head: string }>('SELECT max(position) AS head FROM events');
  await catchUp(pool, by, Number(rows[0]?.head));
};

describe('somebody who turns out to be a party while that party comes onto a case', () => {
  it('is off it once the next process follows the log, and once only', async () => {
    const id = await atOnce('staff-1');
    expect(await implicatedIn(id)).toBe(0);
    await caughtUp();
    await caughtUp();
    expect([await implicatedIn(id), await handlerOf(id)]).toEqual([1, null]);
  });

  it('sees nothing of it meanwhile', async () => {
    const id = await atOnce('staff-2');
    const them = await redress.as('staff-2', 'case-handler');
    expect((await them.get(`/v1/cases/${id}`)).status).toBe(404);
    expect((await them.post(`/v1/complaints/${id}/acknowledge`)).status).toBe(404);
    await caughtUp();
  });

  it('is off it once, though the process dies before it noted that it was done', async () => {
    const id = await atOnce('staff-3');
    const dying = {
      ...follower,
      apply: async (...given: Parameters<Follower['apply']>) => {
        await follower.apply(...given);
        throw new Error('killed');
      },
    };
    await expect(caughtUp(dying)).rejects.toThrow('killed');
    expect(await implicatedIn(id)).toBe(1);
    await caughtUp();
    expect(await implicatedIn(id)).toBe(1);
  });

  it('is off it once though they are known by another reference since', async () => {
    const id = await atOnce('staff-4');
    const { rows } = await pool.query<{ id: string }>(
      "SELECT party_id AS id FROM party_staff WHERE staff_id = 'staff-4'",
    );
    await done(head.post(`/v1/parties/${rows[0]?.id}/identify-staff`, { staffId: 'staff-5' }));
    await caughtUp();
    const { rows: told } = await pool.query<{ data: string }>(
      `SELECT data FROM events WHERE stream = $1 AND type = 'StaffImplicated'`,
      [`complaint-${id}`],
    );
    expect(told.map(({ data }) => JSON.parse(data).staffId)).toEqual(['staff-5', 'staff-4']);
  });

  it('stays on it where that was taken back as a mistake', async () => {
    const id = await atOnce('staff-6');
    const { rows } = await pool.query<{ id: string; party: string }>(
      `SELECT event_id AS id, substr(stream, 7) AS party FROM events WHERE type = 'StaffIdentified' AND data LIKE '%staff-6%'`,
    );
    const said = { eventId: rows[0]?.id, path: ['staffId'], reason: 'Of the same name.', basis: 'The list.' };
    await done(head.post(`/v1/parties/${rows[0]?.party}/correct-entry`, { ...said, new: null }));
    await caughtUp();
    expect([await implicatedIn(id), await handlerOf(id)]).toEqual([0, 'staff-6']);
  });
});
