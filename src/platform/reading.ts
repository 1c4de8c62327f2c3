import { z } from 'zod';
import { described, nameIn, type JsonSchema } from './json-schema.js';

/** What somebody gave, checked against a schema. The one place that words what Zod finds: each fault once, and what to do. */

/** One fault, and where it stands. */
export interface Fault {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

export type Reading<T> =
  { readonly ok: true; readonly data: T } | { readonly ok: false; readonly faults: readonly Fault[] };

const within = (least: number | undefined, most: number | undefined): string => {
  if (least !== undefined && most !== undefined) return least === most ? `${most}` : `${least} to ${most}`;
  if (most !== undefined) return `at most ${most}`;
  return least === undefined ? '' : `at least ${least}`;
};

const sized = (what: string, range: string, unit = ''): string =>
  range === '' ? what : `${what} of ${range}${unit}`;

const formats: Readonly<Record<string, string>> = {
  date: 'a day as YYYY-MM-DD',
  'date-time': 'an instant such as 2018-03-28T10:00:00+01:00',
  uuid: 'an id as Redress returned it',
  email: 'a mail address',
  uri: 'a web address',
};

const textOf = ({ format = '', minLength, maxLength }: JsonSchema): string =>
  formats[format] ??
  sized('a text', within(minLength as number | undefined, maxLength as number | undefined), ' characters');

const numberOf = ({ type, minimum, maximum }: JsonSchema): string => {
  const what = type === 'integer' ? 'a whole number' : 'a number';
  const range = within(minimum, maximum);
  return range === '' ? what : `${what}, ${range}`;
};

const listOf = ({ minItems, maxItems }: JsonSchema): string =>
  sized('a list', within(minItems as number | undefined, maxItems as number | undefined));

const MOST_FIELDS = 12;

const objectOf = ({ required = [] }: JsonSchema): string => {
  if (required.length === 0 || required.length > MOST_FIELDS) return 'an object';
  return `an object with ${required.join(', ')}`;
};

const kinds: Readonly<Record<string, (schema: JsonSchema) => string>> = {
  string: textOf,
  integer: numberOf,
  number: numberOf,
  boolean: () => 'true or false',
  array: listOf,
  object: objectOf,
  null: () => 'null',
};

const written = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const eitherOf = (schemas: readonly JsonSchema[], named: Readonly<Record<string, JsonSchema>>): string =>
  [...new Set(schemas.map((schema) => wordsFor(schema, named)))].join(' or ');

const wordsFor = (schema: JsonSchema, named: Readonly<Record<string, JsonSchema>>): string => {
  if (schema.$ref !== undefined) return wordsFor(named[nameIn(schema.$ref)] ?? {}, named);
  const any = schema.anyOf ?? schema.oneOf;
  if (any) return eitherOf(any, named);
  if (schema.enum) return schema.enum.map(written).join(' or ');
  if (schema.const !== undefined) return written(schema.const);
  return kinds[typeof schema.type === 'string' ? schema.type : '']?.(schema) ?? 'a JSON value';
};

const known = new WeakMap<z.core.$ZodType, string>();

/** What a schema takes, in words. Remembered: one body can hold the same fault ten thousand times. */
const wordsOf = (schema: z.core.$ZodType): string => {
  const before = known.get(schema);
  if (before !== undefined) return before;
  const { schema: shape, named } = described(schema as z.ZodType, 'input');
  const words = wordsFor(shape, named);
  known.set(schema, words);
  return words;
};

const fieldsOf = (schema: unknown, more: readonly string[]): string => {
  const names = [...(schema instanceof z.ZodObject ? Object.keys(schema.shape) : []), ...more];
  return names.length === 0 ? 'This takes no field at all.' : `Known are ${names.join(', ')}.`;
};

type Raw = z.core.$ZodRawIssue;

const isSchema = (inst: Raw['inst']): inst is z.core.$ZodType => inst instanceof z.core.$ZodType;

const kindOf = (value: unknown): string => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number') return 'a number';
  return (
    { string: 'a text', boolean: 'true or false', object: 'an object' }[typeof value as string] ?? 'this'
  );
};

