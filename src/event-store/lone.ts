import type { Append, EventToAppend, StreamWrite } from './append.js';
import type { Outcome } from './batch.js';
import { VersionConflict } from './errors.js';

/** The statement that commits a lone append; its parameters are `loneParameters`. */
export const CALL_ONE = {
  name: 'append_one',
  text: `CALL append_one(${Array.from({ length: 16 }, (_, index) => `$${index + 1}`).join(',')},NULL,NULL,NULL)`,
};

/** The procedure's answer; the position is text because it is a bigint. */
export interface LoneAnswer {
  readonly first_position: string | null;
  readonly at: string | null;
  /** Of a stream that is not at the version expected. */
  readonly actual: number | null;
}

/** An append of one event to one stream, and nothing besides. */
export interface Lone {
  readonly append: Append;
  readonly write: StreamWrite;
  readonly event: EventToAppend;
}

/** Undefined for whatever else waits to be committed: that goes by `append_batch`. */
export function loneOf(appends: readonly Append[]): Lone | undefined {
  const append = only(appends);
  if (!append || append.once || append.keys?.length) return undefined;
  const write = only(append.writes);
  const event = only(write?.events);
  return write && event && { append, write, event };
}

const only = <T>(items: readonly T[] | undefined): T | undefined =>
  items?.length === 1 ? items[0] : undefined;

export function loneParameters({ append, write, event }: Lone): (string | number | null)[] {
  const { actor, correlationId, causationId } = append;
  const { occurred } = event;
  return [
    write.stream,
    write.expected,
    write.row?.table ?? null,
    write.row?.text ?? null,
    event.id,
    event.type,
    event.schemaVersion,
    ...('at' in occurred ? [null, occurred.at, occurred.zone] : [occurred.date, null, null]),
    actor.id,
    actor.role,
    actor.onBehalfOf ?? null,
    correlationId,
    causationId ?? null,
    event.text,
  ];
}

export function loneOutcome({ write }: Lone, { first_position, at, actual }: LoneAnswer): Outcome {
  if (first_position === null) return new VersionConflict(write.stream, write.expected, actual ?? 0);
  return { outcome: 'appended', firstPosition: Number(first_position), recordedAt: at ?? '' };
}
