import type { ReadRow } from './append.js';
import type { Decider } from './decider.js';
import type { DomainEvent } from './event.js';

/** How the read tables of one kind of stream follow from its events; with this they can be made anew. */
export interface Projection<State = unknown, E extends DomainEvent = DomainEvent> {
  readonly decider: Pick<Decider<State, never, E>, 'kind' | 'catalogue' | 'initial' | 'evolve'>;
  row(id: string, version: number, state: State): ReadRow;
  /** The tables that its rows fill, each with the column that holds the stream's id; the first names the projection. */
  readonly tables: Readonly<Record<string, string>>;
  /** What must be known before its first row is made. */
  prepare?(): Promise<void>;
}

/** Checks that a projection's parts fit each other; the list of all of them cannot name each state. */
export const projectionOf = <State, E extends DomainEvent>(projection: Projection<State, E>): Projection =>
  projection;
