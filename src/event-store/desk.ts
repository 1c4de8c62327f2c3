import { Inject, Injectable } from '@nestjs/common';
import type { ReadRow, StreamWrite } from './append.js';
import { definitionOf, type Catalogue } from './catalogue.js';
import type { Answer, Command } from './command.js';
import { isTold, personalIn } from './correction.js';
import { decide, noneOf, type Circumstances, type Decider } from './decider.js';
import { givenUp, mayDecideAnew, VersionConflict } from './errors.js';
import type { DomainEvent, Entry, Occurred } from './event.js';
import { EventStore } from './event-store.js';
import { freshId } from './fresh-bytes.js';
import { advance, RecentStreams, toldBy, type Teller, type Told } from './told.js';
import { around, repeated, toAppend, withAssertions, type Part } from './writes.js';
import { BornKeys, Sealing, withoutText } from './sealing.js';

/** What the slice's handler gathers for one decision. */
export interface Gathered<Context extends Circumstances> {
  readonly context: Context;
  readonly occurred: Occurred;
  /** Whose key seals this stream's personal text; a subject born with this stream gets its key in the same append. */
  readonly subject?: string;
  /** Its key was destroyed: of what is said here nothing is kept. */
  readonly erased?: boolean;
  /** Other streams that the decision rests on: they must not have changed. */
  readonly unchanged?: readonly Told<unknown>[];
  /** Other streams that the same append writes to; drafted only when this command has something to record. */
  readonly also?: readonly ((keys: BornKeys) => Promise<Part>)[];
}

export interface Slice<State, Context extends Circumstances, E extends DomainEvent> {
  readonly decider: Decider<State, Context, E>;
  /** Whether whoever acts must not know of this stream: they are answered as if there were none. */
  hides(command: Command, own: Told<State, E>): Promise<boolean>;
  gather(command: Command, own: Told<State, E>): Promise<Gathered<Context>>;
  /** `entries`: what comes on record with it, for a row that tells only of that. */
  row?(id: string, version: number, state: State, entries: readonly Entry<E>[]): ReadRow;
  /** The reference people use, for what was just created. */
  referenceOf?(state: State): string;
}

/** For streams that everybody may know of. */
export const hidesNothing = async (): Promise<boolean> => false;

/** A stream as it stands, and what is known around it, for somebody who only looks. */
export interface Seen<State, Context> {
  readonly state: State;
  readonly context: Partial<Context>;
}

/** A decision that was taken and is not recorded yet; `writes` begins with its own stream. */
export interface Draft<State, E extends DomainEvent> extends Part {
  /** The stream as it will stand. */
  readonly told: Told<State, E>;
  readonly entries: readonly Entry<E>[];
  readonly keys: BornKeys;
}

const ATTEMPTS = 20;

/** In characters: how much of the streams read lately is kept at hand. */
const REMEMBERED = 32_000_000;

