import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { developmentToken } from '../src/access/tokens.js';
import { testApplication, type TestApplication } from './support/application.js';

const MOST = 5;

let redress: TestApplication;
let server: FastifyInstance;

const begin = async (env: NodeJS.ProcessEnv) => {
  redress = await testApplication(env);
  server = redress.app.getHttpAdapter().getInstance();
};

const tokenOf = (sub: string) =>
  developmentToken(redress.config, { sub, roles: ['case-handler'], ttl: '1h' });

const ask = async (token: string, remoteAddress: string, url = '/v1/cases', more: object = {}) => {
  const headers = { authorization: `Bearer ${token}`, ...more };
  const { statusCode, headers: told, body } = await server.inject({ url, remoteAddress, headers });
  return {
    status: statusCode,
    wait: told['retry-after'],
    type: told['content-type'],
    problem: JSON.parse(body),
  };
};

const times = async <T>(count: number, one: (index: number) => Promise<T>): Promise<T[]> => {
  const all: T[] = [];
  while (all.length < count) all.push(await one(all.length));
  return all;
};

const statuses = (answers: readonly { status: number }[]) => [
  ...new Set(answers.map(({ status }) => status)),
];

describe('somebody who asks too often', () => {
  beforeAll(() => begin({ REDRESS_REQUESTS_PER_PERSON: String(MOST) }));
  afterAll(() => redress.close());

  it('is told to wait, with whatever token and from wherever; others are answered', async () => {
    const [one, another] = [await tokenOf('staff-1'), await tokenOf('staff-2')];
    expect(statuses(await times(MOST, (index) => ask(one, `192.0.2.${index}`)))).toEqual([200]);
    const refused = await ask(one, '192.0.2.9');
    expect(refused).toMatchObject({
      status: 429,
      type: 'application/problem+json; charset=utf-8',
      problem: { code: 'too-many-requests', status: 429, type: 'urn:redress:problem:too-many-requests' },
    });
    expect(Number(refused.wait)).toBeGreaterThan(0);
    expect(Number(refused.wait)).toBeLessThanOrEqual(60);
    const roles = ['case-handler', 'investigator'] as const;
    const anew = await developmentToken(redress.config, { sub: 'staff-1', roles, ttl: '2h' });
    expect((await ask(anew, '192.0.2.1')).status).toBe(429);
    expect((await ask(another, '192.0.2.1')).status).toBe(200);
  });
});

describe('an address from which too much comes', () => {
  beforeAll(() =>
    begin({ REDRESS_REQUESTS_PER_ADDRESS: String(MOST), REDRESS_TRUSTED_PROXIES: '10.0.0.0/24' }),
  );
  afterAll(() => redress.close());

  it('is told to wait, whether it is known or not; another is answered, and a probe always', async () => {
    const token = await tokenOf('staff-1');
    const unknown = (await times(MOST, () => ask('x', '192.0.2.1'))).concat(await ask(token, '192.0.2.1'));
    expect(unknown.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 429]);
    expect((await ask(token, '192.0.2.1', '/nowhere')).problem.code).toBe('too-many-requests');
    expect((await ask(token, '192.0.2.1', '/health/live')).status).toBe(200);
    expect((await ask(token, '192.0.2.2')).status).toBe(200);
  });

  it('is counted as one with all of its network, where that is one of IPv6', async () => {
    const token = await tokenOf('staff-1');
    await times(MOST, (index) => ask(token, `2001:db8:0:1::${index + 1}`));
    expect((await ask(token, '2001:db8:0:1:ffff::9')).status).toBe(429);
    expect((await ask(token, '2001:db8:0:2::1')).status).toBe(200);
  });

  it('is the one that a proxy names, if that is one of ours', async () => {
    const token = await tokenOf('staff-1');
    const through = (proxy: string, index: number) =>
      ask(token, proxy, '/v1/cases', { 'x-forwarded-for': `198.51.100.${index}` });
    expect(statuses(await times(MOST + 1, (index) => through('10.0.0.7', index)))).toEqual([200]);
    const stranger = await times(MOST + 1, (index) => through('203.0.113.1', index));
    expect(stranger.at(-1)?.status).toBe(429);
  });
});

describe('an address from which tokens come that are not valid', () => {
  beforeAll(() => begin({ REDRESS_FAILED_SIGN_INS: String(MOST) }));
  afterAll(() => redress.close());

  it('may try no more of them; whoever is signed in there stays so, and elsewhere nobody notices', async () => {
    const [known, unknown] = [await tokenOf('staff-1'), await tokenOf('staff-2')];
    expect((await ask(known, '192.0.2.1')).status).toBe(200);
    const bad = (index: number) => ask(`${unknown}${index}`, '192.0.2.1');
    expect(statuses(await times(MOST + 1, bad))).toEqual([401]);
    const refused = await ask(unknown, '192.0.2.1');
    expect([refused.status, refused.problem.code]).toEqual([429, 'too-many-failed-sign-ins']);
    expect(Number(refused.wait)).toBeGreaterThan(0);
    expect((await ask(known, '192.0.2.1')).status).toBe(200);
    expect((await ask(unknown, '192.0.2.2')).status).toBe(200);
  });

  it('may neither try them as passwords of the queues', async () => {
    const headers = { authorization: `Basic ${Buffer.from('x:y').toString('base64')}` };
    const look = () => server.inject({ url: '/admin/queues', remoteAddress: '192.0.2.3', headers });
    const answers = await times(MOST + 2, look);
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([401, 401, 401, 401, 401, 401, 429]);
  });
});
