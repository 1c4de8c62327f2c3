import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { testApplication, type Caller, type TestApplication } from './support/application.js';

let redress: TestApplication;
let head: Caller;
let auditor: Caller;

beforeAll(async () => {
  redress = await testApplication();
  head = await redress.as('staff-1', 'casework-head', 'case-handler', 'intake');
  auditor = await redress.as('auditor-1', 'auditor');
});
afterAll(() => redress.close());

const receive = async (receivedOn: string): Promise<string> => {
  const complaint = { receivedOn, channel: 'letter', category: 'abuse', summary: 'Shouted at.' };
  const { body } = await head.post('/v1/complaints', complaint);
  return body.id;
};

const secondVersion = async () => {
  const { body } = await auditor.get('/v1/policies/default@2');
  const deadlines = body.policy.deadlines.map((rule: object) => ({ ...rule, count: 2 }));
  return { ...body.policy, version: 3, effectiveFrom: '2026-03-02', deadlines };
};

/** What stands in every table, by name; the position that the log has come to is in it. */
const everything = async (): Promise<Record<string, string>> => {
  const client = new pg.Client(redress.databaseUrl);
  await client.connect();
  try {
    const tables = await client.query<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`,
    );
    const told: Record<string, string> = {};
    for (const { name } of tables.rows) {
      const { rows } = await client.query<{ told: string }>(
        `SELECT coalesce(md5(string_agg(t::text, '' ORDER BY t::text)), '') AS told FROM "${name}" AS t`,
      );
      told[name] = rows[0]?.told ?? '';
    }
    return told;
  } finally {
    await client.end();
  }
};

describe('rules at the doors', () => {
  it('are published, asked what they would do, and then reach the open cases, which say why they are due', async () => {
    const id = await receive('2026-02-27');
    const published = await head.post('/v1/policies', await secondVersion());
    expect(published).toMatchObject({ status: 201, body: { id: 'default', version: 2 } });
    expect((await auditor.get('/v1/policies')).body.policies).toContainEqual(
      expect.objectContaining({ name: 'default@3', supersededBy: null }),
    );

    const supposed = await auditor.get('/v1/whatif?policy=default@3&asOf=2026-03-04');
    expect(supposed.body).toMatchObject({ cases: 1, earlier: 2, newlyOverdue: 2 });
    expect(supposed.body.changes).toContainEqual({
      caseId: id,
      reference: expect.any(String),
      deadline: 'acknowledge',
      dueOn: '2026-03-06',
      wouldBeDueOn: '2026-03-03',
      becomes: 'overdue',
    });
    expect((await head.get(`/v1/cases/${id}`)).body.deadlines[0].dueOn).toBe('2026-03-06');

    const superseded = await head.post('/v1/policies/default/supersede', {
      version: 2,
      by: 3,
      reasons: 'The board decided.',
    });
    expect(superseded).toMatchObject({ status: 200, body: { moved: { cases: 1, earlier: 2 } } });

    // Fri 27 February and two working days: Mon 2, Tue 3, which the board closes.
    const closed = {
      add: [{ date: '2026-03-03', name: 'Closed' }],
      source: 'the board',
      reasons: 'Moving house.',
    };
    expect((await head.post('/v1/calendars/GB-ENG/revise', closed)).body).toMatchObject({
      id: 'GB-ENG',
      events: ['CalendarRevised'],
      moved: { cases: 1, later: 1 },
    });
    expect((await auditor.get('/v1/calendars/GB-ENG?year=2026')).body).toMatchObject({
      revision: 1,
      holidays: expect.arrayContaining([{ date: '2026-03-03', name: 'Closed' }]),
    });

    const { body } = await auditor.get(`/v1/cases/${id}/deadlines/acknowledge/explanation`);
    expect(body).toMatchObject({
      dueOn: '2026-03-04',
      policy: 'default@3',
      openedUnder: 'default@2',
      calendars: ['GB-ENG@1'],
    });
    const told = body.sentences.join('\n');
    expect(told).toContain('default@2 was superseded by default@3: The board decided.');
    expect(told).toContain('Tue 3 March 2026');
  });

  describe('that are only supposed', () => {
    // The case goes by two working days from Fri 27 February, Tue 3 March being closed: Mon 2, Wed 4.
    const closed = { name: 'GB-ENG', add: [{ date: '2026-03-02', name: 'Closed' }] };
    const oneDay = async () => {
      const { body } = await auditor.get('/v1/policies/default');
      const deadlines = body.policy.deadlines.map((rule: object) => ({ ...rule, count: 1 }));
      return { ...body.policy, version: 4, deadlines };
    };
    const due = (body: { changes: { deadline: string; dueOn: string; wouldBeDueOn: string }[] }) =>
      body.changes
        .filter(({ deadline }) => deadline === 'acknowledge')
        .map(({ dueOn, wouldBeDueOn }) => [dueOn, wouldBeDueOn]);

    it('may be a calendar, a policy that nobody published, or both; and nothing is written', async () => {
      const before = await everything();
      const calendar = await auditor.post('/v1/whatif', { calendars: [closed], asOf: '2026-03-04' });
      // Mon 2 and Tue 3 are closed: Wed 4, Thu 5.
      expect([calendar.status, due(calendar.body)]).toEqual([200, [['2026-03-04', '2026-03-05']]]);
      // One day: Mon 2.
      const policy = await auditor.post('/v1/whatif', { policy: await oneDay(), asOf: '2026-03-03' });
      expect(due(policy.body)).toEqual([['2026-03-04', '2026-03-02']]);
      expect(policy.body.newlyOverdue).toBeGreaterThan(0);
      // One day, and Mon 2 closed as well: Wed 4, as it is.
      const both = await auditor.post('/v1/whatif', { policy: await oneDay(), calendars: [closed] });
      expect(due(both.body)).toEqual([]);
      expect(both.body).toMatchObject({ asOf: '2026-03-02', cases: 1, newlyOverdue: 0 });
      // A calendar that there is not yet.
      const office = { ...(await oneDay()), calendars: ['GB-ENG', 'head-office'] };
      const named = await auditor.post('/v1/whatif', {
        policy: office,
        calendars: [{ ...closed, name: 'head-office', add: [{ date: '2026-03-02', name: 'Closed' }] }],
      });
      expect(due(named.body)).toEqual([]);
      expect(await everything()).toEqual(before);
    });

    it('may be asked through GraphQL', async () => {
      const query = `{ whatIfRules(
        calendars: [{ name: "GB-ENG", add: [{ date: "2026-03-04", name: "Closed" }] }]
      ) { changes { deadline wouldBeDueOn } } }`;
      const { body } = await auditor.post('/graphql', { query });
      expect(body.errors).toBeUndefined();
      expect(body.data.whatIfRules.changes).toContainEqual({
        deadline: 'acknowledge',
        wouldBeDueOn: '2026-03-05',
      });
    });

    it.each([
      ['nothing at all', {}, 400, 'nothing-supposed'],
      ['a version that there is not', { version: 'default@99' }, 404, 'not-found'],
      ['a calendar twice', { calendars: [closed, closed] }, 400, 'invalid-input'],
      ['weekdays with a day off', { calendars: [{ ...closed, name: 'weekdays' }] }, 422, 'calendar-fixed'],
      ['an unknown field', { calender: [] }, 400, 'invalid-input'],
      ['a list', [], 400, 'invalid-input'],
    ])('%s is refused', async (_, body, status, code) =>
      expect(await auditor.post('/v1/whatif', body)).toMatchObject({ status, body: { code } }),
    );
  });

  it('are asked through GraphQL as well', async () => {
    const query =
      '{ policies { policies { name } } calendar(id: "GB-SCT", year: 2026) { workingDays holidays { date name } } }';
    const { body } = await auditor.post('/graphql', { query });
    expect(body.errors).toBeUndefined();
    expect(body.data.policies.policies).toContainEqual({ name: 'default@2' });
    expect(body.data.calendar.holidays).toContainEqual({ date: '2026-11-30', name: 'St Andrew’s Day' });
  });

  it.each([
    ['an unknown calendar', '/v1/calendars/Atlantis?year=2026', 422, 'unknown-calendar'],
    ['an unknown version', '/v1/policies/default@99', 404, 'not-found'],
    ['a supposed version that there is not', '/v1/whatif?policy=default@99', 404, 'not-found'],
  ])('%s is refused', async (_, path, status, code) =>
    expect(await auditor.get(path)).toMatchObject({ status, body: { code } }),
  );

  it('only a head of casework or an operator changes them', async () => {
    const handler = await redress.as('staff-2', 'case-handler');
    const wish = { source: 'me', reasons: 'A day off.', add: [{ date: '2026-04-01', name: 'Closed' }] };
    expect((await handler.post('/v1/calendars/GB-ENG/revise', wish)).status).toBe(403);
    expect((await auditor.post('/v1/policies', await secondVersion())).status).toBe(403);
  });

  it('a version that names a calendar that there is not, or is published with other rules, is refused', async () => {
    const second = await secondVersion();
    expect(await head.post('/v1/policies', { ...second, version: 4, calendars: ['Atlantis'] })).toMatchObject(
      {
        status: 422,
        body: { code: 'unknown-calendar' },
      },
    );
    expect(await head.post('/v1/policies', { ...second, source: 'Another.' })).toMatchObject({
      status: 422,
      body: { code: 'policy-version-taken' },
    });
  });

  it('a version that nobody can mean is refused, and so is asking what it would do', async () => {
    const third = { ...(await secondVersion()), version: 4 };
    const [rule] = third.deadlines;
    const absurd = { ...third, deadlines: [{ ...rule, unit: 'months', count: 10_000 }] };
    const refusal = { status: 422, body: { code: 'count-beyond-reason' } };
    expect(await head.post('/v1/policies', absurd)).toMatchObject(refusal);
    expect(await auditor.post('/v1/whatif', { policy: absurd })).toMatchObject(refusal);
  });

  it('a calendar that leaves a policy no working day is refused, and so is asking what it would do', async () => {
    const off = { base: null, weekend: [1, 2, 3, 4, 5, 6] };
    const because = { source: 'me', reasons: 'Sundays alone.' };
    const both = { ...(await secondVersion()), version: 4, calendars: ['weekdays', 'sundays'] };
    await head.post('/v1/calendars/sundays/revise', { ...off, ...because });
    expect(await head.post('/v1/policies', both)).toMatchObject({
      status: 422,
      body: { code: 'no-working-day' },
    });

    await head.post('/v1/calendars/mondays/revise', { base: 'weekdays', ...because });
    const fits = { ...both, calendars: ['weekdays', 'mondays'] };
    expect((await head.post('/v1/policies', fits)).status).toBe(201);
    const refusal = { status: 422, body: { code: 'no-working-day' } };
    expect(await head.post('/v1/calendars/mondays/revise', { ...off, ...because })).toMatchObject(refusal);
    const supposed = { calendars: [{ name: 'mondays', ...off }] };
    expect(await auditor.post('/v1/whatif', supposed)).toMatchObject(refusal);
  });

  it('a rule of the future is refused, and one of the past needs a reason', async () => {
    const second = await secondVersion();
    const [future, past] = [{ date: '2199-01-01' }, { date: '2026-01-01' }];
    const wish = { source: 'me', reasons: 'A day off.', add: [{ date: '2026-04-01', name: 'Closed' }] };
    const supersede = { version: 2, by: 3, reasons: 'Better rules.' };
    for (const [path, body] of [
      ['/v1/policies', { ...second, version: 9 }],
      ['/v1/policies/default/supersede', supersede],
      ['/v1/calendars/closures/revise', wish],
    ] as const) {
      expect(await head.post(path, { ...body, occurred: future })).toMatchObject({
        body: { code: 'occurred-in-future' },
      });
      expect(await head.post(path, { ...body, occurred: past })).toMatchObject({
        body: { code: 'backdating-without-reason' },
      });
    }
    const late = { ...wish, occurred: past, backdatingReason: 'The notice was found late.' };
    expect((await head.post('/v1/calendars/closures/revise', late)).status).toBe(200);
    expect(
      (await head.post('/v1/calendars/closures/revise', { ...late, backdatingReason: 'x'.repeat(201) })).body,
    ).toMatchObject({ code: 'invalid-input', detail: expect.stringContaining('200 characters') });
  });

  it('a calendar is shown of this year, when none is asked', async () => {
    const year = Number(redress.clock.today().slice(0, 4));
    expect((await auditor.get('/v1/calendars/GB-ENG')).body).toMatchObject({ name: 'GB-ENG', year });
    expect((await auditor.get('/v1/calendars/GB-ENG?year=soon')).body.detail).toBe(
      'year: Give a whole number, 1900 to 2199.',
    );
    const { body } = await auditor.post('/graphql', { query: '{ calendar(id: "GB-ENG") { year } }' });
    expect(body.data).toEqual({ calendar: { year } });
  });

  it.each(['2300-01-01', '9999-12-31', '0001-01-01'])(
    'as of %s, the answer says which years there are',
    async (day) => {
      const range = expect.stringContaining('1900 to 2199');
      expect((await auditor.get(`/v1/backlog?asOf=${day}`)).body.detail).toEqual(range);
      expect((await auditor.get(`/v1/cases?asOf=${day}`)).body.detail).toEqual(range);
      const query = `{ backlog(asOf: "${day}") { open } }`;
      expect((await auditor.post('/graphql', { query })).body.errors[0].message).toEqual(range);
    },
  );

  it('a deadline that a case has not is said with those that it has', async () => {
    const id = await receive('2026-02-27');
    expect((await auditor.get(`/v1/cases/${id}/deadlines/nope/explanation`)).body.detail).toBe(
      'There is no deadline nope of this case. It has acknowledge, resolve.',
    );
  });
});
