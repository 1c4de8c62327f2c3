import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { developmentToken } from '../src/access/tokens.js';
import { testApplication, type TestApplication } from './support/application.js';

// What the operator's log tells of whoever was not let in or not allowed.

let redress: TestApplication;
const lines: Record<string, unknown>[] = [];

beforeAll(async () => {
  const sink = new Writable({
    write: (chunk: Buffer, _, done) => {
      lines.push(JSON.parse(chunk.toString()) as Record<string, unknown>);
      done();
    },
  });
  redress = await testApplication({}, pino(sink));
});
afterAll(() => redress.close());

const refusals = () => lines.splice(0).filter(({ msg }) => msg === 'refused');

describe('the log', () => {
  it('tells which door refused a token, by the request’s id and never by what was sent', async () => {
    const asked = {
      url: '/v1/cases?q=Ada',
      headers: { authorization: 'Bearer x.y.z', 'x-request-id': '00000000-0000-7000-8000-000000000001' },
    };
    expect((await redress.app.inject(asked)).statusCode).toBe(401);
    const told = refusals();
    expect(told).toEqual([
      expect.objectContaining({
        requestId: '00000000-0000-7000-8000-000000000001',
        method: 'GET',
        route: '/v1/cases',
        code: 'token-refused',
      }),
    ]);
    expect(JSON.stringify(told)).not.toMatch(/Ada|x\.y\.z/);
  });

  it('tells what somebody may not do, over REST and GraphQL', async () => {
    const who = { sub: 'staff-1', roles: ['operator'], ttl: '1h' };
    const headers = { authorization: `Bearer ${await developmentToken(redress.config, who)}` };
    expect((await redress.app.inject({ url: '/v1/cases', headers })).statusCode).toBe(403);
    const payload = { query: '{ cases { edges { cursor } } }' };
    await redress.app.inject({ method: 'POST', url: '/graphql', headers, payload });
    expect(refusals().map(({ method, route, code }) => [method, route, code])).toEqual([
      ['GET', '/v1/cases', 'not-permitted'],
      ['POST', '/graphql', 'not-permitted'],
    ]);
  });

  it('tells nothing of who came without a token', async () => {
    await redress.app.inject('/v1/cases');
    expect(refusals()).toEqual([]);
  });
});
