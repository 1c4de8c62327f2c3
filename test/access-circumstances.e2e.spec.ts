import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import { actsByPath } from '../src/access/command-door.js';
import { mutationName } from '../src/access/graphql-mutations.js';
import { rolesFor } from '../src/access/permissions.js';
import { roles, type Role } from '../src/access/principal.js';
import { developmentToken } from '../src/access/tokens.js';
import { commandDoors } from '../src/doors.js';
import { plusDays } from '../src/clocks/days.js';
import { testApplication, type Answered, type Caller, type TestApplication } from './support/application.js';
import {
  askOverGraphql,
  askOverRest,
  everyAsking,
  ofNothing,
  unknownLike,
  type Asking,
} from './support/doors-walked.js';
import { exampleOf } from './support/graphql-values.js';
import { nameAll, secretCase, whoeverMay, workingRoles, type SecretCase } from './support/secret-case.js';

/**
 * Every role at every door of a case, as it stands to whoever comes: their own, another's, one that they have a conflict in, and
 * one that was erased. What a role may is read from its table; what a case is to somebody is said here.
 */

let redress: TestApplication;
let schema: GraphQLSchema;
let head: Caller;
const cases = new Map<string, SecretCase>();

/** Who comes, and to which case. */
const circumstances = {
  own: { sub: 'keeper', of: 'kept' },
  other: { sub: 'stranger', of: 'kept' },
  conflicted: { sub: 'cousin', of: 'kept' },
  restricted: { sub: 'stranger', of: 'restricted' },
  erased: { sub: 'stranger', of: 'erased' },
} as const;
type Circumstance = keyof typeof circumstances;

const SUMMARY = 'Shouted at.';
/** What is personal in such a case: it was written into it. */
const WORDS = [SUMMARY, 'Grave.', 'A friend'];

const tokenOf = async (sub: string): Promise<string> =>
  `Bearer ${await developmentToken(redress.config, { sub, roles: workingRoles, ttl: '1h' })}`;

const done = async (asked: Promise<Answered>): Promise<void> => {
  const { status, body } = await asked;
  expect([body.detail, status < 300]).toEqual([undefined, true]);
};

const erase = async ({ id, hearing, joint }: SecretCase): Promise<void> => {
  const on = (command: string, body: object) => done(head.post(`/v1/complaints/${id}/${command}`, body));
  for (const each of [hearing, joint])
    await done(head.post(`/v1/hearings/${each}/cancel`, { reasons: 'They withdrew.' }));
  await on('withdraw', { by: (cases.get('erased') as SecretCase).complainant, reasons: 'They asked.' });
  await on('close', { outcome: 'withdrawn', reasons: 'They asked.' });
  await on('erase', { basis: 'unlawful' });
};

beforeAll(async () => {
  redress = await testApplication();
  const server: FastifyInstance = redress.app.getHttpAdapter().getInstance();
  ({ schema } = server.graphql as unknown as { schema: GraphQLSchema });
  head = await whoeverMay(redress, 'head-1');
  const token = await tokenOf('head-1');
  for (const name of ['kept', 'restricted', 'erased'])
    cases.set(name, await secretCase(redress, head, token));
  const kept = cases.get('kept') as SecretCase;
  const cousin = await redress.as('cousin', 'panel-member');
  await done(cousin.post(`/v1/complaints/${kept.id}/declare-conflict`, { nature: 'A cousin.' }));
  await erase(cases.get('erased') as SecretCase);
  redress.clock.set(new Date().toISOString());
  const restricted = cases.get('restricted') as SecretCase;
  const restriction = await nameAll(head, plusDays(redress.clock.today(), 365));
  await done(head.post(`/v1/complaints/${restricted.id}/restrict-case`, restriction));
});
afterAll(() => redress.close());

interface Attempt {
  readonly name: string;
  readonly kind: string;
  readonly act: string;
  readonly send: (by: Caller) => Promise<Answered>;
  /** The same about something that is not there. */
  readonly miss: (by: Caller) => Promise<Answered>;
  /** By what it is asked for, and missed. */
  readonly names: readonly string[];
}

const questions = (about: SecretCase): Attempt[] =>
  everyAsking(about).flatMap((asking: Asking): Attempt[] => {
    const { name, given, read, subject } = asking;
    if (subject === undefined || !read.params.safeParse(given).success) return [];
    const missing = ofNothing(asking);
    const told = `${name} ${Object.keys(given).join()}`;
    const asked = { kind: 'read', act: read.permission, names: [subject, unknownLike(subject)] };
    const overGraphql = (each: Asking) => (by: Caller) => askOverGraphql(by, schema, each);
    const overRest = (each: Asking) => (by: Caller) => askOverRest(by, each);
    return [
      { ...asked, name: `GET ${told}`, send: overRest(asking), miss: overRest(missing) },
      { ...asked, name: `query ${told}`, send: overGraphql(asking), miss: overGraphql(missing) },
    ];
  });

const exampleFor = (mutation: string): object => {
  const fields = schema.getMutationType()?.getFields() ?? {};
  const input = fields[mutation]?.args.find(({ name }) => name === 'input');
  return input ? (exampleOf(input.type) as object) : {};
};

/** No stream is at that version: nothing that is sent here is recorded. */
const STALE = { 'if-match': '"999999"' };

