import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { CalendarCommand, CalendarHandler } from '../src/clocks/calendar.handler.js';
import { calendar } from '../src/clocks/calendar-revision.js';
import { PolicyCommand, PolicyHandler } from '../src/clocks/policy.handler.js';
import { PolicyBook } from '../src/clocks/policy.queries.js';
import { policySet } from '../src/clocks/policy-set.js';
import { testApplication, type Caller, type TestApplication } from './support/application.js';

let redress: TestApplication;
let head: Caller;
/** As the owner, who alone may say what day it is. */
let pool: pg.Pool;

beforeEach(async () => {
  redress = await testApplication();
  head = await redress.as('staff-1', 'casework-head', 'case-handler', 'intake');
  pool = new pg.Pool({ connectionString: redress.databaseUrl });
});
afterEach(async () => {
  await pool.end();
  await redress.close();
});

/** The house and its database live on that day of March 2027, later than all that was recorded at the start. */
const onDay = async (march: number): Promise<void> => {
  const at = `2027-03-${String(march).padStart(2, '0')}T10:00:00Z`;
  redress.clock.set(at);
  await pool.query(
    `CREATE OR REPLACE FUNCTION recording_time() RETURNS timestamptz LANGUAGE sql AS $$ SELECT timestamptz '${at}' $$`,
  );
};

const receive = async (receivedOn: string): Promise<string> => {
  const complaint = { receivedOn, channel: 'letter', category: 'abuse', summary: 'Shouted at.' };
  return (await head.post('/v1/complaints', complaint)).body.id;
};

const act = async (id: string, command: string, body: object) =>
  expect((await head.post(`/v1/complaints/${id}/${command}`, body)).status).toBe(200);

const envelope = () => ({ actor: { id: 'head', role: 'casework-head' }, correlationId: uuidv7() });

/** Acknowledgements within so many working days, for open cases too. */
const allow = async (workingDays: number): Promise<void> => {
  const policies = redress.app.get(PolicyHandler, { strict: false });
  const [first] = (await redress.app.get(PolicyBook, { strict: false }).all()).filter(
    ({ key }) => key === 'default',
  );
  const deadlines = first!.deadlines.map((rule) =>
    rule.key === 'acknowledge' ? { ...rule, count: workingDays } : rule,
  );
  const second = policySet.parse({ ...first!, version: 3, effectiveFrom: '2027-03-10', deadlines });
  await policies.execute(new PolicyCommand('Publish', 'default', second, envelope()));
  const wish = { version: 2, by: 3, reasons: 'Adopted.' };
  await policies.execute(new PolicyCommand('Supersede', 'default', wish, envelope()));
};

const closeOn = (date: string) => {
  const wish = { add: [{ date, name: 'Closed' }], source: 'the board', reasons: 'Decided.' };
  const input = calendar.acts['Revise']!.input.parse(wish);
  const command = new CalendarCommand('Revise', 'GB-ENG', input, envelope());
  return redress.app.get(CalendarHandler, { strict: false }).execute(command);
};

/** The due date and whether it is overdue, as the list and the case tell it of that day, which must be the same. */
const dueAsOf = async (id: string, day: string, basis: string) => {
  const asked = `asOf=${day}&basis=${basis}`;
  const { items } = (await head.get(`/v1/cases?${asked}`)).body;
  const listed = items.find((item: { id: string }) => item.id === id);
  const file = (await head.get(`/v1/cases/${id}?${asked}`)).body;
  expect([file.nextDueOn, file.overdue]).toEqual([listed.nextDueOn, listed.overdue]);
  const acknowledge = file.deadlines.find(({ key }: { key: string }) => key === 'acknowledge');
  return { nextDueOn: file.nextDueOn, overdue: file.overdue, acknowledge: acknowledge.dueOn };
};

const overdueAsOf = async (day: string, basis: string): Promise<string[]> => {
  const { items } = (await head.get(`/v1/cases?overdue=true&asOf=${day}&basis=${basis}`)).body;
  return items.map((item: { id: string }) => item.id);
};

const openAsOf = async (day: string, basis: string): Promise<number> =>
  (await head.get(`/v1/backlog?asOf=${day}&basis=${basis}`)).body.open;

const told = async () => {
  const all = async (table: string) =>
    (await pool.query(`SELECT * FROM ${table} AS t ORDER BY t::text COLLATE "C"`)).rows;
  return [await all('case_versions'), await all('case_days')];
};