/** What was given in place of what was wanted; nothing where it is of the right kind, or not there. */
const given = (issue: Raw): string => {
  if (issue.code !== 'invalid_type' || issue.input === undefined || Number.isNaN(issue.input)) return '';
  return issue.expected === 'int' && typeof issue.input === 'number' ? '' : `, not ${kindOf(issue.input)}`;
};

const wanted = (issue: Raw): string => {
  const kindsTold = issue.code === 'invalid_union' ? issue['options'] : undefined;
  if (Array.isArray(kindsTold)) return kindsTold.map(written).join(' or ');
  const schema = issue.schema ?? (isSchema(issue.inst) ? issue.inst : undefined);
  return schema ? wordsOf(schema) : 'another value';
};

/** What to do about an issue, where its schema says nothing itself. */
const words =
  (around: readonly string[]) =>
  (issue: Raw): string =>
    issue.code === 'unrecognized_keys'
      ? `There is no such field here. ${fieldsOf(issue.inst, issue.path?.length ? [] : around)}`
      : `Give ${wanted(issue)}${given(issue)}.`;

type Issue = z.core.$ZodIssue;

const isMissing = ({ code, input }: Issue): boolean =>
  input === undefined && (code === 'invalid_type' || code === 'invalid_value');

/** Of several shapes the one that was most likely meant: it has the fewest faults. None where not even the kind is right. */
const meant = (options: readonly (readonly Issue[])[]): readonly Issue[] => {
  const near = options.filter((issues) => issues.every(({ path }) => path.length > 0));
  return near.toSorted((one, other) => one.length - other.length)[0] ?? [];
};

const inner = (issue: Issue): readonly Issue[] => {
  if (issue.code === 'invalid_union') return meant(issue.errors);
  return issue.code === 'invalid_key' ? issue.issues : [];
};

const faultsOf = (issue: Issue, above: readonly PropertyKey[] = []): Fault[] => {
  const path = [...above, ...issue.path];
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: [...path, key], message: issue.message }));
  const nested = inner(issue);
  if (nested.length > 0) return nested.flatMap((one) => faultsOf(one, path));
  return [{ path, message: isMissing(issue) ? `This is missing. ${issue.message}` : issue.message }];
};

/** A misspelt name explains the field that is missing, so it comes first; of one place only the first fault is told. */
const told = (issues: readonly Issue[]): Fault[] => {
  const [unknown, others] = [true, false].map((are) =>
    issues.filter(({ code }) => (code === 'unrecognized_keys') === are),
  );
  const faults = [...(unknown ?? []), ...(others ?? [])].flatMap((issue) => faultsOf(issue));
  const byPlace = new Map<string, Fault>();
  for (const fault of faults) {
    const place = JSON.stringify(fault.path);
    if (!byPlace.has(place)) byPlace.set(place, fault);
  }
  return [...byPlace.values()];
};

/** `around`: fields that were taken off the value before, and are known all the same. */
export const reading = <S extends z.core.$ZodType>(
  schema: S,
  value: unknown,
  around: readonly string[] = [],
): Reading<z.output<S>> => {
  const read = z.safeParse(schema, value, { error: words(around), reportInput: true });
  return read.success ? { ok: true, data: read.data } : { ok: false, faults: told(read.error.issues) };
};

const LONGEST_PLACE = 300;

/** Where a fault stands, for a machine; whoever sends a field with a name of a megabyte does not get it back. */
export const placeOf = ({ path }: Fault): string => path.join('.').slice(0, LONGEST_PLACE);

const LONGEST_NAME = 60;

const nameFor = (step: PropertyKey): string => {
  const name = String(step);
  return /^[\w-]{1,60}$/.test(name) ? name : JSON.stringify(name.slice(0, LONGEST_NAME));
};

/** `receivedOn: Give a day. colour: There is no such field here.` */
export const sentenceOf = (faults: readonly Fault[]): string =>
  faults
    .map(({ path, message }) => (path.length === 0 ? message : `${path.map(nameFor).join('.')}: ${message}`))
    .join(' ');
