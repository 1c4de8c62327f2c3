import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import fc from 'fast-check';
import type { FastifyInstance } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import { roles, type Role } from '../src/access/principal.js';
import { developmentToken } from '../src/access/tokens.js';
import { commandDoors, readDoors } from '../src/doors.js';
import { anySpoiled } from './support/spoiled.js';
import { testApplication, type TestApplication } from './support/application.js';
import { anyGraphql, anyHttp, anyRequest, type Documented, type FuzzRequest } from './support/fuzz.js';

// A sample that is the same each time; all of it under REDRESS_LONG, from a new beginning. REDRESS_SEED and REDRESS_RUNS say which
// and how many.

const LONG = process.env['REDRESS_LONG'] !== undefined;
const numRuns = Number(process.env['REDRESS_RUNS'] ?? (LONG ? 20_000 : 250));
const seed = Number(process.env['REDRESS_SEED'] ?? (LONG ? Date.now() % 2 ** 31 : 20_261_128));
/** No answer takes longer, on a machine however busy. */
const PATIENCE = 20_000;

let redress: TestApplication;
let server: FastifyInstance;
let authorizations: readonly string[];
let known: string[];
let document: Documented;
let answerOf: Answers;

beforeAll(async () => {
  process.stderr.write(`fuzz: ${numRuns} requests of each kind, REDRESS_SEED=${seed}\n`);
  redress = await testApplication();
  server = redress.app.getHttpAdapter().getInstance();
  // Who audits does nothing else: everything is sent by somebody with all other roles, and what they may not by an auditor.
  const others = roles.filter((role) => role !== 'auditor');
  authorizations = await Promise.all([bearer('staff-1', others), bearer('auditor-1', ['auditor'])]);
  const everybody = await redress.as('staff-1', ...others);
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
  document = (await server.inject('/openapi.json')).json<Documented>();
  answerOf = new Answers(document);
});
afterAll(() => redress.close());

const bearer = async (sub: string, held: readonly Role[]) =>
  `Bearer ${await developmentToken(redress.config, { sub, roles: held, ttl: '1d' })}`;

/** A value that is too long for a path is refused before there is an operation. */
const URI_TOO_LONG = 414;

/** The answers that the OpenAPI document describes. */
class Answers {
  private readonly ajv = new Ajv2020({ strict: false, validateFormats: false });
  private readonly made = new Map<string, ValidateFunction>();

  constructor(private readonly document: Documented) {
    this.ajv.addSchema(document, 'redress');
  }

  /** Why this is no answer that the document describes; undefined where it is. */
  fault({ of, method }: FuzzRequest, status: number, body: string): string | undefined {
    if (of === undefined || status === URI_TOO_LONG) return undefined;
    const responses = this.document.paths[of]?.[method.toLowerCase()]?.responses ?? {};
    if (!(status in responses)) return `${method} ${of} does not say that it answers ${status}`;
    const content = (responses[status] as { content?: Record<string, object> }).content ?? {};
    if (status >= 300 || !('application/json' in content)) return undefined;
    const valid = this.of(of, method.toLowerCase(), status);
    return valid(JSON.parse(body)) ? undefined : this.ajv.errorsText(valid.errors);
  }

  private of(path: string, method: string, status: number): ValidateFunction {
    const at = ['paths', path, method, 'responses', String(status), 'content', 'application/json', 'schema'];
    const pointer = at
      .map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1')))
      .join('/');
    const validate = this.made.get(pointer) ?? this.ajv.compile({ $ref: `redress#/${pointer}` });
    this.made.set(pointer, validate);
    return validate;
  }
}

const LEAKS =
  /\bat .+\.[jt]s:\d+|node_modules|\b(SELECT|INSERT INTO|DELETE FROM|UPDATE \w+ SET)\b|syntax error at or near|violates|invalid byte sequence/;

