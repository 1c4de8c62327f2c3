import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { isObjectType, type GraphQLField, type GraphQLSchema } from 'graphql';
import { actorAtConsole } from '../src/access/console.js';
import { rolesFor } from '../src/access/permissions.js';
import { roles, type Role } from '../src/access/principal.js';
import { allDoors, isOpen, routesOf, type Door } from './support/all-doors.js';
import { testApplication, type Answered, type Caller, type TestApplication } from './support/application.js';
import { exampleOf } from './support/graphql-values.js';

/** Every role at every door: what is expected is read from the table of roles, and a sample is written by hand. */

let redress: TestApplication;
let server: FastifyInstance;
let schema: GraphQLSchema;
let doors: readonly Door[];
const callers = new Map<Role | 'none', Caller>();

beforeAll(async () => {
  redress = await testApplication();
  server = redress.app.getHttpAdapter().getInstance();
  ({ schema } = server.graphql as unknown as { schema: GraphQLSchema });
  doors = await allDoors(redress);
  for (const role of roles) callers.set(role, await redress.as(`${role}-1`, role));
  callers.set('none', await redress.as('nobody-1'));
});
afterAll(() => redress.close());

const callerOf = (role: Role | 'none'): Caller => callers.get(role) as Caller;

/** Nothing that is sent here is recorded, whoever may do it: no stream is at that version. */
const NO_VERSION = 999_999;
const UNKNOWN = '00000000-0000-7000-8000-000000000001';
const NAMED: Readonly<Record<string, string>> = { policies: 'default', calendars: 'GB-ENG' };

const addressOf = (name: string): { method: string; path: string } => {
  const [method = '', route = ''] = name.split(' ');
  const [, collection = ''] = /^\/v1\/([^/]+)/.exec(route) ?? [];
  const path = route
    .replace(':id', NAMED[collection] ?? UNKNOWN)
    .replace(':version', '1')
    .replaceAll(/:\w+/g, 'x')
    .replace('*', 'index.html');
  return { method, path };
};

const mutationInputOf = (kind: string, act: string): object => {
  const mutation = doors.find(
    (each) => each.transport === 'mutation' && each.kind === kind && each.act === act,
  );
  const fields = schema.getMutationType()?.getFields() ?? {};
  const input = fields[mutation?.name ?? '']?.args.find(({ name }) => name === 'input');
  return input ? (exampleOf(input.type) as object) : {};
};

const overHttp = (caller: Caller, { name, kind, act }: Door): Promise<Answered> => {
  const { method, path } = addressOf(name);
  if (method === 'GET') return caller.get(path);
  return caller.post(path, mutationInputOf(kind, act), { 'if-match': `"${NO_VERSION}"` });
};

const documentOf = (operation: string, name: string, field: GraphQLField<unknown, unknown>) => {
  const args = field.args.filter((arg) => String(arg.type).endsWith('!') || arg.name === 'expectedVersion');
  const declared = args.map((arg) => `$${arg.name}: ${arg.type.toString()}`).join(', ');
  const passed = args.map((arg) => `${arg.name}: $${arg.name}`).join(', ');
  const inside = isObjectType(field.type) ? '{ __typename }' : '';
  return {
    query: `${operation} ${declared && `(${declared})`} { ${name}${passed && `(${passed})`} ${inside} }`,
    variables: Object.fromEntries(
      args.map((arg) => [arg.name, arg.name === 'expectedVersion' ? NO_VERSION : exampleOf(arg.type)]),
    ),
  };
};

const overGraphql = async (caller: Caller, { transport, name }: Door): Promise<Answered> => {
  const type = transport === 'query' ? schema.getQueryType() : schema.getMutationType();
  const field = type?.getFields()[name];
  if (!field) throw new Error(`The schema has no ${name}.`);
  const answer = await caller.post('/graphql', documentOf(transport, name, field));
  const told = answer.body.errors?.[0]?.extensions;
  return told ? { ...answer, status: told.status, body: told } : answer;
};

