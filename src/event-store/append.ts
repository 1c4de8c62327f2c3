import type { Actor, Occurred } from './event.js';

/** One event ready to be written; `text` is the exact JSON that is stored. */
export interface EventToAppend {
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly occurred: Occurred;
  /** The local day of `occurred`, `YYYY-MM-DD`. */
  readonly on: string;
  readonly text: string;
}

/**
 * The slice's own read row after these events, as JSON text. `table` names the read table; its migration ships a SQL
 * function `upsert_{table}(rows text[])` that the append calls once for all accepted rows of a batch, sorted by stream.
 */
export interface ReadRow {
  readonly table: string;
  readonly text: string;
}

/** What happens to one stream. `expected` 0: the stream must not exist. No events: it must be unchanged. */
export interface StreamWrite {
  readonly stream: string;
  readonly expected: number;
  readonly events: readonly EventToAppend[];
  readonly row?: ReadRow;
}

/** A subject's data key, wrapped by the master key; stored only together with the stream that it is born with. */
export interface NewSubjectKey {
  readonly subject: string;
  readonly wrapped: Buffer;
}

/** The caller's idempotency key (a hash of actor, route and key), what it asked (a hash), and the answer to repeat. */
export interface OnceOnly {
  readonly key: string;
  readonly request: string;
  readonly answer: string;
}

/** All or nothing: every stream at its expected version, or nothing is written. */
export interface Append {
  readonly writes: readonly StreamWrite[];
  readonly actor: Actor;
  readonly correlationId: string;
  readonly causationId?: string;
  readonly keys?: readonly NewSubjectKey[];
  readonly once?: OnceOnly;
}

/** `repeated`: the idempotency key was there already; nothing was written now, and this is what was answered then. */
export type Appended =
  | { readonly outcome: 'appended'; readonly firstPosition: number; readonly recordedAt: string }
  | { readonly outcome: 'repeated'; readonly request: string; readonly answer: string };
