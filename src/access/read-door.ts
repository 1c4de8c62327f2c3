import type { Abstract, Type } from '@nestjs/common';
import { z } from 'zod';
import { InvalidInput } from '../event-store/errors.js';
import { placeOf, reading, sentenceOf } from '../platform/reading.js';
import type { Seen } from './look.js';
import type { Sight } from './sight.js';

/** Where questions come in, whatever the transport: each is told once, and REST, OpenAPI and GraphQL are made from it. */

/** One question. `Q` is the queries class that answers it. */
export interface Read<Q, Params extends z.ZodObject = z.ZodObject, Answer extends z.ZodType = z.ZodType> {
  readonly summary: string;
  /** The REST path below `/v1/`, `cases/:id/history`; what stands after a colon is a parameter. */
  readonly path: string;
  /** The line of the permission table's `read` part that this question asks. */
  readonly permission: string;
  /** A question too long for an address: it is posted, its parameters stand in the body, and still nothing is written. */
  readonly posted?: true;
  /** Path and query parameters together; query parameters come as text, so coerce. */
  readonly params: Params;
  /** The shape of the answer; give each object a name by `.meta({ id })`. Sealed text is opened by the door. */
  readonly answer: Answer;
  /** The answer's `version` is that of the stream whose commands take it as If-Match: it is told as ETag too. */
  readonly tagged?: true;
  /** What of whom its answer shows, which is recorded as a look; `nothing`: of no case and no person in particular. */
  readonly looks: 'nothing' | { shown(asked: z.output<Params>, answer: z.output<Answer>): readonly Seen[] };
  /** `sight` tells who asks and what they must not see: whatever tells of cases passes it on. */
  ask(queries: Q, params: z.output<Params>, sight: Sight): Promise<z.output<Answer>>;
}

/** The questions of one queries class, by their GraphQL name. */
export interface ReadDoor<Q = unknown> {
  readonly queries: Type<Q> | Abstract<Q>;
  readonly reads: Readonly<Record<string, Read<Q>>>;
}

/** Fixes the queries class once, so that each read states only its own schemas. */
export const readsOf =
  <Q>() =>
  <Params extends z.ZodObject, Answer extends z.ZodType>(read: Read<Q, Params, Answer>): Read<Q> =>
    // The table's own type must accept every schema, so the parameter is widened in this one place.
    read;

/** `true` and `false` come as text in a query string. */
export const flag = z.preprocess(
  (value) => (value === 'true' ? true : value === 'false' ? false : value),
  z.boolean('Say true or false.'),
);

const items = new WeakMap<z.ZodType, z.ZodType>();

/** A cursor page of items: `next` is null on the last page, else what to send as `after`. */
export const pageOf = <Item extends z.ZodType>(item: Item) => {
  const page = z.object({ items: z.array(item).readonly(), next: z.string().nullable() });
  items.set(page, item);
  return page;
};

/** What a page made by `pageOf` is of; undefined for any other answer. */
export const itemOf = (answer: z.ZodType): z.ZodType | undefined => items.get(answer);

const DEEPEST = 50;

const isData = (value: unknown): value is object => {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === null || prototype === Object.prototype;
};

/** Deeper than anything that is meant here, and deep enough to exhaust whatever reads it step by step. */
const refuseDepth = (value: unknown): void => {
  let level: readonly unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEEPEST)
      throw new InvalidInput(
        'invalid-input',
        `This is nested more than ${DEEPEST} levels deep. Send it flatter.`,
      );
    level = level.flatMap((one): unknown[] => (isData(one) ? Object.values(one) : []));
  }
};

const ISSUES_TOLD = 20;

/** `at`: where the value itself stands. Errors: InvalidInput `invalid-input`; `details.issues` says which field. */
export const readInput = <S extends z.ZodType>(
  schema: S,
  value: unknown,
  around: readonly string[] = [],
  at: readonly string[] = [],
): z.output<S> => {
  refuseDepth(value);
  const read = reading(schema, value, around);
  if (read.ok) return read.data;
  const faults = read.faults
    .slice(0, ISSUES_TOLD)
    .map(({ path, message }) => ({ path: [...at, ...path], message }));
  const issues = faults.map((fault) => ({ path: placeOf(fault), message: fault.message }));
  throw new InvalidInput('invalid-input', sentenceOf(faults), { issues });
};