const commands = (about: SecretCase): Attempt[] => {
  const ids: Readonly<Record<string, string>> = {
    complaint: about.id,
    hearing: about.hearing,
    resolution: about.resolution,
    deadlines: about.id,
  };
  return commandDoors.flatMap((door) => {
    const id = ids[door.kind];
    if (id === undefined) return [];
    return [...actsByPath(door)]
      .filter(([, act]) => rolesFor(door.kind, act) !== undefined)
      .map(([segment, act]): Attempt => {
        const body = exampleFor(mutationName(door, act));
        const to = (stream: string) => (by: Caller) =>
          by.post(`/v1/${door.path}/${stream}/${segment}`, body, STALE);
        const names = [id, unknownLike(id)];
        const name = `POST ${door.path} ${segment}`;
        return { kind: door.kind, act, name, names, send: to(id), miss: to(unknownLike(id)) };
      });
  });
};

const codeOf = ({ body }: Answered): unknown => body.errors?.[0]?.extensions.code ?? body.code;

/** An answer, whatever was asked about. */
const bare = ({ status, body }: Answered, names: readonly string[]): string =>
  `${status} ${names
    .reduce((text, name) => text.replaceAll(name, '…'), JSON.stringify(body))
    .replaceAll(/"(instance|requestId)":"[^"]*"/g, '')}`;

const PERMITTED: Readonly<Record<Circumstance, string>> = {
  own: 'is there',
  other: 'is there',
  conflicted: 'is not there',
  restricted: 'is not there',
  erased: 'is there, and says nothing',
};

/** A restriction does not keep auditors out, nor anybody from breaking the glass. */
const isUnrestricted = (role: Role, { act }: Attempt): boolean => act === 'BreakGlass' || role === 'auditor';

/** As what the case stands to them at this door. */
const standing = (role: Role, attempt: Attempt, which: Circumstance): Circumstance =>
  which === 'restricted' && isUnrestricted(role, attempt) ? 'other' : which;

/** What a case is to whoever comes, told from the answer. */
const seen = async (caller: Caller, { send, miss, names }: Attempt, which: Circumstance): Promise<string> => {
  const answer = await send(caller);
  if (answer.status >= 500) return `fails ${answer.status}`;
  if (codeOf(answer) === 'not-permitted') return 'not permitted';
  if (which === 'conflicted' || which === 'restricted')
    return bare(answer, names) === bare(await miss(caller), names) ? 'is not there' : 'is there';
  if (codeOf(answer) === 'not-found') return 'is not there';
  if (which !== 'erased') return 'is there';
  const said = WORDS.filter((word) => JSON.stringify(answer.body).includes(word));
  return said.length === 0 ? 'is there, and says nothing' : `is there, and says ${said.join()}`;
};

describe.each(roles)('somebody who holds %s', (role: Role) => {
  it.each(Object.keys(circumstances) as Circumstance[])(
    'meets at every door of a case that is %s what they should',
    async (which) => {
      const { sub, of } = circumstances[which];
      const caller = await redress.as(sub, role);
      const about = cases.get(of) as SecretCase;
      const [found, wanted]: [string[], string[]] = [[], []];
      for (const attempt of [...questions(about), ...commands(about)]) {
        const may = rolesFor(attempt.kind, attempt.act)?.includes(role) === true;
        const stands = standing(role, attempt, which);
        found.push(`${attempt.name}: ${await seen(caller, attempt, stands)}`);
        wanted.push(`${attempt.name}: ${may ? PERMITTED[stands] : 'not permitted'}`);
      }
      expect(found).toEqual(wanted);
      expect(found.length).toBeGreaterThan(100);
    },
  );
});

it('nobody breaks a glass that nobody would hear', async () => {
  const { id } = cases.get('restricted') as SecretCase;
  const broken = async () =>
    (await redress.as('threatened', 'case-handler')).post(`/v1/complaints/${id}/break-glass`, {
      reason: 'A threat.',
    });
  const refused = await broken();
  expect([refused.status, refused.body.code]).toEqual([422, 'nobody-to-tell']);
  await done(head.post('/v1/staff', { staffId: 'chief@example.org', duties: ['casework-head'] }));
  expect((await broken()).status).toBe(200);
});

/** Written by hand: who, which case, what, and what they are told. */
describe('by hand:', () => {
  it.each([
    ['keeper', 'case-handler', 'kept', 200],
    ['stranger', 'panel-member', 'kept', 200],
    ['auditor-1', 'auditor', 'kept', 200],
    ['operator-1', 'operator', 'kept', 403],
    ['cousin', 'case-handler', 'kept', 404],
    ['cousin', 'casework-head', 'kept', 404],
    ['cousin', 'auditor', 'kept', 404],
    ['cousin', 'operator', 'kept', 403],
    ['keeper', 'case-handler', 'restricted', 200],
    ['stranger', 'case-handler', 'restricted', 404],
    ['stranger', 'casework-head', 'restricted', 404],
    ['stranger', 'auditor', 'restricted', 200],
    ['stranger', 'case-handler', 'erased', 200],
    ['stranger', 'integration', 'erased', 403],
  ] as const)('%s as %s reads the case that was %s: %s', async (sub, role, of, status) => {
    const { id } = cases.get(of) as SecretCase;
    const answer = await (await redress.as(sub, role)).get(`/v1/cases/${id}`);
    expect(answer.status).toBe(status);
    if (status === 200) expect(answer.body.summary).toBe(of === 'erased' ? '[erased]' : SUMMARY);
  });
});