/** What Zod, JavaScript or V8 say when nobody chose the words. */
const UNHELPFUL = /Invalid input|undefined|\b[Ee]xpected\b|\bNaN\b|\[object/;

interface Told {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const sendAs = async (
  authorization: string,
  { method, url, headers, payload }: FuzzRequest,
): Promise<Told> => {
  const answer = await server.inject({
    method: method as 'GET',
    url,
    headers: { authorization, ...headers },
    ...(payload === undefined ? {} : { payload }),
  });
  return {
    status: answer.statusCode,
    type: String(answer.headers['content-type'] ?? ''),
    body: answer.body,
  };
};

const isCode = (code: unknown): boolean => typeof code === 'string' && /^[a-z]+(-[a-z]+)*$/.test(code);

/** RFC 9457, as docs/errors.md promises it. */
const problemFault = ({ status, type, body }: Told): string | undefined => {
  if (!type.startsWith('application/problem+json')) return `told as ${type}`;
  const problem = JSON.parse(body) as Record<string, unknown>;
  const { code, detail, title, instance } = problem;
  const whole =
    problem['status'] === status &&
    problem['type'] === `urn:redress:problem:${String(code)}` &&
    isCode(code) &&
    [detail, title, instance].every((text) => typeof text === 'string' && /\S/.test(text));
  return whole ? undefined : 'no whole problem document';
};

/** GraphQL's own shape, each error with a code. */
const graphqlFault = ({ status, type, body }: Told): string | undefined => {
  if (type.startsWith('application/problem+json')) return problemFault({ status, type, body });
  const { errors = [] } = JSON.parse(body) as {
    errors?: { message: unknown; extensions: { code: unknown } }[];
  };
  return errors.every(({ message, extensions }) => typeof message === 'string' && isCode(extensions.code))
    ? undefined
    : 'an error without a code';
};

const wellTold = (request: FuzzRequest, told: Told): string | undefined => {
  if (told.status >= 500) return 'it broke';
  if (told.body === '' && (request.method === 'HEAD' || told.status === 204)) return undefined;
  if (request.url.startsWith('/graphql')) return graphqlFault(told);
  return told.status >= 400 ? problemFault(told) : undefined;
};

const isRefusal = ({ status, body }: Told): boolean => status >= 400 || body.includes('"errors"');

const faultOf = (request: FuzzRequest, told: Told): string | undefined => {
  const fault = wellTold(request, told);
  if (fault !== undefined) return fault;
  if (isRefusal(told) && (LEAKS.test(told.body) || told.body.includes('"code":"internal"')))
    return 'it leaks';
  return answerOf.fault(request, told.status, told.body);
};

const isHarmless = async (request: FuzzRequest): Promise<Told> => {
  const [first = '', second = ''] = authorizations;
  const told = await harmlesslyAnswered(first, request);
  return told.status === 403 ? harmlesslyAnswered(second, request) : told;
};

const harmlesslyAnswered = async (authorization: string, request: FuzzRequest): Promise<Told> => {
  const began = performance.now();
  const told = await sendAs(authorization, request);
  const took = performance.now() - began;
  const fault = took > PATIENCE ? `it took ${Math.round(took)} ms` : faultOf(request, told);
  if (fault !== undefined) throw new Error(JSON.stringify({ fault, request, told }).slice(0, 4000));
  return told;
};

/** A refusal is a problem document whose detail is a sentence of ours. */
const isWorded = async (request: FuzzRequest): Promise<void> => {
  const told = await isHarmless(request);
  if (told.status < 400) return;
  const { detail } = JSON.parse(told.body) as { readonly detail: string };
  if (UNHELPFUL.test(detail)) throw new Error(JSON.stringify({ request, told }).slice(0, 4000));
};

const all = async (requests: fc.Arbitrary<FuzzRequest>, hold: (request: FuzzRequest) => Promise<unknown>) => {
  const property = fc.asyncProperty(requests, async (request) => void (await hold(request)));
  await fc.assert(property, { numRuns, seed });
};

describe('whatever is sent', () => {
  it('in some place of a request that fits otherwise, it is refused in our own words', async () => {
    await all(anySpoiled(commandDoors, readDoors, known), isWorded);
  }, 3_600_000);

  it('to any path of the OpenAPI document, it is answered as that says, and nothing breaks or leaks', async () => {
    await all(anyRequest(document, known), isHarmless);
  }, 3_600_000);

  it('to any field of the GraphQL schema, nothing breaks and nothing leaks', async () => {
    const { schema } = server.graphql as unknown as { schema: GraphQLSchema };
    await all(anyGraphql(schema, known), isHarmless);
  }, 3_600_000);

  it('by whatever method, headers and bytes, nothing breaks and nothing leaks', async () => {
    await all(anyHttp(document, known), isHarmless);
  }, 3_600_000);
});
