import { z } from 'zod';
import { reading, sentenceOf } from '../platform/reading.js';
import { bare, definitionOf, event, type Catalogue, type PersonalPath } from './catalogue.js';
import { RuleBroken } from './errors.js';
import type { DomainEvent, Entry } from './event.js';
import { corrected } from './fold.js';
import { id, personal, text } from './schema.js';

/** Correcting an entry: the one act and event that every stream of people shares. The old entry stays in the log. */

const path = z.array(text(100)).min(1).max(8);

export const correctionInput = z.strictObject({
  eventId: id.describe('The entry that was wrong; see the history.'),
  path: path.describe('Where in its data, e.g. ["receivedOn"].'),
  new: z.json().describe('What it should have said.'),
  reason: text(10_000).describe('Why it was wrong.'),
  basis: text(500).describe('What shows the right value, e.g. a document.'),
});

export const EntryCorrected = event(
  z.object({
    eventId: id,
    path,
    old: z.json().optional(),
    new: z.json(),
    reason: personal('case'),
    basis: personal('case', 500),
    backdatingReason: personal('case').optional(),
  }),
);

const fieldAt = (schema: z.core.$ZodType, [key, ...rest]: readonly string[]): z.core.$ZodType | undefined => {
  if (key === undefined) return schema;
  const inner = bare(schema);
  if (inner instanceof z.ZodObject) {
    const field = Object.hasOwn(inner.shape, key) ? (inner.shape[key] as z.core.$ZodType) : undefined;
    return field && fieldAt(field, rest);
  }
  return inner instanceof z.ZodArray && /^\d{1,4}$/.test(key) ? fieldAt(inner.element, rest) : undefined;
};

/** A group of fields is never replaced as one: personal text in it would not be found, and so not sealed. */
const holdsFields = (schema: z.core.$ZodType): boolean => {
  const inner = bare(schema);
  return inner instanceof z.ZodArray ? holdsFields(inner.element) : inner instanceof z.ZodObject;
};

const valueAt = (data: unknown, [key, ...rest]: readonly string[]): unknown =>
  key === undefined ? data : valueAt((data as Record<string, unknown> | undefined)?.[key], rest);

const isWithin = (pattern: readonly string[], actual: readonly string[]): boolean =>
  pattern.length === actual.length && pattern.every((step, index) => step === '*' || step === actual[index]);

/** Whether there is anything at a path; `*` is any element of an array. */
export const isTold = (data: unknown, [key, ...rest]: readonly string[]): boolean => {
  if (data === undefined || data === null) return false;
  if (key === undefined) return true;
  if (key === '*') return (data as readonly unknown[]).some((item) => isTold(item, rest));
  return isTold((data as Record<string, unknown>)[key], rest);
};

/** Where an event may hold personal text; a correction may where the entry that it corrects may. */
export const personalIn = (
  catalogue: Catalogue,
  { type, data }: DomainEvent,
  history: readonly Entry[],
): readonly PersonalPath[] => {
  const own = definitionOf(catalogue, type).personal;
  if (type !== 'EntryCorrected') return own;
  const correction = data as { eventId: string; path: readonly string[] };
  const target = history.find((entry) => entry.id === correction.eventId);
  const mark =
    target && definitionOf(catalogue, target.type).personal.find((at) => isWithin(at.path, correction.path));
  return mark ? [...own, { path: ['new'], about: mark.about }] : own;
};

/** The correction as an event. Errors: `unknown-entry`, `unknown-field`, `wrong-value`, `nothing-to-correct`. */
export const correctEntry = (
  catalogue: Catalogue,
  input: z.output<typeof correctionInput>,
  history: readonly Entry[],
): { type: 'EntryCorrected'; data: z.output<typeof EntryCorrected.schema> } => {
  const target = corrected(history).find((entry) => entry.id === input.eventId);
  if (!target || target.type === 'EntryCorrected')
    throw new RuleBroken(
      'unknown-entry',
      `This record has no entry ${input.eventId} that could be corrected.`,
    );
  const field = fieldAt(definitionOf(catalogue, target.type).schema, input.path);
  if (!field) throw new RuleBroken('unknown-field', `${target.type} has no field ${input.path.join('.')}.`);
  if (holdsFields(field))
    throw new RuleBroken(
      'unknown-field',
      `${input.path.join('.')} holds several fields. Correct one of them.`,
    );
  const value = reading(field, input.new);
  if (!value.ok)
    throw new RuleBroken(
      'wrong-value',
      `${target.type} ${input.path.join('.')} cannot say that. ${sentenceOf(value.faults)}`,
    );
  const old = valueAt(target.data, input.path) as z.core.util.JSONType | undefined;
  const told = value.data as z.core.util.JSONType;
  if (JSON.stringify(old) === JSON.stringify(told))
    throw new RuleBroken('nothing-to-correct', `${target.type} says that already.`);
  return { type: 'EntryCorrected', data: { ...input, new: told, ...(old === undefined ? {} : { old }) } };
};
