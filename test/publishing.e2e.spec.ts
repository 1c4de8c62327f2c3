import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
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
  const { body } = await auditor.get('/v1/policies/default@1');
  const deadlines = body.policy.deadlines.map((rule: object) => ({ ...rule, count: 2 }));
  return { ...body.policy, version: 2, effectiveFrom: '2026-03-02', deadlines };
};

describe('rules at the doors', () => {
  it('are published, asked what they would do, and then reach the open cases, which say why they are due', async () => {
    const id = await receive('2026-02-27');
    const published = await head.post('/v1/policies', await secondVersion());
    expect(published).toMatchObject({ status: 201, body: { id: 'default', version: 2 } });
    expect((await auditor.get('/v1/policies')).body.policies).toContainEqual(
      expect.objectContaining({ name: 'default@2', supersededBy: null }),
    );

    const supposed = await auditor.get('/v1/whatif?policy=default@2&asOf=2026-03-04');
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
      version: 1,
      by: 2,
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
      policy: 'default@2',
      openedUnder: 'default@1',
      calendars: ['GB-ENG@1'],
    });
    const told = body.sentences.join('\n');
    expect(told).toContain('default@1 was superseded by default@2: The board decided.');
    expect(told).toContain('Tue 3 March 2026');
  });

  it('are asked through GraphQL as well', async () => {
    const query =
      '{ policies { policies { name } } calendar(id: "GB-SCT", year: 2026) { workingDays holidays { date } } }';
    const { body } = await auditor.post('/graphql', { query });
    expect(body.errors).toBeUndefined();
    expect(body.data.policies.policies).toContainEqual({ name: 'default@1' });
    expect(body.data.calendar.holidays).toContainEqual({ date: '2026-11-30' });
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
    expect(await head.post('/v1/policies', { ...second, version: 3, calendars: ['Atlantis'] })).toMatchObject(
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
});
