import type { Append, EventToAppend, StreamWrite } from './append.js';
import { definitionOf, type Catalogue } from './catalogue.js';
import type { Answer, Envelope, RequestKey } from './command.js';
import { InvalidInput, VersionConflict } from './errors.js';
import type { Entry } from './event.js';
import type { Told } from './told.js';

/** What an append is made of, and what is answered to a request that was carried out before. */

/** What one stream takes part in an append with. */
export interface Part {
  readonly writes: readonly StreamWrite[];
  readonly unchanged: readonly Pick<Told<unknown>, 'stream' | 'version'>[];
}

/**
 * The writes of an append: those of a draft, and an assertion for every other stream that it rests on. What was read at
 * two versions meanwhile is a conflict already.
 */
export const withAssertions = ({ writes, unchanged }: Part): readonly StreamWrite[] => {
  const all = new Map(writes.map((write) => [write.stream, write]));
  if (all.size < writes.length) throw new Error('One append writes each of its streams once.');
  for (const { stream, version } of unchanged) {
    const other = all.get(stream);
    if (other && other.expected !== version) throw new VersionConflict(stream, version, other.expected);
    if (!other) all.set(stream, { stream, expected: version, events: [] });
  }
  return [...all.values()];
};

/** The part of an append that comes from the command's envelope. */
export const around = ({ actor, correlationId, causationId }: Envelope): Omit<Append, 'writes'> => ({
  actor,
  correlationId,
  ...(causationId === undefined ? {} : { causationId }),
});

/** An entry as it is written. */
export const toAppend = (catalogue: Catalogue, { id, type, data, occurred, on }: Entry): EventToAppend => ({
  id,
  on,
  type,
  schemaVersion: definitionOf(catalogue, type).version,
  occurred,
  text: JSON.stringify(data),
});

/** The first answer to a request. Errors: InvalidInput `idempotency-mismatch`. */
export const repeated = (asked: RequestKey, first: { request: string; answer: string }): Answer => {
  if (asked.request !== first.request)
    throw new InvalidInput(
      'idempotency-mismatch',
      'This Idempotency-Key was used for another request. Send a new key, or the same body as the first time.',
    );
  return JSON.parse(first.answer) as Answer;
};
