import { upcast } from './catalogue.js';
import type { Decider } from './decider.js';
import type { DomainEvent, Entry, Recorded, Stored } from './event.js';
import type { EventStore } from './event-store.js';
import { fold } from './fold.js';

/** One stream as loaded: where it stands and what its history amounts to. */
export interface Told<State, E extends DomainEvent = DomainEvent> {
  readonly stream: string;
  readonly version: number;
  readonly state: State;
  readonly history: readonly Entry<E>[];
}

/** What of a decider makes state out of events. */
export type Teller<State, E extends DomainEvent> = Pick<
  Decider<State, never, E>,
  'catalogue' | 'initial' | 'evolve'
>;

/** Events of a stream in the form of today. */
export const entriesOf = <State, E extends DomainEvent>(
  { catalogue }: Teller<State, E>,
  stored: readonly Stored[],
): Entry<E>[] =>
  stored.map((event) => {
    const data = upcast(catalogue, event.type, event.schemaVersion, event.data);
    return data === event.data ? event : { ...event, data };
  }) as unknown as Entry<E>[];

/** What the recorded events of a stream amount to. */
export const toldBy = <State, E extends DomainEvent>(
  decider: Teller<State, E>,
  stream: string,
  stored: readonly Stored[],
): Told<State, E> => {
  const history = entriesOf<State, E>(decider, stored);
  return { stream, version: stored.length, state: fold(decider, history), history };
};

/** The state after further entries. A correction changes what earlier ones say, so it is folded from the beginning. */
export const advance = <State, E extends DomainEvent>(
  decider: Pick<Teller<State, E>, 'initial' | 'evolve'>,
  own: Told<State, E>,
  entries: readonly Entry<E>[],
): State =>
  entries.some(({ type }) => type === 'EntryCorrected')
    ? fold(decider, [...own.history, ...entries])
    : entries.reduce(decider.evolve, own.state);

/** A stream that was read, by whom, and how much memory it takes. */
interface Known {
  readonly decider: object;
  readonly told: Told<unknown>;
  readonly size: number;
}

/** What an entry takes in memory besides its text, roughly, in characters. */
const ENTRY = 1_000;

const sizeOf = (recorded: readonly Recorded[]): number =>
  recorded.reduce((sum, { text }) => sum + ENTRY + text.length, 0);

/**
 * Streams as they stood when they were last read: what was read once is not read, parsed and folded again. Each time the
 * log is asked from the last known entry on. If it is not there (another database has taken over, without the latest
 * entries), nothing that was known counts. Texts in it are sealed, as everywhere behind the doors.
 */
export class RecentStreams {
  private readonly known = new Map<string, Known>();
  private size = 0;

  constructor(
    private readonly store: Pick<EventStore, 'load'>,
    private readonly most: number,
  ) {}

  /** The stream as it stands in the log now. */
  async told<State, E extends DomainEvent>(
    decider: Teller<State, E>,
    stream: string,
  ): Promise<Told<State, E>> {
    const known = this.known.get(stream);
    if (known?.decider !== decider) return this.begin(decider, stream);
    const before = known.told as unknown as Told<State, E>;
    const [last, ...later] = await this.store.load(stream, before.version);
    if (last?.id !== before.history.at(-1)?.id) return this.begin(decider, stream);
    const entries = entriesOf<State, E>(decider, later);
    const history = entries.length === 0 ? before.history : [...before.history, ...entries];
    const told = {
      stream,
      version: before.version + entries.length,
      state: advance(decider, before, entries),
      history,
    };
    this.keep(decider, told, known.size + sizeOf(later));
    return told;
  }

  private async begin<State, E extends DomainEvent>(
    decider: Teller<State, E>,
    stream: string,
  ): Promise<Told<State, E>> {
    const recorded = await this.store.load(stream);
    const told = toldBy(decider, stream, recorded);
    if (recorded.length > 0) this.keep(decider, told, sizeOf(recorded));
    return told;
  }

  /** What was not read for the longest time makes room. */
  private keep(decider: object, told: Told<unknown>, size: number): void {
    this.forget(told.stream);
    this.known.set(told.stream, { decider, told, size });
    this.size += size;
    for (const stream of this.known.keys()) {
      if (this.size <= this.most) return;
      this.forget(stream);
    }
  }

  private forget(stream: string): void {
    this.size -= this.known.get(stream)?.size ?? 0;
    this.known.delete(stream);
  }
}
