import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { developmentToken } from '../src/access/tokens.js';
import { Queues } from '../src/platform/queue.js';
import { testApplication, type TestApplication } from './support/application.js';
import { hasRedis, startRedis, type RedisServer } from './support/redis.js';

const backends = ['PostgreSQL', 'Redis'].filter((backend) => backend !== 'Redis' || hasRedis);

it('says so when the queue cannot be reached', async () => {
  const redress = await testApplication({ REDIS_URL: 'redis://127.0.0.1:1' });
  const operator = await redress.as('someone', 'operator');
  const { status, body, headers } = await operator.get('/admin/queues');
  expect([status, body.code, headers['retry-after']]).toEqual([503, 'queue-unreachable', '2']);
  await redress.close();
});

describe.each(backends)('the board of queues on %s', (backend) => {
  let redis: RedisServer | undefined;
  let redress: TestApplication;
  let server: FastifyInstance;
  let operator: string;

  beforeAll(async () => {
    redis = backend === 'Redis' ? await startRedis() : undefined;
    redress = await testApplication(redis ? { REDIS_URL: redis.url } : {});
    server = redress.app.getHttpAdapter().getInstance();
    operator = await tokenOf('operator');
  });
  afterAll(async () => {
    await redress.close();
    await redis?.stop();
  });

  const tokenOf = (...roles: string[]) =>
    developmentToken(redress.config, { sub: 'someone', roles, ttl: '1h' });
  const basic = (token: string) => `Basic ${Buffer.from(`me:${token}`).toString('base64')}`;
  const get = (path: string, authorization?: string) =>
    server.inject({ url: `/admin/queues${path}`, headers: authorization ? { authorization } : {} });

  it('asks for a password, and lets nobody in but an operator', async () => {
    for (const path of ['', '/', '/api/queues', '/static/favicon.ico', '/queue/reminder-sweeps']) {
      const nobody = await get(path);
      expect([path, nobody.statusCode, nobody.headers['www-authenticate']]).toEqual([
        path,
        401,
        'Basic realm="Redress, the token as password", charset="UTF-8"',
      ]);
      expect((await get(path, basic('nonsense'))).statusCode).toBe(401);
      const head = await tokenOf('casework-head', 'auditor');
      expect((await get(path, basic(head))).json()).toMatchObject({ status: 403, code: 'not-permitted' });
    }
    for (const authorization of [basic(operator), `Bearer ${operator}`])
      expect((await get('', authorization)).statusCode).toBe(200);
    const elsewhere = { url: '/v1/staff', headers: { authorization: basic(operator) } };
    expect((await server.inject(elsewhere)).statusCode).toBe(401);
  });

  it('shows a page that finds all it loads, from here alone', async () => {
    const page = await get('', basic(operator));
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.headers['content-security-policy']).toMatch(/^default-src 'none';script-src 'self';/);
    expect(page.body).toContain('<base href="/admin/queues/" />');
    const assets = [...page.body.matchAll(/(?:src|href)="(static\/[^"]+)"/g)].map(([, asset = '']) => asset);
    expect(assets.length).toBeGreaterThan(4);
    for (const asset of assets) {
      const got = await get(`/${asset}`, basic(operator));
      expect([asset, got.statusCode, got.rawPayload.length > 0]).toEqual([asset, 200, true]);
    }
  });

  it('lists the queues and their jobs, and changes nothing', async () => {
    const queue = await redress.app.get(Queues, { strict: false }).queue('reminder-deliveries');
    await queue.add('deliver', { deadline: 'resolve' }, { jobId: 'reminder-1', delay: 3_600_000 });
    const listed = await get('/api/queues?activeQueue=reminder-deliveries&status=delayed', basic(operator));
    const { queues } = listed.json<{ queues: { name: string; readOnlyMode: boolean; jobs: object[] }[] }>();
    expect(queues.map(({ name, readOnlyMode }) => [name, readOnlyMode])).toEqual([
      ['reminder-sweeps', true],
      ['reminder-deliveries', true],
      ['retention', true],
    ]);
    expect(queues[1]?.jobs).toEqual([expect.objectContaining({ data: { deadline: 'resolve' } })]);
    expect((await get('/api/redis/stats', basic(operator))).statusCode).toBe(200);
    const headers = { authorization: basic(operator) };
    for (const [method, path] of [
      ['PUT', '/api/queues/reminder-deliveries/pause'],
      ['PUT', '/api/queues/reminder-deliveries/empty'],
      ['POST', '/api/queues/reminder-deliveries/add'],
    ] as const)
      expect((await server.inject({ method, url: `/admin/queues${path}`, headers })).statusCode).toBe(404);
    expect([await queue.isPaused(), await queue.getJobCountByTypes('delayed')]).toEqual([false, 1]);
  });
});
