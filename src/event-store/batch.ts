import type { Append, Appended, ReadRow, StreamWrite } from './append.js';
import { bytesArray, longTexts, numberArray, textArray } from './encode.js';
import { VersionConflict } from './errors.js';

/** The statement that commits a batch; its parameters are `parametersOf` the same appends. */
export const CALL = {
  name: 'append_batch',
  text: `CALL append_batch(${Array.from({ length: 33 }, (_, index) => `$${index + 1}`).join(',')},NULL,NULL,NULL)`,
};

/** What one append came to: its answer, or why it was refused. */
export type Outcome = Appended | VersionConflict;

/** The procedure's answer; the position is text because it is a bigint. */
export interface BatchAnswer {
  readonly first_position: string | null;
  readonly at: string | null;
  readonly refused: {
    readonly repeated: readonly [item: number, request: string, answer: string][] | null;
    readonly conflicts: readonly [item: number, stream: string, actual: number][] | null;
  } | null;
}

interface OfItem<T> {
  readonly item: number;
  readonly of: T;
}

function perItem<T>(appends: readonly Append[], pick: (append: Append) => readonly T[]): OfItem<T>[] {
  return appends.flatMap((append, item) => pick(append).map((of) => ({ item, of })));
}

/** By code unit, the same in every process: heads, keys and rows are locked in this order. */
function sortedBy<T>(entries: OfItem<T>[], key: (of: T) => string): OfItem<T>[] {
  if (entries.length < 2) return entries;
  const keyed = entries.map((entry) => ({ key: key(entry.of), entry }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return keyed.map(({ entry }) => entry);
}

const items = (entries: readonly OfItem<unknown>[]): string => numberArray(entries.map(({ item }) => item));

function headParameters(appends: readonly Append[]): string[] {
  const heads = sortedBy(
    perItem(appends, (append) => append.writes),
    (write) => write.stream,
  );
  const fresh = heads.filter(({ of }) => of.expected === 0);
  const old = heads.filter(({ of }) => of.expected > 0);
  const streams = (some: OfItem<StreamWrite>[]) => textArray(some.map(({ of }) => of.stream));
  const counts = (some: OfItem<StreamWrite>[]) => numberArray(some.map(({ of }) => of.events.length));
  const expected = numberArray(old.map(({ of }) => of.expected));
  return [items(fresh), streams(fresh), counts(fresh), items(old), streams(old), expected, counts(old)];
}

function onceParameters(appends: readonly Append[]): string[] {
  const once = sortedBy(
    perItem(appends, (append) => (append.once ? [append.once] : [])),
    ({ key }) => key,
  );
  return [
    items(once),
    textArray(once.map(({ of }) => of.key)),
    textArray(once.map(({ of }) => of.request)),
    textArray(once.map(({ of }) => of.answer)),
  ];
}

function subjectParameters(appends: readonly Append[]): string[] {
  const keys = sortedBy(
    perItem(appends, (append) => append.keys ?? []),
    ({ subject }) => subject,
  );
  return [
    items(keys),
    textArray(keys.map(({ of }) => of.subject)),
    bytesArray(keys.map(({ of }) => of.wrapped)),
  ];
}

function rowParameters(appends: readonly Append[]): (string | Buffer)[] {
  const rows = sortedBy(
    perItem(appends, (append) =>
      append.writes.flatMap(({ stream, row }): (ReadRow & { stream: string })[] =>
        row ? [{ ...row, stream }] : [],
      ),
    ),
    ({ table, stream }) => `${table} ${stream}`,
  );
  const tables = [...new Set(rows.map(({ of }) => of.table))];
  return [
    textArray(tables),
    items(rows),
    textArray(rows.map(({ of }) => of.table)),
    longTexts(rows.map(({ of }) => of.text)),
  ];
}

function eventParameters(appends: readonly Append[]): (string | Buffer)[] {
  const events = perItem(appends, (append) =>
    append.writes.flatMap(({ stream, expected, events: own }) =>
      own.map((event, index) => ({ append, event, stream, version: expected + index + 1 })),
    ),
  );
  type Column = (of: (typeof events)[number]['of']) => string | null;
  const texts = (column: Column) => textArray(events.map(({ of }) => column(of)));
  return [
    items(events),
    texts(({ event }) => event.id),
    texts(({ stream }) => stream),
    numberArray(events.map(({ of }) => of.version)),
    texts(({ event }) => event.type),
    numberArray(events.map(({ of }) => of.event.schemaVersion)),
    texts(({ event: { occurred } }) => ('date' in occurred ? occurred.date : null)),
    texts(({ event: { occurred } }) => ('at' in occurred ? occurred.at : null)),
    texts(({ event: { occurred } }) => ('at' in occurred ? occurred.zone : null)),
    texts(({ append }) => append.actor.id),
    texts(({ append }) => append.actor.role),
    texts(({ append }) => append.actor.onBehalfOf ?? null),
    texts(({ append }) => append.correlationId),
    texts(({ append }) => append.causationId ?? null),
    longTexts(events.map(({ of }) => of.event.text)),
  ];
}

export function parametersOf(appends: readonly Append[]): (string | Buffer)[] {
  return [
    ...onceParameters(appends),
    ...headParameters(appends),
    ...subjectParameters(appends),
    ...rowParameters(appends),
    ...eventParameters(appends),
  ];
}

function refusals(appends: readonly Append[], refused: BatchAnswer['refused']): Map<number, Outcome> {
  const outcomes = new Map<number, Outcome>();
  for (const [item, request, answer] of refused?.repeated ?? []) {
    outcomes.set(item, { outcome: 'repeated', request, answer });
  }
  for (const [item, stream, actual] of refused?.conflicts ?? []) {
    const write = appends[item]?.writes.find((candidate) => candidate.stream === stream);
    outcomes.set(item, new VersionConflict(stream, write?.expected ?? 0, actual));
  }
  return outcomes;
}

/** One outcome per append, in their order. */
export function outcomesOf(appends: readonly Append[], answer: BatchAnswer): Outcome[] {
  const refused = refusals(appends, answer.refused);
  let next = Number(answer.first_position);
  return appends.map((append, item) => {
    const refusal = refused.get(item);
    if (refusal) return refusal;
    const firstPosition = next;
    next += append.writes.reduce((sum, write) => sum + write.events.length, 0);
    return { outcome: 'appended', firstPosition, recordedAt: answer.at ?? '' };
  });
}
