import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { caseActivity } from '../src/backlog/case-activity.follower.js';
import { Followers } from '../src/event-store/followers.js';
import { testApplication, type Caller, type TestApplication } from './support/application.js';
import { eventually } from './support/eventually.js';

describe('which cases have gone quiet', () => {
  let redress: TestApplication;
  let handler: Caller;

  beforeAll(async () => {
    redress = await testApplication();
    redress.app.get(Followers, { strict: false }).follow(caseActivity);
    handler = await redress.as('staff-1', 'case-handler');
  });
  afterAll(() => redress.close());

  const idOf = async (asked: ReturnType<Caller['post']>): Promise<string> => {
    const { status, body } = await asked;
    expect([status, body.detail]).toEqual([201, undefined]);
    return body.id;
  };

  const receive = () => {
    const receivedOn = redress.clock.today();
    return idOf(
      handler.post('/v1/complaints', {
        receivedOn,
        channel: 'letter',
        category: 'abuse',
        summary: 'Shouted at.',
      }),
    );
  };

  const lastOf = async (query = ''): Promise<Record<string, string | null>> => {
    const { status, body } = await handler.get(`/v1/cases${query}`);
    expect(status).toBe(200);
    const items: { id: string; lastActivityOn: string | null }[] = body.items;
    return Object.fromEntries(items.map(({ id, lastActivityOn }) => [id, lastActivityOn]));
  };

  it('is told by the list and the case: a day for each, whether its own, a hearing or a resolution moved', async () => {
    const cases = [await receive(), await receive(), await receive(), await receive()];
    const [quiet, assigned, heard, resolved] = cases as [string, string, string, string];
    await eventually(async () =>
      expect(await lastOf()).toEqual(Object.fromEntries(cases.map((id) => [id, '2026-03-02']))),
    );
    const hearing = await idOf(handler.post('/v1/hearings', { complaintIds: [heard], kind: 'first' }));
    const resolution = await idOf(handler.post('/v1/resolutions', { complaintId: resolved }));
    redress.clock.set('2026-04-01T10:00:00.000000Z');
    await handler.post(`/v1/complaints/${assigned}/assign-handler`, { handlerId: 'staff-2' });
    redress.clock.set('2026-04-02T10:00:00.000000Z');
    const done = [
      await handler.post(`/v1/hearings/${hearing}/cancel`, { reasons: 'Withdrawn.' }),
      await handler.post(`/v1/resolutions/${resolution}/offer-remedy`, {
        remedy: 'apology',
        description: 'In writing.',
      }),
    ];
    expect(done.map(({ status, body }) => [status, body.detail])).toEqual([
      [200, undefined],
      [200, undefined],
    ]);
    await eventually(async () =>
      expect(await lastOf()).toEqual({
        [quiet]: '2026-03-02',
        [assigned]: '2026-04-01',
        [heard]: '2026-04-02',
        [resolved]: '2026-04-02',
      }),
    );
    expect((await handler.get(`/v1/cases/${assigned}`)).body.lastActivityOn).toBe('2026-04-01');
    expect(Object.keys(await lastOf('?quietSince=2026-04-01'))).toEqual([quiet]);
    expect(Object.keys(await lastOf('?quietSince=2026-04-02&status=open'))).toEqual(
      expect.arrayContaining([quiet, assigned]),
    );
    expect(await lastOf('?quietSince=2026-03-02')).toEqual({});
    const query = '{ cases(quietSince: "2026-04-01") { edges { node { id lastActivityOn } } } }';
    expect((await handler.post('/graphql', { query })).body.data.cases.edges).toEqual([
      { node: { id: quiet, lastActivityOn: '2026-03-02' } },
    ]);
  });

  it('is told with how far behind that may be', async () => {
    await eventually(async () => {
      const { body } = await redress.app.getHttpAdapter().getInstance().inject('/metrics');
      expect(body).toMatch(/^redress_follower_lag_events\{follower="case-activity"\} 0$/m);
    });
  });
});
