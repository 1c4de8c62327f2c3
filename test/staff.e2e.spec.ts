import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { StaffQueries } from '../src/staff/staff.queries.js';
import { testApplication, type Caller, type TestApplication } from './support/application.js';
import { atConsole } from './support/console.js';

let redress: TestApplication;
let head: Caller;
let ann: Caller;
let bob: Caller;
let database: pg.Client;

beforeAll(async () => {
  redress = await testApplication();
  head = await redress.as('head-1', 'case-handler', 'casework-head');
  ann = await redress.as('ann@example.org', 'case-handler');
  bob = await redress.as('bob', 'investigator');
  database = new pg.Client({ connectionString: redress.databaseUrl });
  await database.connect();
});
afterAll(async () => {
  await database.end();
  await redress.close();
});

const enrol = async (staffId: string, duties: readonly string[], leadId?: string): Promise<string> => {
  const { status, body } = await head.post('/v1/staff', { staffId, duties, leadId });
  expect([status, body]).toEqual([201, { id: body.id, version: 1 }]);
  return body.id;
};

describe('the record of a member of staff', () => {
  let id: string;

  beforeAll(async () => {
    id = await enrol('ann@example.org', ['team-lead']);
    await enrol('bob', []);
  });

  const act = (caller: Caller, command: string, body: object = {}) =>
    caller.post(`/v1/staff/${id}/${command}`, body);

  it('is found by themself, by its id and in pages', async () => {
    const told = {
      id,
      version: 1,
      staffId: 'ann@example.org',
      duties: ['team-lead'],
      absences: [],
      feedOpen: false,
    };
    expect((await ann.get('/v1/staff?mine=true')).body).toEqual({ items: [told], next: null });
    const one = await ann.get(`/v1/staff/${id}`);
    expect([one.body, one.headers['etag']]).toEqual([told, '"1"']);
    const first = await ann.get('/v1/staff?first=1');
    expect(first.body.items).toEqual([told]);
    const rest = await ann.get(`/v1/staff?first=1&after=${first.body.next}`);
    expect([rest.body.items[0].staffId, rest.body.next]).toEqual(['bob', null]);
    const stranger = await redress.as('stranger', 'intake');
    expect((await stranger.get('/v1/staff?mine=true')).body).toEqual({ items: [], next: null });
    expect((await ann.get('/v1/staff?mine=perhaps')).body.detail).toBe('mine: Say true or false.');
    expect((await ann.get('/v1/staff/00000000-0000-7000-8000-000000000009')).status).toBe(404);
  });

  it('is kept once for each reference', async () => {
    const again = await head.post('/v1/staff', { staffId: 'ann@example.org', duties: [] });
    expect([again.status, again.body.code]).toEqual([422, 'enrolled-already']);
    expect(again.body.detail).toContain(id);
  });

  it('is changed by those who may, and by them alone', async () => {
    const absence = { from: '2026-03-09', until: '2026-03-13', deputyId: 'bob' };
    const wish = { by: 'mail', zone: 'Europe/London', calendars: ['GB-ENG'] };
    for (const [caller, command, body, status, code] of [
      [ann, 'change-duties', { duties: [] }, 403, 'not-permitted'],
      [bob, 'arrange-reminders', wish, 422, 'not-your-record'],
      [head, 'arrange-reminders', wish, 422, 'not-your-record'],
      [bob, 'record-absence', absence, 422, 'not-your-record'],
      [head, 'open-feed', {}, 422, 'not-your-record'],
      [ann, 'arrange-reminders', { ...wish, calendars: ['Narnia'] }, 422, 'unknown-calendar'],
      [ann, 'arrange-reminders', { ...wish, digestAt: '8:30' }, 400, 'invalid-input'],
    ] as const) {
      const answer = await act(caller, command, body);
      expect([command, answer.status, answer.body.code]).toEqual([command, status, code]);
    }
    for (const [caller, command, body, events] of [
      [head, 'change-duties', { duties: ['intake-lead'] }, ['DutiesChanged']],
      [ann, 'arrange-reminders', wish, ['RemindersArranged']],
      [head, 'record-absence', absence, ['AbsenceRecorded']],
      [ann, 'open-feed', {}, ['FeedOpened']],
      [ann, 'open-feed', {}, ['FeedRevoked', 'FeedOpened']],
    ] as const)
      expect((await act(caller, command, body)).body.events).toEqual(events);
    const { absences, ...told } = (await bob.get(`/v1/staff/${id}`)).body;
    expect(told).toEqual({
      id,
      version: 7,
      staffId: 'ann@example.org',
      duties: ['intake-lead'],
      arrangement: { ...wish, digestAt: null, quiet: null },
      feedOpen: true,
    });
    expect(absences).toEqual([{ absenceId: absences[0].absenceId, ...absence }]);
    const end = { absenceId: absences[0].absenceId, lastDay: '2026-03-10' };
    expect((await act(ann, 'end-absence', end)).body.events).toEqual(['AbsenceEnded']);
    expect((await act(head, 'revoke-feed')).body.events).toEqual(['FeedRevoked']);
    expect((await ann.get(`/v1/staff/${id}`)).body).toMatchObject({
      feedOpen: false,
      absences: [{ until: '2026-03-10' }],
    });
  });

  it('is the same over GraphQL', async () => {
    const ask = async (caller: Caller, query: string) => (await caller.post('/graphql', { query })).body;
    const eve = await redress.as('eve', 'panel-chair');
    const enrolled = await ask(
      head,
      'mutation { enrolStaff(input: { staffId: "eve", duties: [INDEPENDENT_REVIEWER] }) { id events } }',
    );
    const { id: own, events } = enrolled.data.enrolStaff;
    expect(events).toEqual(['StaffEnrolled']);
    const wish =
      '{ by: MAIL, digestAt: "08:00", quiet: { from: "18:00", until: "07:00" }, zone: "Europe/London" }';
    await ask(eve, `mutation { arrangeStaffReminders(id: "${own}", input: ${wish}) { version } }`);
    const { data } = await ask(
      eve,
      `{ staff(first: 5, mine: true) { edges { node { id duties arrangement { by digestAt quiet { from until } } } } }
         staffMember(id: "${own}") { staffId feedOpen } }`,
    );
    expect(data.staffMember).toEqual({ staffId: 'eve', feedOpen: false });
    expect(data.staff.edges).toEqual([
      {
        node: {
          id: own,
          duties: ['INDEPENDENT_REVIEWER'],
          arrangement: { by: 'MAIL', digestAt: '08:00', quiet: { from: '18:00', until: '07:00' } },
        },
      },
    ]);
  });

  it('holds no reason in the clear, and no feed that a door would tell', async () => {
    const why = { occurred: { date: '2026-02-27' }, backdatingReason: 'The letter lay about.' };
    expect((await act(head, 'change-duties', { duties: ['team-lead'], ...why })).status).toBe(200);
    const { rows } = await database.query<{ data: string }>(
      `SELECT data FROM events WHERE stream = $1 ORDER BY position DESC LIMIT 1`,
      [`staff-${id}`],
    );
    const stored = JSON.parse(rows[0]?.data ?? '{}') as { backdatingReason: string };
    expect(stored.backdatingReason).toMatch(/^enc1\.staff:/);
    await act(ann, 'open-feed');
    expect(JSON.stringify((await ann.get(`/v1/staff/${id}`)).body)).not.toContain('feedId');
  });

  it('is in the roster that reminders ask', async () => {
    const stranger = await head.post('/v1/staff', { staffId: 'cy', duties: [], leadId: 'nobody' });
    expect([stranger.status, stranger.body.code]).toEqual([422, 'not-on-roster']);
    const cy = await enrol('cy', ['team-lead'], 'ann@example.org');
    const absence = { from: '2026-03-02', until: '2026-03-02', deputyId: 'bob' };
    await head.post(`/v1/staff/${cy}/record-absence`, absence);
    const roster = await redress.app.get(StaffQueries, { strict: false }).roster();
    expect(roster.holders('team-lead')).toEqual(['ann@example.org', 'cy']);
    expect(roster.leadOf('cy')).toBe('ann@example.org');
    expect(roster.standInFor('cy', redress.clock.now())).toBe('bob');
    expect(roster.arrangementOf('ann@example.org').calendars).toEqual(['GB-ENG']);
    expect(roster.arrangementOf('cy').zone).toBe('Europe/London');
  });

  it('is shown on the command line, by the reference or by the id', async () => {
    const ran = async (...args: readonly string[]) => {
      const { exit, stdout, stderr } = await atConsole(['staff', ...args], {
        DATABASE_URL: redress.databaseUrl,
        MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
      });
      return exit === 0 ? stdout : stderr;
    };
    const [list, byReference, byId, nobody] = await Promise.all([
      ran('list'),
      ran('show', 'ann@example.org', '--json'),
      ran('show', id, '--json'),
      ran('show', 'nobody'),
    ]);
    expect(list).toMatch(/staff +duties +led by +away +record\n +ann@example.org +team-lead +/);
    expect(JSON.parse(byReference)).toEqual((await head.get(`/v1/staff/${id}`)).body);
    expect(byId).toBe(byReference);
    expect(nobody).toContain('There is no member of staff nobody.');
    const text = await ran('show', 'ann@example.org');
    expect(text).toMatch(/reminded +by mail, one by one, on working days of GB-ENG, Europe\/London/);
  });

  it('is one, however many enrol the same person at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => head.post('/v1/staff', { staffId: 'dee', duties: [] })),
    );
    const made = answers.filter(({ status }) => status === 201);
    expect(made).toHaveLength(1);
    for (const { body } of answers.filter(({ status }) => status !== 201))
      expect([body.code, body.id]).toEqual(['enrolled-already', made[0]?.body.id]);
  });
});
