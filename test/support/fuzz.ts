import fc from 'fast-check';
import {
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  getNamedType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLOutputType,
  type GraphQLSchema,
} from 'graphql';
import type { JsonSchema } from '../../src/platform/json-schema.js';

/** Requests that mostly fit what the doors describe of themselves, and here and there do not. */

export interface FuzzRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly payload?: string;
  /** Which path of the OpenAPI document this was made for. */
  readonly of?: string;
}

interface Operation {
  readonly responses: Readonly<Record<string, unknown>>;
  readonly parameters?: readonly { name: string; in: string; required: boolean; schema: JsonSchema }[];
  readonly requestBody?: { content: Record<string, { schema: JsonSchema }> };
}

export interface Documented {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

export const nasty = fc.constantFrom<unknown>(
  null,
  '',
  ' ',
  '\0',
  '\ud800',
  '\u202e',
  "'; DROP TABLE cases; --",
  '../../etc/passwd',
  '__proto__',
  '2019-02-30',
  '0000-00-00',
  '-000001-01-01',
  '9999-12-31T23:59:60Z',
  -1,
  0,
  1.5,
  2 ** 31,
  2 ** 53,
  -(2 ** 63),
  1e308,
  true,
  [],
  {},
  [[]],
  { constructor: 1 },
  'x'.repeat(20_000),
);

/** A value as described, or one time in 25 something else entirely. */
const mostly = (fitting: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 24, arbitrary: fitting }, { weight: 1, arbitrary: fc.oneof(nasty, fc.jsonValue()) });

