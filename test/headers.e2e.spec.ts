import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { developmentToken } from '../src/access/tokens.js';
import { testApplication, type TestApplication } from './support/application.js';

// What a browser is told of every kind of answer, and which pages of other places it may let ask.

const OURS = 'https://cases.example.org';

let redress: TestApplication;
let server: FastifyInstance;
let authorization: string;

beforeAll(async () => {
  redress = await testApplication({ REDRESS_CORS_ORIGINS: `${OURS}, https://b.example.org:8443` });
  await redress.app.listen(0, '127.0.0.1');
  server = redress.app.getHttpAdapter().getInstance();
  const who = { sub: 'staff-1', roles: ['case-handler', 'operator'], ttl: '1h' };
  authorization = `Bearer ${await developmentToken(redress.config, who)}`;
});
afterAll(() => redress.close());

const EVERYWHERE: Readonly<Record<string, RegExp>> = {
  'strict-transport-security': /^max-age=31536000; includeSubDomains$/,
  'x-content-type-options': /^nosniff$/,
  'x-frame-options': /^DENY$/,
  'referrer-policy': /^no-referrer$/,
  'cross-origin-opener-policy': /^same-origin$/,
  'cross-origin-resource-policy': /^same-origin$/,
  'content-security-policy':
    /(?=.*frame-ancestors 'none')(?=.*base-uri '(none|self)')(?=.*(object-src|default-src) 'none')/,
};

const isGuarded = (told: Record<string, unknown>) => {
  for (const [name, value] of Object.entries(EVERYWHERE))
    expect([name, told[name]]).toEqual([name, expect.stringMatching(value)]);
  expect(told).not.toHaveProperty('x-powered-by');
  expect(told).not.toHaveProperty('server');
};

const json = { 'content-type': 'application/json' };
const answers: readonly (readonly [string, number, object])[] = [
  ['what is asked', 200, { url: '/v1/cases' }],
  ['the start', 200, { url: '/' }],
  ['GraphQL', 200, { method: 'POST', url: '/graphql', headers: json, payload: '{"query":"{ __typename }"}' }],
  ['a query that is none', 400, { method: 'POST', url: '/graphql', headers: json, payload: '{"query":"{"}' }],
  ['a broken body', 400, { method: 'POST', url: '/v1/complaints', headers: json, payload: '{' }],
  ['a broken escape', 400, { url: '/v1/%zz' }],
  ['a stranger', 401, { url: '/v1/cases', headers: { authorization: 'Bearer x' } }],
  ['somebody who may not', 403, { url: '/v1/events?named=true', headers: { authorization: '' } }],
  ['an address that leads nowhere', 404, { url: '/nowhere' }],
  [
    'a body too large',
    413,
    { method: 'POST', url: '/v1/complaints', headers: json, payload: `"${'x'.repeat(2 ** 20)}"` },
  ],
  [
    'a body of another type',
    415,
    { method: 'POST', url: '/v1/complaints', headers: { 'content-type': 'text/xml' }, payload: '<a/>' },
  ],
  ['metrics', 200, { url: '/metrics' }],
  ['the description', 200, { url: '/openapi.json' }],
  ['the documents', 200, { url: '/docs' }],
  ['a file of the documents', 200, { url: '/docs/swagger-ui.css' }],
  ['the queues', 200, { url: '/admin/queues' }],
];

describe('a browser is told what it may do with', () => {
  it.each(answers)('%s (%d)', async (what, status, { headers, ...request }: { headers?: object }) => {
    const told = what.startsWith('somebody') ? await anIntegration() : authorization;
    const answer = await server.inject({
      ...request,
      headers: { authorization: told, ...(told === authorization ? headers : {}) },
    });
    expect([answer.statusCode, answer.body.slice(0, 200)]).toEqual([status, expect.anything()]);
    isGuarded(answer.headers);
    if (!/queues|documents/.test(what)) expect(answer.headers['cache-control']).toMatch(/no-store/);
    expect(String(answer.headers['content-type'])).toMatch(/; ?charset=utf-8/i);
  });

  it('an answer to TRACE, which nothing is sent back to', async () => {
    const asked = {
      method: 'TRACE' as 'GET',
      url: '/v1/cases',
      headers: { authorization, 'x-mine': 'secret-word' },
    };
    const answer = await server.inject(asked);
    expect(answer.statusCode).toBeGreaterThanOrEqual(404);
    expect(answer.body).not.toMatch(/secret-word|Bearer e/);
  });

  it('an answer to what is not HTTP', async () => {
    const { port } = redress.app.getHttpServer().address() as AddressInfo;
    const socket = connect(port, '127.0.0.1');
    socket.write('nonsense\r\n\r\n');
    const [, ...lines] = ((await text(socket)).split('\r\n\r\n')[0] ?? '').split('\r\n');
    isGuarded(Object.fromEntries(lines.map((line) => line.split(/: (.*)/s))));
  });
});

const anIntegration = async () => {
  const who = { sub: 'service-1', roles: ['integration'], ttl: '1h' };
  return `Bearer ${await developmentToken(redress.config, who)}`;
};

const preflight = async (origin: string) => {
  const headers = {
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,content-type',
  };
  return server.inject({ method: 'OPTIONS', url: '/v1/complaints', headers });
};

const grantsOf = (told: Record<string, unknown>) =>
  Object.keys(told).filter((name) => name.startsWith('access-control-'));

describe('a page of another place', () => {
  it('may ask where it is named in the settings', async () => {
    for (const origin of [OURS, 'https://b.example.org:8443']) {
      const { statusCode, headers } = await preflight(origin);
      expect([statusCode, headers['access-control-allow-origin']]).toEqual([204, origin]);
      expect(headers['access-control-allow-methods']).toBe('GET, POST');
      expect(headers['access-control-allow-headers']).toContain('authorization');
      expect(headers).not.toHaveProperty('access-control-allow-credentials');
      expect(headers['vary']).toMatch(/Origin/i);
      isGuarded(headers);
    }
    const asked = await server.inject({ url: '/v1/cases', headers: { authorization, origin: OURS } });
    expect([asked.statusCode, asked.headers['access-control-allow-origin']]).toEqual([200, OURS]);
    expect(asked.headers['access-control-expose-headers']).toContain('etag');
  });

  it.each([
    'https://evil.example',
    'https://cases.example.org.evil.example',
    'http://cases.example.org',
    'null',
  ])('may not otherwise: %s', async (origin) => {
    expect((await preflight(origin)).headers).not.toHaveProperty('access-control-allow-origin');
    const { headers } = await server.inject({ url: '/health/live', headers: { origin } });
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });
});

describe('where no origin is set', () => {
  let closed: TestApplication;
  beforeAll(async () => {
    closed = await testApplication();
  });
  afterAll(() => closed.close());

  it('no page of any other place may ask', async () => {
    const headers = { origin: OURS, 'access-control-request-method': 'POST' };
    const asked = await closed.app.inject({ method: 'OPTIONS', url: '/v1/complaints', headers });
    expect([asked.statusCode, grantsOf(asked.headers)]).toEqual([404, []]);
    const { headers: told } = await closed.app.inject({ url: '/health/live', headers });
    expect(grantsOf(told)).toEqual([]);
  });
});
