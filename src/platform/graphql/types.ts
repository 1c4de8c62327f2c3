import {
  GraphQLEnumType,
  GraphQLInputObjectType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLInputFieldConfigMap,
  type GraphQLInputType,
  type GraphQLOutputType,
  type GraphQLScalarType,
} from 'graphql';
import type { Described, JsonSchema } from '../json-schema.js';
import { enumName, readShape, type ObjectShape, type Read } from './shape.js';

/** GraphQL types from described shapes; an object that has no name of its own is named by where it stands. */

const pascal = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

type NullableInput =
  GraphQLScalarType | GraphQLEnumType | GraphQLInputObjectType | GraphQLList<GraphQLInputType>;
type NullableOutput =
  GraphQLScalarType | GraphQLEnumType | GraphQLObjectType | GraphQLList<GraphQLOutputType>;

interface Made<T> {
  readonly type: T;
  readonly from: string;
}

const described = ({ description }: Read | JsonSchema): { description?: string } =>
  description === undefined ? {} : { description };

/** The types of one GraphQL schema: asked twice for a name, it gives the same type. */
export class Types {
  private readonly inputs = new Map<string, Made<GraphQLInputObjectType>>();
  private readonly outputs = new Map<string, Made<GraphQLObjectType>>();
  /** Their names, those of objects that are still being made too. */
  private readonly objects = new Set<string>();
  private readonly enums = new Map<string, Made<GraphQLEnumType>>();

  /** The fields of an object as arguments or input fields. Nothing when the shape is no object. */
  inputFields({ schema, named }: Described, within: string): GraphQLInputFieldConfigMap {
    const { shape } = readShape(schema, named);
    return shape.is === 'object' ? this.fieldsIn(shape, named, within) : {};
  }

  input({ schema, named }: Described, name: string): GraphQLInputType {
    const read = readShape(schema, named);
    const type = this.nullableInput(read, named, name);
    return read.nullable ? type : new GraphQLNonNull(type);
  }

  output({ schema, named }: Described, name: string): GraphQLOutputType {
    const read = readShape(schema, named);
    const type = this.nullableOutput(read, named, name);
    return read.nullable ? type : new GraphQLNonNull(type);
  }

  private fieldsIn(
    { fields, required }: ObjectShape,
    named: Described['named'],
    within: string,
  ): GraphQLInputFieldConfigMap {
    const field = ([name, schema]: [string, JsonSchema]) => {
      const read = readShape(schema, named);
      const type = this.nullableInput(read, named, `${within}${pascal(name)}`);
      const needed = required.includes(name) && !read.nullable;
      const usual = schema.default === undefined ? {} : { defaultValue: schema.default };
      return [name, { type: needed ? new GraphQLNonNull(type) : type, ...described(read), ...usual }];
    };
    return Object.fromEntries(Object.entries(fields).map(field)) as GraphQLInputFieldConfigMap;
  }

  private nullableInput(
    { shape, description }: Read,
    named: Described['named'],
    name: string,
  ): NullableInput {
    if (shape.is === 'scalar') return shape.scalar;
    if (shape.is === 'enum') return this.enum(shape.values, name);
    if (shape.is === 'list') return new GraphQLList(this.input({ schema: shape.item, named }, name));
    const own = `${shape.name ?? name}Input`;
    return once(this.inputs, own, shape, () => {
      const fields = () => this.fieldsIn(shape, named, shape.name ?? name);
      return new GraphQLInputObjectType({ name: own, fields, ...described({ description } as JsonSchema) });
    });
  }

  private nullableOutput(
    { shape, description }: Read,
    named: Described['named'],
    name: string,
  ): NullableOutput {
    if (shape.is === 'scalar') return shape.scalar;
    if (shape.is === 'enum') return this.enum(shape.values, name);
    if (shape.is === 'list') return new GraphQLList(this.output({ schema: shape.item, named }, name));
    const own = shape.name ?? name;
    this.objects.add(own);
    return once(this.outputs, own, shape, () => {
      const fields = Object.fromEntries(
        Object.entries(shape.fields).map(([field, schema]) => {
          const read = readShape(schema, named);
          const type = this.nullableOutput(read, named, `${own}${pascal(field)}`);
          const certain = shape.required.includes(field) && !read.nullable;
          return [field, { type: certain ? new GraphQLNonNull(type) : type, ...described(read) }];
        }),
      );
      return new GraphQLObjectType({ name: own, fields, ...described({ description } as JsonSchema) });
    });
  }

  /** Named by its field where that name is free or means the same words; else by where it stands. */
  private enum(words: readonly string[], name: string): GraphQLEnumType {
    const short = /[A-Z][a-z0-9]*$/.exec(name)?.[0] ?? name;
    const taken = this.enums.get(short);
    const free = !taken || taken.from === JSON.stringify(words);
    const own = free && !this.objects.has(short) ? short : name;
    return once(this.enums, own, words, () => {
      const values = Object.fromEntries(words.map((word) => [enumName(word), { value: word }]));
      return new GraphQLEnumType({ name: own, values });
    });
  }
}

const once = <T>(made: Map<string, Made<T>>, name: string, from: unknown, make: () => T): T => {
  const told = JSON.stringify(from);
  const known = made.get(name);
  if (known && known.from !== told) throw new Error(`Two different shapes are called ${name}.`);
  if (known) return known.type;
  const type = make();
  made.set(name, { type, from: told });
  return type;
};

/** GraphQL says null for what was left out; only what may be null keeps it. */
export const withoutNulls = (value: unknown, { schema, named }: Described): unknown => {
  const { shape } = readShape(schema, named);
  if (value === null || value === undefined) return value;
  if (shape.is === 'list')
    return (value as unknown[]).map((item) => withoutNulls(item, { schema: shape.item, named }));
  if (shape.is !== 'object') return value;
  const kept = Object.entries(value).flatMap(([name, inner]: [string, unknown]) => {
    const field = shape.fields[name] ?? {};
    const dropped = inner === null && !readShape(field, named).nullable;
    return dropped ? [] : [[name, withoutNulls(inner, { schema: field, named })] as const];
  });
  return Object.fromEntries(kept);
};
