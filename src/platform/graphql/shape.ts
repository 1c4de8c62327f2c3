import {
  GraphQLBoolean,
  GraphQLFloat,
  GraphQLID,
  GraphQLInt,
  GraphQLString,
  type GraphQLScalarType,
} from 'graphql';
import { nameIn, type Described, type JsonSchema } from '../json-schema.js';
import { Day, Instant, Json, Whole } from './scalars.js';

/** What GraphQL can say of a JSON Schema. What it cannot say is any JSON, which the Zod schema checks all the same. */
export type Shape =
  | { readonly is: 'scalar'; readonly scalar: GraphQLScalarType }
  | { readonly is: 'enum'; readonly values: readonly string[] }
  | { readonly is: 'list'; readonly item: JsonSchema }
  | ObjectShape;

export interface ObjectShape {
  readonly is: 'object';
  readonly name?: string;
  readonly fields: Readonly<Record<string, JsonSchema>>;
  readonly required: readonly string[];
}

export interface Read {
  readonly shape: Shape;
  readonly nullable: boolean;
  readonly description?: string;
}

type Named = Described['named'];

const INT = 2 ** 31;
const NAME = /^[A-Za-z][A-Za-z0-9_]*$/;

/** GraphQL's spelling of a word: `resolve-informally` is RESOLVE_INFORMALLY. */
export const enumName = (word: string): string =>
  word
    .replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase();

const scalar = (of: GraphQLScalarType): Shape => ({ is: 'scalar', scalar: of });

const enumOf = (values: readonly unknown[]): Shape => {
  const words = values.filter((value) => typeof value === 'string');
  const names = new Set(words.map(enumName));
  const sayable = words.length === values.length && names.size === words.length;
  if (!sayable) return scalar(words.length === values.length ? GraphQLString : Json);
  return [...names].every((name) => NAME.test(name)) ? { is: 'enum', values: words } : scalar(GraphQLString);
};

const objectOf = ({ properties = {}, required = [] }: JsonSchema): Shape => {
  const names = Object.keys(properties);
  if (names.length === 0 || !names.every((name) => NAME.test(name))) return scalar(Json);
  return { is: 'object', fields: properties, required };
};

const formats: Readonly<Record<string, GraphQLScalarType>> = {
  date: Day,
  'date-time': Instant,
  uuid: GraphQLID,
};

const integer = ({ minimum = -Infinity, maximum = Infinity }: JsonSchema): Shape =>
  scalar(minimum >= -INT && maximum < INT ? GraphQLInt : Whole);

const byType: Readonly<Record<string, (schema: JsonSchema) => Shape>> = {
  string: ({ format = '' }) => scalar(formats[format] ?? GraphQLString),
  integer,
  number: () => scalar(GraphQLFloat),
  boolean: () => scalar(GraphQLBoolean),
  array: ({ items }) => (items ? { is: 'list', item: items } : { is: 'list', item: {} }),
  object: objectOf,
};

/** Alternatives of objects become one object that may hold the fields of each; `required` is what all of them need. */
const merged = (shapes: readonly ObjectShape[]): Shape => {
  const [first, ...others] = shapes;
  const required = (first?.required ?? []).filter((name) =>
    others.every((other) => other.required.includes(name)),
  );
  const fields: Record<string, JsonSchema> = {};
  for (const shape of shapes)
    for (const [name, field] of Object.entries(shape.fields)) {
      const known = fields[name];
      fields[name] = known ? eitherOf(known, field) : field;
    }
  return { is: 'object', fields, required };
};

const eitherOf = (one: JsonSchema, other: JsonSchema): JsonSchema =>
  JSON.stringify(one) === JSON.stringify(other) ? one : { anyOf: [one, other] };

const alternatives = (all: readonly Shape[]): Shape => {
  const objects = all.filter((shape) => shape.is === 'object');
  if (objects.length === all.length) return merged(objects);
  const enums = all.filter((shape) => shape.is === 'enum');
  if (enums.length === all.length) return enumOf([...new Set(enums.flatMap(({ values }) => values))]);
  const [first] = all;
  const same = all.every(
    (shape) => shape.is === 'scalar' && first?.is === 'scalar' && shape.scalar === first.scalar,
  );
  return first && same ? first : scalar(Json);
};

const isNull = ({ type }: JsonSchema): boolean => type === 'null';

const ofAlternatives = (all: readonly JsonSchema[], named: Named): Read => {
  const reads = all.filter((schema) => !isNull(schema)).map((schema) => readShape(schema, named));
  const nullable = reads.length < all.length || reads.some((read) => read.nullable);
  const [only] = reads;
  if (reads.length === 1 && only) return { ...only, nullable };
  return { shape: alternatives(reads.map(({ shape }) => shape)), nullable };
};

const ofReference = (ref: string, named: Named): Read => {
  const name = nameIn(ref);
  const read = readShape(named[name] ?? {}, named);
  return read.shape.is === 'object' ? { ...read, shape: { ...read.shape, name } } : read;
};

const ofType = (schema: JsonSchema, named: Named): Read => {
  const { type } = schema;
  if (typeof type === 'object')
    return ofAlternatives(
      type.map((one) => ({ ...schema, type: one })),
      named,
    );
  const shape = type === undefined ? undefined : byType[type]?.(schema);
  // Where anything may stand, null may stand too.
  return shape ? { shape, nullable: false } : { shape: scalar(Json), nullable: true };
};

const bare = (schema: JsonSchema, named: Named): Read => {
  if (schema.$ref !== undefined) return ofReference(schema.$ref, named);
  const any = schema.anyOf ?? schema.oneOf;
  if (any) return ofAlternatives(any, named);
  if (schema.enum) return { shape: enumOf(schema.enum), nullable: false };
  if (typeof schema.const === 'string') return { shape: enumOf([schema.const]), nullable: false };
  return ofType(schema, named);
};

export const readShape = (schema: JsonSchema, named: Named): Read => ({
  ...bare(schema, named),
  ...(schema.description === undefined ? {} : { description: schema.description }),
});
