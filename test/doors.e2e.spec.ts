import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { isObjectType, type GraphQLSchema } from 'graphql';
import { commandDoors } from '../src/doors.js';
import { isOpen, routesOf } from './support/all-doors.js';
import { exampleOf } from './support/graphql-values.js';
import { testApplication, type Caller, type TestApplication } from './support/application.js';

let redress: TestApplication;
let server: FastifyInstance;
let handler: Caller;

beforeAll(async () => {
  redress = await testApplication();
  server = redress.app.getHttpAdapter().getInstance();
  handler = await redress.as('staff-1', 'case-handler');
});
afterAll(() => redress.close());

const routes = () => routesOf(server);

describe('who may come in', () => {
  it('lets nobody pass without a token, but to the start, health, metrics and the documents', async () => {
    expect(routes().length).toBeGreaterThan(8);
    for (const { method, path } of routes()) {
      const url = path
        .replace(/:\w+/g, '00000000-0000-7000-8000-000000000001')
        .replace(/\/?\*$/, '/index.css');
      const { statusCode } = await server.inject({ method: method as 'GET', url });
      expect([method, path, statusCode === 401]).toEqual([method, path, !isOpen({ method, path })]);
    }
  });

  it('answers no GraphQL field to somebody without a role', async () => {
    const nobody = await redress.as('staff-9');
    const { schema } = server.graphql as unknown as { schema: GraphQLSchema };
    for (const [operation, type] of [
      ['query', schema.getQueryType()],
      ['mutation', schema.getMutationType()],
    ] as const) {
      for (const [name, field] of Object.entries(type?.getFields() ?? {})) {
        const given = field.args.filter((arg) => String(arg.type).endsWith('!'));
        const [declared, passed] = [
          given.map((arg) => `$${arg.name}: ${arg.type.toString()}`).join(', '),
          given.map((arg) => `${arg.name}: $${arg.name}`).join(', '),
        ];
        const inside = isObjectType(field.type) ? '{ __typename }' : '';
        const query = `${operation} ${declared && `(${declared})`} { ${name}${passed && `(${passed})`} ${inside} }`;
        const variables = Object.fromEntries(given.map((arg) => [arg.name, exampleOf(arg.type)]));
        const { body } = await nobody.post('/graphql', { query, variables });
        expect([name, body.errors?.[0]?.extensions.code]).toEqual([name, 'not-permitted']);
      }
    }
  });
});

describe('the documents', () => {
  it('describe every route that is there, and no other', async () => {
    const { body: document } = await handler.get('/openapi.json');
    const described = Object.entries(document.paths as Record<string, object>).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const acts = commandDoors.flatMap(({ path }) => [`POST /v1/${path}/{id}/{command}`]);
    const there = routes()
      .filter(({ path }) => !/^\/(docs|openapi|admin)/.test(path))
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
    const missing = there.filter((route) => !described.includes(route) && !acts.includes(route));
    expect(missing).toEqual([]);
    const commands = described.filter((route) =>
      acts.some((act) => route.startsWith(act.slice(0, act.indexOf('{command}')))),
    );
    expect(described.filter((route) => !there.includes(route) && !commands.includes(route))).toEqual([]);
  });

  it('show a page that finds all it loads', async () => {
    const page = await server.inject({ method: 'GET', url: '/docs' });
    expect(page.statusCode).toBe(200);
    expect((await server.inject('/docs/')).headers.location).toBe('../docs');
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain('upgrade-insecure-requests');
    expect(page.body).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>[^<]*\S/);
    const assets = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, asset = '']) => asset);
    expect(assets.length).toBeGreaterThan(3);
    for (const asset of assets) {
      const { pathname } = new URL(asset, 'http://redress/docs');
      const got = await server.inject({ method: 'GET', url: pathname });
      expect([pathname, got.statusCode]).toEqual([pathname, 200]);
    }
  });
});

describe('operations', () => {
  it('show whoever comes with the address alone where to go', async () => {
    const start = (await server.inject('/')).json<Record<string, string>>();
    expect(start).toMatchObject({ docs: '/docs', openapi: '/openapi.json', graphql: '/graphql' });
    for (const path of [start['docs'], start['openapi'], start['ready']])
      expect([path, (await server.inject(path ?? '')).statusCode]).toEqual([path, 200]);
  });

  it('tell that the process lives and is ready', async () => {
    expect((await server.inject('/health/live')).json()).toEqual({ status: 'live' });
    expect((await server.inject('/health/ready')).json()).toEqual({ status: 'ready' });
  });

  it('tell metrics to this machine alone', async () => {
    await handler.post('/v1/parties', { kind: 'person', name: 'Ada' });
    const { statusCode, body } = await server.inject('/metrics');
    expect(statusCode).toBe(200);
    for (const name of [
      'http_request_seconds',
      'append_batch_seconds',
      'appends_total',
      'database_connections',
    ])
      expect(body).toContain(`redress_${name}`);
    expect(body).toContain('route="/v1/parties"');
    expect(body).not.toContain('Ada');
    const far = await server.inject({ url: '/metrics', remoteAddress: '192.0.2.1' });
    const proxied = await server.inject({ url: '/metrics', headers: { 'x-forwarded-for': '192.0.2.1' } });
    expect([far.statusCode, proxied.statusCode]).toEqual([403, 403]);
  });
});