const ask = (caller: Caller, door: Door): Promise<Answered> =>
  door.transport === 'http' ? overHttp(caller, door) : overGraphql(caller, door);

type Verdict = 'lets in' | 'refuses' | 'fails';

const verdictOf = ({ status, body }: Answered): Verdict => {
  if (status >= 500) return 'fails';
  return status === 403 && body.code === 'not-permitted' ? 'refuses' : 'lets in';
};

const isAllowed = (role: Role | 'none', { kind, act }: Door): boolean =>
  role !== 'none' && (rolesFor(kind, act) ?? []).includes(role);

describe.each([...roles, 'none'] as const)('somebody who holds %s', (role) => {
  it.each(['http', 'query', 'mutation'] as const)(
    'is let in over %s where the table says so, and nowhere else',
    async (transport) => {
      const [expected, found]: [string[], string[]] = [[], []];
      for (const door of doors.filter((each) => each.transport === transport)) {
        expected.push(`${door.name} ${isAllowed(role, door) ? 'lets in' : 'refuses'}`);
        found.push(`${door.name} ${verdictOf(await ask(callerOf(role), door))}`);
      }
      expect(found).toEqual(expected);
      expect(found.length).toBeGreaterThan(30);
    },
  );

  it('uses the commands of the command line that the table says, and no other', () => {
    process.env['REDRESS_ACTOR_ROLES'] = role === 'none' ? '' : role;
    const typed = doors.filter(({ transport }) => transport === 'command-line');
    const may = ({ kind, act }: Door): boolean => {
      try {
        return actorAtConsole(kind, act).role === role;
      } catch {
        return false;
      }
    };
    // Without a word the console is the operator’s and the auditor’s.
    const held = (door: Door): boolean => role !== 'none' && isAllowed(role, door);
    expect(typed.map((door) => [door.name, may(door)])).toEqual(typed.map((door) => [door.name, held(door)]));
    expect(typed.length).toBeGreaterThan(30);
  });
});

afterEach(() => {
  delete process.env['REDRESS_ACTOR_ROLES'];
});

it('somebody without a token is let in nowhere but where no token is asked for', async () => {
  for (const route of routesOf(server).filter((each) => !isOpen(each))) {
    const { method, path } = addressOf(`${route.method} ${route.path}`);
    const { statusCode } = await server.inject({ method: method as 'GET', url: path });
    expect([route, statusCode]).toEqual([route, 401]);
  }
});

