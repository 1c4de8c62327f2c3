/**
 * The words every stream shares. Positions and versions are integers (positions below 2^53), instants RFC 3339 text
 * with microseconds, dates ISO 8601 days, ids UUIDv7 text.
 */

/** When something happened in the world: a local day, or an instant with the IANA zone it was seen in. */
export type Occurred = { readonly date: string } | { readonly at: string; readonly zone: string };

/** Who acted: an opaque staff reference and the one role that authorised the act. */
export interface Actor {
  readonly id: string;
  readonly role: string;
  readonly onBehalfOf?: string;
}

/** What a decider returns: a type of its own union and that type's data. */
export interface DomainEvent {
  readonly type: string;
  readonly data: object;
}

/** An event as a fold sees it: everything that is known before the append, so that a row needs no second look. */
export type Entry<E extends DomainEvent = DomainEvent> = E & {
  readonly id: string;
  readonly occurred: Occurred;
  /** The local day on which it happened, `YYYY-MM-DD`. */
  readonly on: string;
  readonly actor: Actor;
};

/** An event as it stands in the log. `text` is the exact JSON that was stored and hashed; `data` is that text upcast. */
export type Recorded<E extends DomainEvent = DomainEvent> = Entry<E> & {
  readonly position: number;
  readonly stream: string;
  readonly version: number;
  readonly schemaVersion: number;
  readonly recordedAt: string;
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly text: string;
};

/** Of an event as it stands in the log what a fold of its stream needs. */
export type Stored = Entry & Pick<Recorded, 'stream' | 'version' | 'schemaVersion'>;
