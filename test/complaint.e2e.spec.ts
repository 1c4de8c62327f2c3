import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { testApplication, type Caller, type TestApplication } from './support/application.js';

describe('a complaint through the REST door', () => {
  let redress: TestApplication;
  let handler: Caller;

  beforeAll(async () => {
    redress = await testApplication();
    handler = await redress.as('staff-1', 'case-handler');
  });
  afterAll(() => redress.close());

  const complaint = {
    receivedOn: '2026-02-27',
    channel: 'letter',
    category: 'abuse',
    summary: 'Shouted at.',
  };

  it('is received, acknowledged, and says which version it is at', async () => {
    const received = await handler.post('/v1/complaints', complaint);
    expect(received.status).toBe(201);
    expect(received.headers['location']).toBe(`/v1/cases/${received.body.id}`);
    expect((await handler.get(String(received.headers['location']))).status).toBe(200);
    expect(received.body).toEqual({ id: expect.any(String), reference: '2026-000001', version: 1 });
    const acknowledged = await handler.post(`/v1/complaints/${received.body.id}/acknowledge`);
    expect(acknowledged.body).toEqual({
      id: received.body.id,
      version: 2,
      events: ['ComplaintAcknowledged'],
    });
  });

  it('answers a repeated Idempotency-Key with the first answer', async () => {
    const first = await handler.post('/v1/complaints', complaint, { 'idempotency-key': 'once' });
    const again = await handler.post('/v1/complaints', complaint, { 'idempotency-key': 'once' });
    expect(again.body).toEqual(first.body);
    const other = await handler.post(
      '/v1/complaints',
      { ...complaint, category: 'other' },
      { 'idempotency-key': 'once' },
    );
    expect([other.status, other.body.code]).toEqual([422, 'idempotency-mismatch']);
  });

  it('refuses a stale If-Match with 412', async () => {
    const { body } = await handler.post('/v1/complaints', complaint);
    await handler.post(`/v1/complaints/${body.id}/acknowledge`);
    const stale = await handler.post(
      `/v1/complaints/${body.id}/assign-handler`,
      { handlerId: 'staff-2' },
      { 'if-match': '"1"' },
    );
    expect([stale.status, stale.body.code]).toEqual([412, 'version-conflict']);
  });

  it('is read with an ETag that a command takes as If-Match', async () => {
    const { body } = await handler.post('/v1/complaints', complaint);
    const read = async () => (await handler.get(`/v1/cases/${body.reference}`)).headers['etag'] as string;
    const etag = await read();
    const acknowledge = () => handler.post(`/v1/complaints/${body.id}/acknowledge`, {}, { 'if-match': etag });
    expect((await acknowledge()).status).toBe(200);
    expect((await acknowledge()).status).toBe(412);
    expect([etag, await read()]).toEqual(['"1"', '"2"']);
  });

  it('is told which commands there are when it is sent one that is none', async () => {
    const { body } = await handler.post('/v1/complaints', complaint);
    const { status, body: problem } = await handler.post(`/v1/complaints/${body.id}/nope`);
    expect([status, problem.code]).toEqual([404, 'not-found']);
    expect(problem.detail).toMatch(
      /^There is no command for complaints called nope\. There are acknowledge, /,
    );
  });

  it('is given the next reference when another has taken this one meanwhile, also in the same moment', async () => {
    const { body } = await handler.post('/v1/complaints', complaint);
    const [year, number] = body.reference.split('-');
    const after = (n: number) => `${year}-${String(Number(number) + n).padStart(6, '0')}`;
    const owner = new pg.Client({ connectionString: redress.databaseUrl });
    await owner.connect();
    await owner.query('UPDATE cases SET reference = $2 WHERE id = $1', [body.id, after(2)]);
    await owner.end();
    const three = await Promise.all([1, 2, 3].map(() => handler.post('/v1/complaints', complaint)));
    const references = three.map((answer) => answer.body.reference as string).toSorted();
    expect(references).toEqual([after(1), after(3), after(4)]);
  });

  it('shows a party with its contacts, and pages through them', async () => {
    const ids: string[] = [];
    for (const name of ['Ada', 'Ben']) {
      const { body } = await handler.post('/v1/parties', {
        kind: 'person',
        name,
        email: `${name}@example.org`,
      });
      ids.push(body.id);
    }
    const told = {
      id: ids[0],
      version: 1,
      kind: 'person',
      name: 'Ada',
      email: 'Ada@example.org',
      staffIds: [],
    };
    expect((await handler.get(`/v1/parties/${ids[0]}`)).body).toEqual(told);
    const first = await handler.get('/v1/parties?first=1');
    expect(first.body.items).toEqual([told]);
    const rest = await handler.get(`/v1/parties?first=1&after=${first.body.next}`);
    expect([rest.body.items[0].name, rest.body.next]).toEqual(['Ben', null]);
    expect((await handler.get('/v1/parties?colour=red')).status).toBe(400);
  });
});
