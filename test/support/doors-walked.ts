import {
  getNullableType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
} from 'graphql';
import { z } from 'zod';
import type { Read } from '../../src/access/read-door.js';
import { readDoors } from '../../src/doors.js';
import type { Answered, Caller } from './application.js';
import type { SecretCase } from './secret-case.js';

/** Every question of the house, asked in every way in which it could tell of a case. */

export interface Asking {
  readonly name: string;
  readonly read: Read<unknown>;
  readonly given: Readonly<Record<string, string>>;
  /** Of what belongs to the case itself: asked by this id or reference. */
  readonly subject?: string;
}

const UNKNOWN = '00000000-0000-7000-8000-000000000009';

/** The day on which the machine records, and so the walk is made. */
const TODAY = new Date().toISOString().slice(0, 10);

/** What a parameter is given where it must be there and names nothing of a case. */
const NEEDED: Readonly<Record<string, string>> = {
  version: '1',
  until: TODAY,
  from: 'v1',
  to: TODAY,
  deadline: 'resolve',
  person: 'head-1',
  policy: 'default@1',
  source: 'a-register',
};

/** What it may be given, besides each of the words that it knows. */
const TRIED: Readonly<Record<string, readonly string[]>> = {
  asOf: [TODAY],
  on: [TODAY],
  handler: ['keeper'],
  recipient: ['keeper'],
  person: ['keeper', 'head-1'],
  openedFrom: ['2026-01-01'],
  quietSince: [TODAY],
  overdue: ['true', 'false'],
  missed: ['true', 'false'],
  mine: ['true'],
  first: ['1'],
};

interface Parameter {
  readonly enum?: readonly string[];
}

const parametersOf = ({ params }: Read<unknown>) => {
  const schema = z.toJSONSchema(params, { io: 'input', unrepresentable: 'any' });
  return {
    properties: (schema.properties ?? {}) as Readonly<Record<string, Parameter>>,
    required: schema.required ?? [],
  };
};

/** By which ids what belongs to the case is asked for. */
const subjectsAt = ({ path, params }: Read<unknown>, secret: SecretCase): readonly string[] => {
  const takes = (id: string): boolean => params.shape['id']?.safeParse(id).success === true;
  if (path.startsWith('cases/:id'))
    return takes(secret.reference) ? [secret.id, secret.reference] : [secret.id];
  if (path.startsWith('hearings/:id')) return [secret.hearing, secret.joint];
  if (path.startsWith('resolutions/:id')) return [secret.resolution];
  if (path.startsWith('parties/:id')) return [secret.complainant, secret.respondent, ...secret.named];
  return [];
};

/** Whose id names nothing of a case. */
const IDS: Readonly<Record<string, string>> = { policies: 'default', calendars: 'GB-ENG' };

/** Parameters that name something of the case, and what. */
const naming = ({ id, complainant, named }: SecretCase): readonly (readonly [string, string])[] => [
  ['case', id],
  ['caseId', id],
  ['party', complainant],
  ...named.map((each) => ['party', each] as const),
];

const asksOf = (name: string, read: Read<unknown>, secret: SecretCase): Asking[] => {
  const { properties, required } = parametersOf(read);
  const known = (parameter: string): string => {
    if (parameter === 'from' && name === 'statistics') return '2026-01-01';
    const value = parameter === 'id' ? (IDS[read.path.split('/')[0] ?? ''] ?? UNKNOWN) : NEEDED[parameter];
    if (value === undefined) throw new Error(`Say here what ${name} is given as its ${parameter}.`);
    return value;
  };
  // What must be named is nothing of the case, but where it is asked for.
  const names = naming(secret).filter(([parameter]) => parameter in properties);
  const base = Object.fromEntries(
    required.map((each) => [each, names.some(([name]) => name === each) ? UNKNOWN : known(each)]),
  );
  const subjects = subjectsAt(read, secret);
  const named: Asking[] = subjects.map((id) => ({ name, read, given: { ...base, id }, subject: id }));
  for (const [parameter, subject] of names)
    named.push({ name, read, given: { ...base, [parameter]: subject }, subject });
  if (read.path.startsWith('cases/:id')) named.push({ name, read, given: { ...base, id: secret.other } });
  if (read.path.startsWith('resolutions/:id'))
    named.push({ name, read, given: { ...base, id: secret.decision } });
  for (const [parameter] of names.filter(([each]) => each !== 'party'))
    named.push({ name, read, given: { ...base, [parameter]: secret.other } });
  if (subjects.length > 0 || names.some(([each]) => required.includes(each))) return named;
  const ways = Object.entries(properties).flatMap(([parameter, { enum: words = [] }]) => {
    const tried = parameter === 'q' ? [secret.reference] : (TRIED[parameter] ?? []);
    return [...words, ...tried].map((value) => ({ name, read, given: { ...base, [parameter]: value } }));
  });
  return [...named, { name, read, given: base }, ...ways];
};

export const everyAsking = (secret: SecretCase): Asking[] =>
  readDoors.flatMap(({ reads }) =>
    Object.entries(reads).flatMap(([name, read]) => asksOf(name, read, secret)),
  );