const day = fc
  .date({ min: new Date('1899-01-01'), max: new Date('2201-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const instant = fc
  .date({ min: new Date('1000-01-01'), max: new Date('9999-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());

const words = ['Europe/London', 'staff-1', 'receivedOn', 'acknowledge', 'a word', '2026-03-01'];

const textual = (known: readonly string[]) => ({
  uuid: fc.oneof(fc.constantFrom(...known), fc.uuid()),
  date: fc.oneof(fc.constantFrom('2026-03-01', '2026-03-02'), day),
  'date-time': instant,
  any: fc.oneof(
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
    { weight: 4, arbitrary: fc.constantFrom(...words, ...known) },
  ),
});

interface World {
  readonly schemas: Readonly<Record<string, JsonSchema>>;
  readonly known: readonly string[];
}

const objectOf = (schema: JsonSchema, world: World): fc.Arbitrary<unknown> => {
  const fields = Object.entries(schema.properties ?? {});
  const arbitraries = Object.fromEntries(fields.map(([name, field]) => [name, valueOf(field, world)]));
  const requiredKeys = (schema.required ?? []).filter((name) => name in arbitraries);
  const fitting = fc.record(arbitraries, { requiredKeys });
  const odd = fc.tuple(fitting, fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 }));
  return fc.oneof(
    { weight: 12, arbitrary: fitting },
    { weight: 1, arbitrary: odd.map(([some, more]) => ({ ...some, ...more })) },
  );
};

const bareValueOf = (schema: JsonSchema, world: World): fc.Arbitrary<unknown> => {
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (schema.$ref) return valueOf(world.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {}, world);
  if (alternatives) return fc.oneof(...alternatives.map((one) => valueOf(one, world)));
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.const !== undefined) return fc.constant(schema.const);
  const texts = textual(world.known);
  if (schema.type === 'string') return texts[(schema.format ?? 'any') as keyof typeof texts] ?? texts.any;
  if (schema.type === 'integer' || schema.type === 'number')
    return fc.integer({ min: schema.minimum ?? -5, max: schema.maximum ?? 1000 });
  if (schema.type === 'boolean') return fc.boolean();
  if (schema.type === 'array') return fc.array(valueOf(schema.items || {}, world), { maxLength: 3 });
  if (schema.type === 'object') return objectOf(schema, world);
  return fc.jsonValue();
};

export const valueOf = (schema: JsonSchema, world: World): fc.Arbitrary<unknown> =>
  mostly(bareValueOf(schema, world));

const header = (name: string): fc.Arbitrary<string> =>
  name === 'If-Match'
    ? fc.oneof(fc.constantFrom('"1"', '"2"', '1', '*', 'W/"1"'), fc.string({ maxLength: 10 }))
    : fc.oneof(fc.constantFrom('a', 'b'), fc.string({ maxLength: 220 }));

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** A lone surrogate cannot stand in a URL. */
export const escaped = (value: unknown): string =>
  encodeURIComponent(
    textOf(value)
      .slice(0, 3000)
      .replace(/\p{Surrogate}/gu, '?'),
  );

const printable = (value: unknown): string => textOf(value).replace(/[^\x20-\x7e]/g, '?');

type Parameter = NonNullable<Operation['parameters']>[number];

const valuesOf = (parameters: readonly Parameter[], world: World) => {
  const arbitraries = parameters.map((parameter) => {
    const value = parameter.in === 'header' ? header(parameter.name) : valueOf(parameter.schema, world);
    return [parameter.name, value] as const;
  });
  const requiredKeys = parameters.filter(({ required }) => required).map(({ name }) => name);
  return fc.record(Object.fromEntries(arbitraries), {
    requiredKeys,
  });
};

const bodyOf = ({ requestBody }: Operation, world: World): fc.Arbitrary<string | undefined> => {
  const schema = requestBody?.content['application/json']?.schema;
  if (!schema) return fc.constant(undefined);
  const whole = valueOf(schema, world).map((value) => JSON.stringify(value));
  const cut = fc.tuple(whole, fc.nat(200)).map(([text, end]) => text.slice(0, end));
  return fc.oneof({ weight: 15, arbitrary: whole }, { weight: 1, arbitrary: cut });
};

export const anyRequest = (document: Documented, known: readonly string[]): fc.Arbitrary<FuzzRequest> => {
  const world: World = { schemas: document.components.schemas, known };
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
  );
  return fc.constantFrom(...operations).chain(({ path, method, operation }) => {
    const { parameters = [] } = operation;
    return fc
      .tuple(valuesOf(parameters, world), bodyOf(operation, world))
      .map(([values, payload]): FuzzRequest => {
        const of = (where: string) => parameters.filter((one) => one.in === where && one.name in values);
        const filled = of('path').reduce(
          (url, { name }) => url.replace(`{${name}}`, escaped(values[name])),
          path,
        );
        const query = of('query').map(({ name }) => `${name}=${escaped(values[name])}`);
        const headers = Object.fromEntries(of('header').map(({ name }) => [name, printable(values[name])]));
        return {
          method: method.toUpperCase(),
          of: path,
          url: query.length > 0 ? `${filled}?${query.join('&')}` : filled,
          headers: payload === undefined ? headers : { ...headers, 'content-type': 'application/json' },
          ...(payload === undefined ? {} : { payload }),
        };
      });
  });
};

const graphqlScalar = (name: string, known: readonly string[]): fc.Arbitrary<unknown> => {
  const texts = textual(known);
  const scalars: Record<string, fc.Arbitrary<unknown>> = {
    ID: texts.uuid,
    Day: texts.date,
    Instant: instant,
    Int: fc.integer({ min: -2, max: 210 }),
    Whole: fc.integer(),
    Float: fc.double(),
    Boolean: fc.boolean(),
    JSON: fc.jsonValue(),
  };
  return scalars[name] ?? texts.any;
};

const variableOf = (type: GraphQLInputType, known: readonly string[]): fc.Arbitrary<unknown> => {
  if (isNonNullType(type)) return mostly(variableOf(type.ofType, known));
  if (isListType(type)) return fc.array(variableOf(type.ofType, known), { maxLength: 3 });
  if (isEnumType(type)) return fc.constantFrom(...type.getValues().map(({ name }) => name));
  if (!isInputObjectType(type)) return graphqlScalar(type.name, known);
  const fields = Object.values(type.getFields());
  const arbitraries = Object.fromEntries(fields.map((field) => [field.name, variableOf(field.type, known)]));
  const requiredKeys = fields.filter((field) => isNonNullType(field.type)).map(({ name }) => name);
  return fc.record(arbitraries, { requiredKeys });
};

const selectionOf = (type: GraphQLOutputType): string => {
  const named = getNamedType(type);
  if (!isObjectType(named)) return '';
  const fields = Object.values(named.getFields());
  return `{ ${fields.map((field) => `${field.name} ${selectionOf(field.type)}`).join(' ')} }`;
};

const documentOf = (operation: string, { name, args, type }: GraphQLField<unknown, unknown>): string => {
  const declared = args.map((arg) => `$${arg.name}: ${arg.type.toString()}`).join(', ');
  const passed = args.map((arg) => `${arg.name}: $${arg.name}`).join(', ');
  const around = (text: string) => (text === '' ? '' : `(${text})`);
  return `${operation} ${around(declared)} { ${name}${around(passed)} ${selectionOf(type)} }`;
};

export const anyGraphql = (schema: GraphQLSchema, known: readonly string[]): fc.Arbitrary<FuzzRequest> => {
  const fieldsOf = (operation: string, type: ReturnType<GraphQLSchema['getQueryType']>) =>
    Object.values(type?.getFields() ?? {}).map((field) => ({ operation, field }));
  const fields = [
    ...fieldsOf('query', schema.getQueryType()),
    ...fieldsOf('mutation', schema.getMutationType()),
  ];
  return fc.constantFrom(...fields).chain(({ operation, field }) => {
    const needed = field.args.filter((arg) => isNonNullType(arg.type)).map(({ name }) => name);
    const given = Object.fromEntries(field.args.map((arg) => [arg.name, variableOf(arg.type, known)]));
    const whole = documentOf(operation, field);
    const query = fc.oneof(
      { weight: 15, arbitrary: fc.constant(whole) },
      {
        weight: 1,
        arbitrary: fc.tuple(fc.nat(whole.length), fc.string()).map(([at, text]) => whole.slice(0, at) + text),
      },
    );
    return fc
      .tuple(query, fc.record(given, { requiredKeys: needed }))
      .map(([document, variables]): FuzzRequest => ({
        method: 'POST',
        url: '/graphql',
        headers: { 'content-type': 'application/json' },
        payload: JSON.stringify({ query: document, variables }),
      }));
  });
};

const tokenlike = fc.oneof(
  fc.constantFrom(
    '',
    'Bearer',
    'Bearer ',
    'bearer x.y.z',
    'Basic eDp5',
    'Bearer e30.e30.',
    'Digest username="x"',
  ),
  fc.base64String({ maxLength: 300 }).map((text) => `Bearer ${text}`),
);

/** What stands on the wire: neither lone surrogates nor line breaks can. */
const headerText = fc
  .string({ unit: 'binary-ascii', maxLength: 60 })
  .map((text) => text.replace(/[^\x20-\x7e]/g, '~'));

const oddHeaders = fc.record(
  {
    authorization: tokenlike,
    'content-type': fc.oneof(
      fc.constantFrom(
        'application/json',
        'application/json; charset=utf-7',
        'text/plain',
        'multipart/form-data; boundary=x',
      ),
      fc.constantFrom(
        'application/octet-stream',
        'application/graphql',
        'application/x-www-form-urlencoded',
        '*/*',
        '',
      ),
      headerText,
    ),
    'content-encoding': fc.constantFrom('gzip', 'br', 'identity', 'x'),
    accept: headerText,
    'if-match': headerText,
    'idempotency-key': headerText,
    'last-event-id': headerText,
    'x-request-id': headerText,
    'x-forwarded-for': headerText,
    'x-http-method-override': fc.constantFrom('DELETE', 'PUT'),
    origin: headerText,
    range: fc.constantFrom('bytes=0-', 'bytes=-1', 'bytes=9-1,0-0', 'x'),
    cookie: headerText,
  },
  { requiredKeys: [] },
);

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];

/** A path that there is, with other things in it, before it or behind it. */
const oddPath = (document: Documented, known: readonly string[]): fc.Arbitrary<string> => {
  const segment = fc.oneof(
    nasty.map(escaped),
    fc.constantFrom(...known, '..', '.', '%2e%2e', '%00', '%zz', '%', '~', ''),
    fc.webSegment(),
  );
  const filled = fc
    .tuple(fc.constantFrom(...Object.keys(document.paths)), fc.array(segment, { minLength: 4, maxLength: 4 }))
    .map(([path, segments]) => path.replaceAll(/\{\w+\}/g, () => segments.pop() ?? 'x'));
  const query = fc.oneof(
    fc.constant(''),
    fc.webQueryParameters().map((text) => `?${text}`),
    fc.constantFrom('?', '?a', '?a[b]=c', '?__proto__=1', '?first=1&first=2', '?&=&'),
  );
  return fc
    .tuple(
      fc.oneof({ weight: 4, arbitrary: filled }, fc.webPath()),
      fc.oneof({ weight: 6, arbitrary: fc.constant('') }, segment),
      query,
    )
    .map(([path, behind, asked]) => `${path.startsWith('/') ? '' : '/'}${path}${behind}${asked}`);
};

/** Whatever HTTP can carry, to paths that are much like those there are. */
export const anyHttp = (document: Documented, known: readonly string[]): fc.Arbitrary<FuzzRequest> =>
  fc
    .tuple(
      fc.constantFrom(...METHODS),
      oddPath(document, known),
      oddHeaders,
      fc.option(fc.oneof(fc.json(), fc.string({ unit: 'binary' }), nasty.map(textOf))),
    )
    .map(([method, url, headers, payload]) => ({
      method,
      url,
      headers,
      ...(payload === null || ['GET', 'HEAD', 'OPTIONS'].includes(method) ? {} : { payload }),
    }));