/** Written by hand, from what each role is for; no line of it comes from the table. */
const sample: readonly (readonly [Role, 'may' | 'may not', string])[] = [
  ['intake', 'may', 'POST /v1/complaints'],
  ['intake', 'may', 'POST /v1/parties'],
  ['intake', 'may', 'POST /v1/complaints/:id/acknowledge'],
  ['intake', 'may not', 'POST /v1/complaints/:id/triage'],
  ['intake', 'may not', 'POST /v1/complaints/:id/close'],
  ['intake', 'may not', 'POST /v1/resolutions/:id/make-finding'],
  ['case-handler', 'may', 'POST /v1/complaints/:id/assign-handler'],
  ['case-handler', 'may', 'POST /v1/complaints/:id/close'],
  ['case-handler', 'may not', 'POST /v1/complaints/:id/reopen'],
  ['case-handler', 'may not', 'POST /v1/complaints/:id/recuse'],
  ['case-handler', 'may not', 'POST /v1/complaints/:id/place-legal-hold'],
  ['case-handler', 'may not', 'POST /v1/hearings/:id/start'],
  ['case-handler', 'may not', 'POST /v1/resolutions/:id/impose-sanction'],
  ['case-handler', 'may not', 'POST /v1/policies'],
  ['case-handler', 'may not', 'GET /v1/events'],
  ['case-handler', 'may not', 'GET /admin/queues'],
  ['investigator', 'may', 'POST /v1/complaints/:id/disclose'],
  ['investigator', 'may', 'POST /v1/complaints/:id/report'],
  ['investigator', 'may not', 'POST /v1/complaints/:id/withdraw-allegation'],
  ['investigator', 'may not', 'POST /v1/resolutions/:id/make-finding'],
  ['panel-member', 'may', 'GET /v1/hearings'],
  ['panel-member', 'may', 'POST /v1/complaints/:id/declare-conflict'],
  ['panel-member', 'may not', 'POST /v1/hearings/:id/start'],
  ['panel-member', 'may not', 'POST /v1/resolutions/:id/make-finding'],
  ['panel-chair', 'may', 'POST /v1/hearings/:id/start'],
  ['panel-chair', 'may', 'POST /v1/resolutions/:id/make-finding'],
  ['panel-chair', 'may not', 'POST /v1/complaints/:id/close'],
  ['decision-maker', 'may', 'POST /v1/resolutions/:id/impose-sanction'],
  ['decision-maker', 'may not', 'POST /v1/resolutions/:id/verify-decision'],
  ['decision-maker', 'may not', 'POST /v1/complaints/:id/extend-deadline'],
  ['independent-reviewer', 'may', 'POST /v1/resolutions/:id/veto-decision'],
  ['independent-reviewer', 'may not', 'POST /v1/resolutions/:id/make-finding'],
  ['casework-head', 'may', 'POST /v1/complaints/:id/recuse'],
  ['casework-head', 'may', 'POST /v1/policies'],
  ['casework-head', 'may not', 'POST /v1/resolutions/:id/make-finding'],
  ['casework-head', 'may not', 'POST /v1/resolutions/:id/verify-decision'],
  ['auditor', 'may', 'GET /v1/cases/:id'],
  ['auditor', 'may', 'GET /v1/cases/:id/history'],
  ['auditor', 'may', 'GET /v1/events'],
  ['auditor', 'may', 'GET /v1/audit/checkpoint'],
  ['auditor', 'may not', 'POST /v1/complaints'],
  ['auditor', 'may not', 'POST /v1/complaints/:id/acknowledge'],
  ['auditor', 'may not', 'POST /v1/policies'],
  ['auditor', 'may not', 'POST /v1/cases/:id/documents'],
  ['operator', 'may', 'GET /admin/queues'],
  ['operator', 'may', 'POST /v1/policies'],
  ['operator', 'may', 'GET /v1/staff'],
  ['operator', 'may not', 'GET /v1/cases'],
  ['operator', 'may not', 'GET /v1/cases/:id'],
  ['operator', 'may not', 'GET /v1/backlog'],
  ['operator', 'may not', 'GET /v1/reminders'],
  ['operator', 'may not', 'GET /v1/whatif'],
  ['operator', 'may not', 'GET /v1/parties'],
  ['operator', 'may not', 'GET /v1/documents/:id'],
  ['operator', 'may not', 'POST /v1/complaints/:id/close'],
  ['integration', 'may', 'POST /v1/complaints'],
  ['integration', 'may', 'GET /v1/events'],
  ['integration', 'may not', 'GET /v1/cases'],
  ['integration', 'may not', 'POST /v1/complaints/:id/acknowledge'],
];

describe('by hand:', () => {
  it.each(sample)('%s %s %s', async (role, word, name) => {
    const door = doors.find((each) => each.transport === 'http' && each.name === name);
    expect(door).toBeDefined();
    const verdict = verdictOf(await overHttp(callerOf(role), door as Door));
    expect(verdict).toBe(word === 'may' ? 'lets in' : 'refuses');
  });

  it('an auditor with another role reads, and does nothing by it', async () => {
    const both = await redress.as('both-1', 'auditor', 'casework-head', 'integration');
    expect((await both.get('/v1/cases')).status).toBe(200);
    for (const [path, body] of [
      ['/v1/complaints', {}],
      [`/v1/complaints/${UNKNOWN}/acknowledge`, {}],
      ['/v1/policies', {}],
    ] as const) {
      const answer = await both.post(path, body);
      expect([path, answer.status, answer.body.code]).toEqual([path, 403, 'auditor-acts-alone']);
    }
    // What no role of theirs may, is refused as ever.
    expect((await both.get('/admin/queues')).body.code).toBe('not-permitted');
  });
});
