import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { FastifyInstance } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import { roles } from '../src/access/principal.js';
import { developmentToken } from '../src/access/tokens.js';
import { commandDoors, readDoors } from '../src/doors.js';
import { anySpoiled } from './support/spoiled.js';
import { testApplication, type TestApplication } from './support/application.js';
import { anyGraphql, anyRequest, type Documented, type FuzzRequest } from './support/fuzz.js';

const RUNS = process.env['REDRESS_LONG'] ? 20_000 : 250;

let redress: TestApplication;
let server: FastifyInstance;
let authorization: string;
let known: string[];

beforeAll(async () => {
  redress = await testApplication();
  server = redress.app.getHttpAdapter().getInstance();
  const everyRole = { sub: 'staff-1', roles, ttl: '1d' };
  authorization = `Bearer ${await developmentToken(redress.config, everyRole)}`;
  const everybody = await redress.as('staff-1', ...roles);
  const complaint = {
    receivedOn: '2026-02-27',
    channel: 'letter',
    category: 'abuse',
    summary: 'Shouted at.',
  };
  const received = await everybody.post('/v1/complaints', complaint);
  const registered = await everybody.post('/v1/parties', { kind: 'person', name: 'Ada' });
  const enrolled = await everybody.post('/v1/staff', { staffId: 'staff-1', duties: ['team-lead'] });
  known = [received.body.id, registered.body.id, enrolled.body.id];
});
afterAll(() => redress.close());

const LEAKS =
  /\bat .+\.[jt]s:\d+|node_modules|\b(SELECT|INSERT INTO|DELETE FROM|UPDATE \w+ SET)\b|syntax error at or near|violates|invalid byte sequence/;

const send = async ({ method, url, headers, payload }: FuzzRequest) => {
  const answer = await server.inject({
    method,
    url,
    headers: { authorization, ...headers },
    ...(payload === undefined ? {} : { payload }),
  });
  return { status: answer.statusCode, body: answer.body };
};

const isHarmless = async (request: FuzzRequest): Promise<void> => {
  const { status, body } = await send(request);
  const told = { request, status, body };
  if (status >= 500) throw new Error(JSON.stringify(told).slice(0, 4000));
  if (status < 400 && !body.includes('"errors"')) return;
  if (LEAKS.test(body) || /"code":"internal"/.test(body))
    throw new Error(JSON.stringify(told).slice(0, 4000));
  expect(body).toMatch(/"code":"[a-z-]+"/);
};

/** What Zod, JavaScript or V8 say when nobody chose the words. */
const UNHELPFUL = /Invalid input|undefined|\b[Ee]xpected\b|\bNaN\b|\[object/;

/** A refusal is a problem document whose detail is a sentence of ours. */
const isWorded = async (request: FuzzRequest): Promise<void> => {
  const { status, body } = await send(request);
  if (status < 400) return;
  const { code, detail } = JSON.parse(body) as { readonly code?: string; readonly detail?: string };
  const told = JSON.stringify({ request, status, body }).slice(0, 4000);
  const isOurs = /^[a-z]+(-[a-z]+)*$/.test(code ?? '') && /\S/.test(detail ?? '');
  if (status >= 500 || !isOurs || LEAKS.test(body) || UNHELPFUL.test(detail ?? '')) throw new Error(told);
};

describe('whatever is sent', () => {
  it('in some place of a request that fits otherwise, it is refused in our own words', async () => {
    const requests = anySpoiled(commandDoors, readDoors, known);
    await fc.assert(fc.asyncProperty(requests, isWorded), { numRuns: RUNS });
  }, 3_600_000);

  it('to any path of the OpenAPI document, nothing breaks and nothing leaks', async () => {
    const document = (await server.inject('/openapi.json')).json<Documented>();
    await fc.assert(fc.asyncProperty(anyRequest(document, known), isHarmless), { numRuns: RUNS });
  }, 3_600_000);

  it('to any field of the GraphQL schema, nothing breaks and nothing leaks', async () => {
    const { schema } = server.graphql as unknown as { schema: GraphQLSchema };
    await fc.assert(fc.asyncProperty(anyGraphql(schema, known), isHarmless), { numRuns: RUNS });
  }, 3_600_000);
});