/** The tables made anew from the beginning are those that were kept day by day. */
const toldAnewIsEqual = async () => {
  await head.get('/v1/cases?asOf=2027-03-11');
  const before = await told();
  await pool.query(`DELETE FROM case_versions; DELETE FROM case_days; DELETE FROM case_misses;
    UPDATE checkpoints SET position = 0 WHERE follower = 'case-versions'`);
  await head.get('/v1/cases?asOf=2027-03-11');
  expect(await told()).toEqual(before);
};

const BASES = ['known-then', 'known-now'];

describe('a due date as of the past', () => {
  it('is the one that held then, on either basis, when a policy superseded another since', async () => {
    // Given a case received on Monday 1 March, to be acknowledged within five working days: on Monday the 8th.
    await onDay(1);
    const id = await receive('2027-03-01');
    // When on the 10th a version comes in its place that allows ten: until Monday the 15th.
    await onDay(10);
    await allow(10);
    await onDay(19);
    // Then the case was overdue on the 9th and was not on the 11th, whoever asks and whatever was recorded since.
    for (const basis of BASES) {
      expect(await dueAsOf(id, '2027-03-09', basis)).toEqual({
        nextDueOn: '2027-03-08',
        overdue: true,
        acknowledge: '2027-03-08',
      });
      expect(await overdueAsOf('2027-03-09', basis)).toEqual([id]);
      for (const day of ['2027-03-10', '2027-03-11'])
        expect(await dueAsOf(id, day, basis)).toEqual({
          nextDueOn: '2027-03-15',
          overdue: false,
          acknowledge: '2027-03-15',
        });
      expect(await overdueAsOf('2027-03-11', basis)).toEqual([]);
      expect(await overdueAsOf('2027-03-16', basis)).toEqual([id]);
      for (const day of ['2027-03-09', '2027-03-11']) expect(await openAsOf(day, basis)).toBe(1);
    }
    const { items } = (await head.get('/v1/cases')).body;
    expect(items).toMatchObject([{ id, nextDueOn: '2027-03-15', overdue: true }]);
    await toldAnewIsEqual();
  });

  it('is the one that held then, when a calendar was revised since, also for a case that went on meanwhile', async () => {
    await onDay(1);
    const [quiet, busy] = [await receive('2027-03-01'), await receive('2027-03-01')];
    await onDay(3);
    await act(busy, 'assign-handler', { handlerId: 'staff-2' });
    await onDay(4);
    // Then Friday the 5th is no working day: the fifth is Tuesday the 9th.
    await closeOn('2027-03-05');
    await onDay(5);
    await act(busy, 'assign-handler', { handlerId: 'staff-3' });
    await onDay(19);
    for (const basis of BASES)
      for (const id of [quiet, busy]) {
        expect((await dueAsOf(id, '2027-03-03', basis)).acknowledge).toBe('2027-03-08');
        expect((await dueAsOf(id, '2027-03-05', basis)).acknowledge).toBe('2027-03-09');
      }
    await toldAnewIsEqual();
  });

  it('is told by the rules of its day also of a case that was closed since', async () => {
    await onDay(1);
    const [before, after] = [await receive('2027-03-01'), await receive('2027-03-01')];
    const closing = { outcome: 'resigned', reasons: 'Left.' };
    await onDay(3);
    await act(before, 'close', closing);
    await onDay(4);
    await closeOn('2027-03-05');
    await onDay(8);
    await act(after, 'close', closing);
    await onDay(19);
    for (const basis of BASES) {
      expect((await dueAsOf(before, '2027-03-02', basis)).nextDueOn).toBe('2027-03-08');
      expect((await dueAsOf(before, '2027-03-05', basis)).acknowledge).toBe('2027-03-08');
      expect((await dueAsOf(after, '2027-03-02', basis)).nextDueOn).toBe('2027-03-08');
      expect((await dueAsOf(after, '2027-03-05', basis)).nextDueOn).toBe('2027-03-09');
    }
    await toldAnewIsEqual();
  });

  it('follows a closing that is recorded after a revision as of a day before it', async () => {
    await onDay(1);
    const id = await receive('2027-03-01');
    await onDay(4);
    await closeOn('2027-03-05');
    await onDay(8);
    const late = { occurred: { date: '2027-03-03' }, backdatingReason: 'The letter was found late.' };
    await act(id, 'close', { outcome: 'resigned', reasons: 'Left.', ...late });
    await onDay(19);
    expect((await dueAsOf(id, '2027-03-05', 'known-then')).nextDueOn).toBe('2027-03-09');
    expect((await dueAsOf(id, '2027-03-05', 'known-now')).nextDueOn).toBeNull();
    await toldAnewIsEqual();
  });
});
