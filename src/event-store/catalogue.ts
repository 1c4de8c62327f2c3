import { z } from 'zod';
import { partyFields, personal, personalFields, type Subject } from './schema.js';

/** Turns data of one stored schema version into the next. Pure; the stored bytes never change. */
export type Upcast = (data: Record<string, unknown>) => Record<string, unknown>;

interface EventDefinition<S extends z.ZodType = z.ZodType> {
  readonly schema: S;
  readonly version: number;
  readonly upcasts: readonly Upcast[];
  readonly personal: readonly PersonalPath[];
  /** Where it names parties; `*` is every element of an array. */
  readonly parties: readonly (readonly string[])[];
  /** Whether it may say why it was recorded late. */
  readonly saysWhyLate: boolean;
}

/** Where personal text stands in an event's data; `*` is every element of an array. */
export interface PersonalPath {
  readonly path: readonly string[];
  readonly about: Subject;
}

/** A schema without its optional, nullable and default wrappers. */
export const bare = (schema: z.core.$ZodType): z.core.$ZodType => {
  const def = schema._zod.def as { type: string; innerType?: z.core.$ZodType };
  const wraps = ['optional', 'nullable', 'default'].includes(def.type) && def.innerType;
  return wraps ? bare(wraps) : schema;
};

interface Leaf {
  readonly path: readonly string[];
  readonly schema: z.core.$ZodType;
}

const leavesOf = (schema: z.core.$ZodType, path: readonly string[] = []): Leaf[] => {
  const inner = bare(schema);
  if (inner instanceof z.ZodObject)
    return Object.entries(inner.shape).flatMap(([key, field]) =>
      leavesOf(field as z.core.$ZodType, [...path, key]),
    );
  return inner instanceof z.ZodArray ? leavesOf(inner.element, [...path, '*']) : [{ path, schema: inner }];
};

const personalPaths = (leaves: readonly Leaf[]): PersonalPath[] =>
  leaves.flatMap(({ path, schema }) => {
    const mark = personalFields.get(schema);
    return mark ? [{ path, about: mark.about }] : [];
  });

/** One stored event type: its latest schema and the upcasts from version 1 up, oldest first. */
export const event = <S extends z.ZodType>(schema: S, ...upcasts: Upcast[]): EventDefinition<S> => {
  const leaves = leavesOf(schema);
  return {
    schema,
    version: upcasts.length + 1,
    upcasts,
    personal: personalPaths(leaves),
    parties: leaves.filter((leaf) => partyFields.has(leaf.schema)).map(({ path }) => path),
    saysWhyLate: schema instanceof z.ZodObject && Object.hasOwn(schema.shape, 'backdatingReason'),
  };
};

/** An event that people record: it may say why it was recorded late. */
export const told = <Shape extends z.ZodRawShape>(shape: Shape) =>
  event(z.object({ ...shape, backdatingReason: personal('case').optional() }));

export type Catalogue = Readonly<Record<string, EventDefinition>>;

/** The discriminated union of a catalogue's events. */
export type EventOf<C extends Catalogue> = {
  [T in keyof C & string]: { readonly type: T; readonly data: z.output<C[T]['schema']> };
}[keyof C & string];

/** The data of one of a catalogue's events. */
export type EventData<C extends Catalogue, T extends keyof C> = z.output<C[T]['schema']>;

export const definitionOf = (catalogue: Catalogue, type: string): EventDefinition => {
  const definition = Object.hasOwn(catalogue, type) ? catalogue[type] : undefined;
  if (!definition) throw new Error(`No schema is known for stored event type ${type}.`);
  return definition;
};

/** Stored data, brought to the latest schema version; itself when it is of that. */
export const upcast = (catalogue: Catalogue, type: string, from: number, data: object): object => {
  const { version, upcasts } = definitionOf(catalogue, type);
  if (from === version) return data;
  return upcasts
    .slice(from - 1)
    .reduce<object>((older, lift) => lift(older as Record<string, unknown>), data);
};
