import type { DomainEvent, Entry } from './event.js';
import type { Decider } from './decider.js';

/** A later entry that says an earlier one was wrong; every stream may hold it. */
interface Correction {
  readonly eventId: string;
  readonly path: readonly string[];
  readonly new: unknown;
}

const replaceAt = (data: unknown, [key, ...rest]: readonly string[], value: unknown): unknown => {
  if (key === undefined) return value;
  if (Array.isArray(data))
    return data.map((item, index) => (String(index) === key ? replaceAt(item, rest, value) : item));
  const fields = data as Record<string, unknown>;
  return { ...fields, [key]: replaceAt(fields[key], rest, value) };
};

const correctionsIn = (history: readonly Entry[]): Map<string, Correction[]> => {
  const found = new Map<string, Correction[]>();
  for (const entry of history) {
    if (entry.type !== 'EntryCorrected') continue;
    const correction = entry.data as Correction;
    found.set(correction.eventId, [...(found.get(correction.eventId) ?? []), correction]);
  }
  return found;
};

/** The history as now known: what was corrected reads as corrected, and stays in the log as it was. */
export const corrected = <E extends DomainEvent>(history: readonly Entry<E>[]): readonly Entry<E>[] => {
  const corrections = correctionsIn(history);
  if (corrections.size === 0) return history;
  return history.map((entry) => {
    const own = corrections.get(entry.id);
    if (!own) return entry;
    const data = own.reduce<unknown>(
      (older, { path, new: value }) => replaceAt(older, path, value),
      entry.data,
    );
    return { ...entry, data };
  });
};

/** The state that a history amounts to. Pure. */
export const fold = <State, E extends DomainEvent>(
  { initial, evolve }: Pick<Decider<State, never, E>, 'initial' | 'evolve'>,
  history: readonly Entry<E>[],
): State => corrected(history).reduce(evolve, initial);

/** What is known to have happened by the end of a day; nothing, when the stream began later. `dayOf` an entry as corrected. */
export const happenedBy = <E extends Entry>(
  history: readonly E[],
  dayOf: (entry: E) => string,
  day: string,
): readonly E[] => {
  const [first] = history;
  return first === undefined || dayOf(first) > day ? [] : history.filter((entry) => dayOf(entry) <= day);
};
