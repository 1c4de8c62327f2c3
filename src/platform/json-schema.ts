import { z } from 'zod';

/** Zod shapes as JSON Schema: what OpenAPI and GraphQL are both written from. */

/** The part of JSON Schema 2020-12 that Zod writes. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly items?: JsonSchema | false;
  readonly prefixItems?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly [keyword: string]: unknown;
}

/** A shape, and the shapes that it names by `.meta({ id })`. */
export interface Described {
  readonly schema: JsonSchema;
  readonly named: Readonly<Record<string, JsonSchema>>;
}

const NAMED = '#/components/schemas/';

/** The name in a reference to a named shape. */
export const nameIn = (ref: string): string => ref.slice(ref.lastIndexOf('/') + 1);
export const refTo = (name: string): JsonSchema => ({ $ref: `${NAMED}${name}` });

/** What a format says already, and bounds that are only JavaScript's own. */
const saysNothing = (keyword: string, value: unknown, { format }: JsonSchema): boolean => {
  if (keyword === 'pattern') return format !== undefined;
  return keyword === 'readOnly' || Math.abs(Number(value)) === Number.MAX_SAFE_INTEGER;
};

/** A shape that holds itself and has no name is any JSON value. */
const refRewritten = (ref: string): JsonSchema => {
  const name = nameIn(ref);
  return name.startsWith('__schema') ? {} : refTo(name);
};

/** Keywords whose values are not shapes themselves. */
const VALUES = new Set(['default', 'enum', 'const', 'required', 'examples']);

const mapped = <T, U>(record: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));

const keywordRewritten = (keyword: string, value: unknown): unknown => {
  if (VALUES.has(keyword)) return value;
  return keyword === 'properties' ? mapped(value as Record<string, unknown>, rewritten) : rewritten(value);
};

const rewritten = (node: unknown): unknown => {
  if (Array.isArray(node)) return node.map(rewritten);
  if (typeof node !== 'object' || node === null) return node;
  const { $ref, $defs: _, $schema: __, ...rest } = node as JsonSchema;
  const kept = Object.entries(rest).filter(([keyword, value]) => !saysNothing(keyword, value, rest));
  const inner = Object.fromEntries(
    kept.map(([keyword, value]) => [keyword, keywordRewritten(keyword, value)]),
  );
  return typeof $ref === 'string' ? { ...refRewritten($ref), ...inner } : inner;
};

/** As the caller sends it (`input`: what has a default may be left out) or as it is answered (`output`). */
export const described = (schema: z.ZodType, io: 'input' | 'output'): Described => {
  const whole = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as JsonSchema;
  const { $defs = {}, ...own } = whole as JsonSchema & { $defs?: Record<string, JsonSchema> };
  const named = Object.entries($defs).filter(([name]) => !name.startsWith('__schema'));
  return {
    schema: rewritten(own) as JsonSchema,
    named: Object.fromEntries(named.map(([name, shape]) => [name, rewritten(shape) as JsonSchema])),
  };
};