/** The one way in: load, fold, decide, seal, append; again from the start when somebody was quicker. */
@Injectable()
export class Desk {
  private readonly recent: RecentStreams;

  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(Sealing) private readonly sealing: Sealing,
  ) {
    this.recent = new RecentStreams(store, REMEMBERED);
  }

  /** A stream's state and history. An absent stream has version 0 and the initial state. */
  async load<State, E extends DomainEvent>(
    decider: Teller<State, E> & Pick<Decider<State, never, E>, 'kind'>,
    id: string,
  ): Promise<Told<State, E>> {
    return this.recent.told(decider, `${decider.kind}-${id}`);
  }

  /**
   * Carries a command out, once. Without an expected version it is decided anew when somebody else was quicker.
   * Errors: RuleBroken, InvalidInput (`idempotency-mismatch`), VersionConflict, Taken, Unavailable.
   */
  async perform<State, Context extends Circumstances, E extends DomainEvent>(
    slice: Slice<State, Context, E>,
    command: Command,
  ): Promise<Answer> {
    const { expectedVersion } = command.envelope;
    const stream = `${slice.decider.kind}-${command.id}`;
    const earlier = await this.earlier(slice, command);
    if (earlier) return earlier;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const own = await this.ownFor(slice, command, attempt);
        const answer = await this.attempt(slice, command, own);
        return answer.events.length > 0 ? answer : ((await this.earlier(slice, command)) ?? answer);
      } catch (error) {
        // The same request, sent twice at once, may have been carried out meanwhile: then this refusal is of its making.
        const meanwhile = await this.earlier(slice, command);
        if (meanwhile) return meanwhile;
        if (!mayDecideAnew(error, stream, expectedVersion)) throw error;
        if (attempt === ATTEMPTS) throw givenUp(error, stream);
      }
    }
  }

  /** A command's draft as part of another command's append: decided on the stream as it stands now. */
  part<State, Context extends Circumstances, E extends DomainEvent>(
    slice: Slice<State, Context, E>,
    command: Command,
  ): (keys: BornKeys) => Promise<Part> {
    return async (keys) => this.draft(slice, command, await this.load(slice.decider, command.id), keys);
  }

  /** Decides and seals without recording. `keys` carries the keys of subjects that the same append brings into being. */
  async draft<State, Context extends Circumstances, E extends DomainEvent>(
    slice: Slice<State, Context, E>,
    command: Command,
    own: Told<State, E>,
    keys = new BornKeys(),
  ): Promise<Draft<State, E>> {
    const { decider } = slice;
    const gathered = await slice.gather(command, own);
    const { context, occurred, subject, erased = false, unchanged = [], also = [] } = gathered;
    const { backdatingReason } = command.envelope;
    const backdated = backdatingReason === undefined ? {} : { backdatingReason };
    const decided = decide(
      decider,
      { act: command.act, input: command.input, ...backdated },
      own.state,
      context,
    );
    const events = sayingWhyLate(decider.catalogue, decided, backdatingReason);
    const sealed = await this.seal(decider.catalogue, events, own, { subject, erased, keys });
    const { actor, on } = context;
    // A spread comes last here and below: each field that is added behind one costs microseconds.
    const entries = sealed.map((event) => ({ id: freshId(), occurred, on, actor, ...event })) as Entry<E>[];
    const history = [...own.history, ...entries];
    const version = own.version + entries.length;
    const told = { stream: own.stream, version, state: advance(decider, own, entries), history };
    if (entries.length === 0) return { told, entries, writes: [], unchanged, keys };
    const parts: Part[] = [];
    for (const draftPart of also) parts.push(await draftPart(keys));
    const write = writeOf(slice, { id: command.id, expected: own.version, told, entries });
    const writes = [write, ...parts.flatMap((part) => part.writes)];
    return {
      told,
      entries,
      keys,
      writes,
      unchanged: [...unchanged, ...parts.flatMap((part) => part.unchanged)],
    };
  }

  /**
   * The first answer to this very request; undefined when there is none yet. Errors: NotFound, for whoever must not know of its
   * stream any more.
   */
  private async earlier<State, Context extends Circumstances, E extends DomainEvent>(
    slice: Slice<State, Context, E>,
    command: Command,
  ): Promise<Answer | undefined> {
    const { once } = command.envelope;
    const stored = once && (await this.store.answered(once.key));
    if (!stored) return undefined;
    const { decider } = slice;
    if (!decider.acts[command.act]?.leaves) {
      const { act, input, envelope } = command;
      const { id } = JSON.parse(stored.answer) as Answer;
      const own = await this.load(decider, id);
      if (await slice.hides({ act, id, input, envelope }, own)) throw noneOf(decider, id);
    }
    return repeated(once, stored);
  }

  /** The stream as it stands for whoever acts. One that an act is to begin is first taken not to exist: if it does, the append says so. */
  private async ownFor<State, Context extends Circumstances, E extends DomainEvent>(
    slice: Slice<State, Context, E>,
    command: Command,
    attempt: number,
  ): Promise<Told<State, E>> {
    const { decider } = slice;
    const none = toldBy(decider, `${decider.kind}-${command.id}`, []);
    if (attempt === 1 && decider.acts[command.act]?.when === 'absent') return none;
    const own = await this.load(decider, command.id);
    return (await slice.hides(command, own)) ? none : own;
  }

  private async attempt<State, Context extends Circumstances, E extends DomainEvent>(
    slice: Slice<State, Context, E>,
    command: Command,
    own: Told<State, E>,
  ): Promise<Answer> {
    const expected = command.envelope.expectedVersion;
    if (expected !== undefined && expected !== own.version)
      throw new VersionConflict(own.stream, expected, own.version);
    const draft = await this.draft(slice, command, own);
    if (draft.entries.length === 0) return { id: command.id, version: own.version, events: [] };
    return this.record(slice, command, own, draft);
  }

  private async record<State, Context extends Circumstances, E extends DomainEvent>(
    slice: Slice<State, Context, E>,
    { id, envelope }: Command,
    own: Told<State, E>,
    draft: Draft<State, E>,
  ): Promise<Answer> {
    const { told, entries, keys } = draft;
    const answer: Answer = {
      id,
      version: told.version,
      events: entries.map(({ type }) => type),
      ...(own.version === 0 && slice.referenceOf ? { reference: slice.referenceOf(told.state) } : {}),
    };
    const appended = await this.store.append({
      writes: withAssertions(draft),
      keys: keys.stored,
      ...around(envelope),
      ...(envelope.once ? { once: { answer: JSON.stringify(answer), ...envelope.once } } : {}),
    });
    return appended.outcome === 'repeated' && envelope.once ? repeated(envelope.once, appended) : answer;
  }

  private async seal(
    catalogue: Catalogue,
    events: readonly DomainEvent[],
    own: Told<unknown>,
    { subject, erased, keys }: { subject: string | undefined; erased: boolean; keys: BornKeys },
  ): Promise<readonly DomainEvent[]> {
    const personal = events.map((event) =>
      personalIn(catalogue, event, own.history).filter(({ path }) => isTold(event.data, path)),
    );
    if (subject === undefined) return events;
    // A subject's key is born with it even when there is nothing to seal yet: a missing key means that it was erased.
    const bornHere = own.version === 0 && own.stream.endsWith(subject.slice(subject.indexOf(':') + 1));
    if (!bornHere && personal.every((paths) => paths.length === 0)) return events;
    if (erased)
      return events.map((event, index) => ({
        ...event,
        data: withoutText(event.data, personal[index] ?? []),
      }));
    const key = await this.sealing.keyFor(subject, bornHere, keys);
    return events.map((event, index) => ({
      ...event,
      data: this.sealing.seal(event.data, personal[index] ?? [], key),
    }));
  }
}

/** Where an event has a place for it; elsewhere nothing would seal it. */
const sayingWhyLate = (
  catalogue: Catalogue,
  events: readonly DomainEvent[],
  backdatingReason: string | undefined,
): readonly DomainEvent[] =>
  backdatingReason === undefined
    ? events
    : events.map((event) =>
        definitionOf(catalogue, event.type).saysWhyLate
          ? { ...event, data: { ...event.data, backdatingReason } }
          : event,
      );

/** What is to be written of a drafted stream, with its read row. */
export const writeOf = <State, Context extends Circumstances, E extends DomainEvent>(
  slice: Slice<State, Context, E>,
  drafted: { id: string; expected: number; told: Told<State, E>; entries: readonly Entry<E>[] },
): StreamWrite => {
  const row = slice.row?.(drafted.id, drafted.told.version, drafted.told.state, drafted.entries);
  return {
    stream: drafted.told.stream,
    expected: drafted.expected,
    events: drafted.entries.map((entry) => toAppend(slice.decider.catalogue, entry)),
    ...(row ? { row } : {}),
  };
};
