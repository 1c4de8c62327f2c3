import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testApplication, type Caller, type TestApplication } from './support/application.js';

describe('the backlog and the cases through their doors', () => {
  let redress: TestApplication;
  let handler: Caller;
  let id: string;

  const receive = async (fields: object): Promise<string> => {
    const { body } = await handler.post('/v1/complaints', {
      channel: 'letter',
      category: 'abuse',
      summary: 'Shouted at.',
      ...fields,
    });
    return body.id;
  };

  beforeAll(async () => {
    redress = await testApplication();
    handler = await redress.as('staff-1', 'case-handler');
    id = await receive({ receivedOn: '2026-02-20' });
    await receive({ receivedOn: '2026-02-27', category: 'noise' });
    await handler.post(`/v1/complaints/${id}/assign-handler`, { handlerId: 'staff-2' });
  });
  afterAll(() => redress.close());

  it('lists the cases, the latest received first, with their ages and what is due', async () => {
    const { body } = await handler.get('/v1/cases');
    expect(body.next).toBeNull();
    expect(body.items.map(({ receivedOn }: { receivedOn: string }) => receivedOn)).toEqual([
      '2026-02-27',
      '2026-02-20',
    ]);
    expect(body.items[1]).toEqual({
      id,
      reference: '2026-000001',
      status: 'received',
      category: 'abuse',
      severity: null,
      handlerId: 'staff-2',
      receivedOn: '2026-02-20',
      closedOn: null,
      outcome: null,
      sourceName: null,
      sourceId: null,
      nextDueOn: '2026-02-27',
      overdue: true,
      missed: 1,
      lastActivityOn: null,
      age: { calendarDays: 10, workingDays: 6 },
      version: 2,
    });
  });

  it('filters, pages, and refuses what it does not know', async () => {
    const { body } = await handler.get('/v1/cases?overdue=true&handler=staff-2&sort=-age');
    expect(body.items.map((item: { id: string }) => item.id)).toEqual([id]);
    const first = await handler.get('/v1/cases?first=1&sort=age');
    const rest = await handler.get(`/v1/cases?first=1&sort=age&after=${first.body.next}`);
    expect([rest.body.items[0].id, rest.body.next]).toEqual([id, null]);
    for (const wrong of ['sort=colour', 'overdue=perhaps', 'status=lost', 'openedFrom=2019-02-30', 'q=%00'])
      expect([wrong, (await handler.get(`/v1/cases?${wrong}`)).status]).toEqual([wrong, 400]);
    const stranger = await handler.get(`/v1/cases?sort=-age&after=${first.body.next}`);
    expect([stranger.status, stranger.body.code]).toEqual([400, 'bad-cursor']);
  });

  it('answers the backlog of a day, and as GraphQL does', async () => {
    const { body } = await handler.get('/v1/backlog?asOf=2026-02-27&calendar=weekdays&over=6');
    expect(body).toMatchObject({
      asOf: '2026-02-27',
      basis: 'known-now',
      open: 2,
      age: { calendarDays: { n: 2, min: 0, median: 3.5, mean: 3.5, p90: 7, max: 7, sum: 7 } },
      over: { calendarDays: { 6: 1 }, workingDays: { 6: 0 } },
    });
    expect(body.oldest[0]).toEqual({
      reference: '2026-000001',
      sourceId: null,
      receivedOn: '2026-02-20',
      calendarDays: 7,
      workingDays: 5,
    });
    const query =
      '{ backlog(asOf: "2026-02-27", calendar: "weekdays", over: "6") { open over { calendarDays } oldest { reference } } cases(sort: "-age", first: 1) { edges { node { reference overdue age { workingDays } } } } }';
    const asked = await handler.post('/graphql', { query });
    expect(asked.body.data).toEqual({
      backlog: {
        open: 2,
        over: { calendarDays: { 6: 1 } },
        oldest: [{ reference: '2026-000001' }, { reference: '2026-000002' }],
      },
      cases: { edges: [{ node: { reference: '2026-000001', overdue: true, age: { workingDays: 6 } } }] },
    });
  });

  it('counts working days by a calendar of the organisation, as last revised', async () => {
    const head = await redress.as('head-1', 'casework-head');
    const add = [{ date: '2026-02-25', name: 'Closed' }];
    await head.post('/v1/calendars/head-office/revise', { add, source: 'The board.', reasons: 'A move.' });
    const { body } = await handler.get('/v1/backlog?asOf=2026-02-27&calendar=head-office');
    expect(body.oldest[0]).toMatchObject({ calendarDays: 7, workingDays: 4 });
    const cited = await handler.get('/v1/backlog?calendar=head-office@1');
    expect([cited.status, cited.body.code]).toEqual([422, 'unknown-calendar']);
  });

  it('refuses a backlog that nobody can tell', async () => {
    const codeOf = async (query: string) => (await handler.get(`/v1/backlog?${query}`)).body.code;
    expect(await codeOf('asOf=2026-03-03')).toBe('as-of-in-future');
    expect(await codeOf('asOf=2019-02-30')).toBe('invalid-input');
    expect(await codeOf('over=many')).toBe('invalid-input');
    expect(await codeOf('calendar=Atlantis')).toBe('unknown-calendar');
    expect(await codeOf('source=nowhere')).toBe('unknown-source');
  });
});