/** The same question about something that is not there. */
export const ofNothing = (asking: Asking): Asking => ({
  ...asking,
  given: Object.fromEntries(
    Object.entries(asking.given).map(([name, value]) => [
      name,
      value === asking.subject ? unknownLike(value) : value,
    ]),
  ),
});

/** An id for an id, a reference for a reference. */
export const unknownLike = (name: string): string => (/^\d{4}-\d+$/.test(name) ? '2026-999999' : UNKNOWN);

export const askOverRest = (caller: Caller, { read, given }: Asking): Promise<Answered> => {
  const inPath = read.path.split('/').flatMap((part) => (part.startsWith(':') ? [part.slice(1)] : []));
  const path = read.path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(given[name] ?? ''));
  const rest = Object.entries(given).filter(([name]) => !inPath.includes(name));
  if (read.posted) return caller.post(`/v1/${path}`, Object.fromEntries(rest));
  return caller.get(`/v1/${path}?${new URLSearchParams(rest).toString()}`);
};

const DEEP = 5;

/** All that can be read of an answer, so deep. */
const selectionOf = (type: GraphQLOutputType, depth = 0): string => {
  const bare = isNonNullType(type) ? getNullableType(type) : type;
  if (isListType(bare)) return selectionOf(bare.ofType, depth);
  if (!isObjectType(bare)) return '';
  if (depth === DEEP) return '{ __typename }';
  const fields = Object.values(bare.getFields())
    .filter(({ args }) => args.length === 0)
    .map((field) => `${field.name} ${selectionOf(field.type, depth + 1)}`);
  return `{ __typename ${fields.join(' ')} }`;
};

const literal = (type: string, value: string): unknown => {
  if (/^(Int|Whole|Float)/.test(type)) return Number(value);
  return type.startsWith('Boolean') ? value === 'true' : value;
};

export const askOverGraphql = (
  caller: Caller,
  schema: GraphQLSchema,
  { name, given }: Asking,
): Promise<Answered> => {
  const field = schema.getQueryType()?.getFields()[name];
  if (!field) throw new Error(`GraphQL has no query ${name}.`);
  const asked = { ...given, ...(field.args.some((arg) => arg.name === 'first') ? { first: '20' } : {}) };
  const args = field.args.filter((arg) => arg.name in asked);
  const declared = args.map((arg) => `$${arg.name}: ${arg.type.toString()}`).join(', ');
  const passed = args.map((arg) => `${arg.name}: $${arg.name}`).join(', ');
  const variables = Object.fromEntries(
    args.map((arg) => {
      const value = literal(arg.type.toString(), (asked as Record<string, string>)[arg.name] ?? '');
      return [arg.name, value];
    }),
  );
  const query = `query ${declared && `(${declared})`} { ${name}${passed && `(${passed})`} ${selectionOf(field.type)} }`;
  return caller.post('/graphql', { query, variables });
};

/** What the cursors in a text say, which anybody can read; one may hold another. */
const cursorsIn = (text: string): string[] =>
  [...text.matchAll(/[\w-]{16,}/g)]
    .map(([each]) => Buffer.from(each, 'base64url').toString())
    .filter((each) => each.startsWith('["'))
    .flatMap((each) => [each, ...cursorsIn(each)]);

/** What of the case an answer tells. */
export const tells = ({ marks }: SecretCase, { body }: Answered): string[] => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const read = [text, ...cursorsIn(text)];
  return marks.filter((mark) => read.some((each) => each.includes(mark)));
};

/** An answer, whatever it was asked about under these names. */
export const bare = ({ status, body }: Answered, ...names: readonly string[]) => [
  status,
  names
    .reduce((text, name) => text.replaceAll(name, '…'), JSON.stringify(body))
    .replaceAll(/"(instance|requestId|traceId)":"[^"]*"/g, ''),
];

export type Ask = (by: Caller, asking: Asking) => Promise<Answered>;

interface Walk {
  readonly secret: SecretCase;
  readonly ask: Ask;
  /** Who sees the case, and who must not. */
  readonly insider: Caller;
  readonly outsider: Caller;
}

/**
 * Asks everything: how often the insider was told something, where the outsider was told anything, and where what they were
 * told of it is not what they are told of nothing.
 */
export const walked = async ({ secret, ask, insider, outsider }: Walk) => {
  let told = 0;
  const [leaks, differing, refused]: [unknown[], unknown[], unknown[]] = [[], [], []];
  for (const asking of everyAsking(secret)) {
    const { name, given, subject } = asking;
    const seen = await ask(insider, asking);
    if (tells(secret, seen).length > 0) told += 1;
    if (seen.status >= 400 && subject !== undefined) refused.push([name, given, seen.body]);
    const answer = await ask(outsider, asking);
    if (subject === undefined) {
      if (tells(secret, answer).length > 0) leaks.push([name, given, tells(secret, answer)]);
      continue;
    }
    const nothing = await ask(outsider, ofNothing(asking));
    const [one, other] = [bare(answer, subject), bare(nothing, unknownLike(subject))];
    if (JSON.stringify(one) !== JSON.stringify(other)) differing.push([name, given, one, other]);
  }
  return { told, leaks, differing, refused };
};
