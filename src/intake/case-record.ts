import { complaint } from '../complaints/complaint.js';
import type { Append, EventToAppend, ReadRow, StreamWrite } from '../event-store/append.js';
import { definitionOf } from '../event-store/catalogue.js';
import { actNamed, decide, type Acts, type Circumstances, type Decider } from '../event-store/decider.js';
import { toAppend } from '../event-store/writes.js';
import { InvalidInput } from '../event-store/errors.js';
import type { DomainEvent, Entry } from '../event-store/event.js';
import { freshId } from '../event-store/fresh-bytes.js';
import { BornKeys, type Sealing, type SubjectKey } from '../event-store/sealing.js';
import type { ComplaintSlice } from '../complaints/complaint.slice.js';
import { resolution } from '../resolutions/resolution.js';
import type { ResolutionSlice } from '../resolutions/resolution.slice.js';
import { reading, sentenceOf } from '../platform/reading.js';
import { complaintActs, resolutionActs, type LegacyAct, type Origin } from './legacy-acts.js';
import type { LegacyCase } from './legacy-case.js';
import { complaintContext, resolutionContext, type ImportRun } from './legacy-contexts.js';
import { legacyIds } from './legacy-ids.js';

/**
 * Turns one case of a register into the one append that records all of it. All its streams are new, so nothing is
 * loaded: what it does is decided, sealed and folded in one pass.
 */

/** Why it is told of days long past: not stored, because whoever reads the entry sees who told it, and from where. */
const BACKDATING_REASON = 'Imported from a legacy register.';

/** The import is a door of its own, so it asks the schemas of the acts. Errors: InvalidInput `case-unacceptable`. */
const checked = (acts: Acts<never, never, unknown>, told: LegacyAct): unknown => {
  const read = reading(actNamed(acts, told.act).input, told.input);
  if (read.ok) return read.data;
  throw new InvalidInput('case-unacceptable', `${sentenceOf(read.faults)} Correct it in the register.`);
};

/** A stream that is not there yet, and what happens to it, act after act. */
interface NewStream<State, Context extends Circumstances, E extends DomainEvent> {
  readonly id: string;
  readonly decider: Decider<State, Context, E>;
  readonly acts: readonly LegacyAct[];
  readonly around: (on: string) => Context;
  readonly row: (id: string, version: number, state: State) => ReadRow;
}

export class CaseRecord {
  constructor(
    private readonly sealing: Sealing,
    private readonly run: ImportRun,
    private readonly rows: { readonly complaints: ComplaintSlice; readonly resolutions: ResolutionSlice },
  ) {}

  /** Errors: RuleBroken, InvalidInput `case-unacceptable`. */
  append(origin: Origin, found: LegacyCase): Append {
    const { run, rows } = this;
    const ids = legacyIds(origin.source, found.sourceId);
    const keys = new BornKeys();
    // The decision of a case is sealed under the key of the case.
    const key = this.sealing.bear(`case:${ids('complaint')}`, keys);
    const writes = [
      this.write(key, {
        id: ids('complaint'),
        decider: complaint,
        acts: complaintActs(origin, ids, found),
        around: (on) => complaintContext(run, ids, on),
        row: (...of) => rows.complaints.row(...of),
      }),
    ];
    const decision = resolutionActs(origin, ids, found);
    if (decision.length > 0)
      writes.push(
        this.write(key, {
          id: ids('resolution'),
          decider: resolution,
          acts: decision,
          around: (on) => resolutionContext(run, ids, on),
          row: (...of) => rows.resolutions.row(...of),
        }),
      );
    return { actor: run.actor, correlationId: run.correlationId, writes, keys: keys.stored };
  }

  /** All acts of one stream, decided one after the other, as one write with one row. */
  private write<State, Context extends Circumstances, E extends DomainEvent>(
    key: SubjectKey,
    { id, decider, acts, around, row }: NewStream<State, Context, E>,
  ): StreamWrite {
    const events: EventToAppend[] = [];
    let state = decider.initial;
    for (const told of acts) {
      const attempt = {
        act: told.act,
        input: checked(decider.acts, told),
        backdatingReason: BACKDATING_REASON,
      };
      for (const event of decide(decider, attempt, state, around(told.on))) {
        const entry = this.entry(decider, event, told.on, key);
        events.push(toAppend(decider.catalogue, entry));
        state = decider.evolve(state, entry);
      }
    }
    return { stream: `${decider.kind}-${id}`, expected: 0, events, row: row(id, events.length, state) };
  }

  private entry<E extends DomainEvent>(
    { catalogue }: Pick<Decider<never, never, E>, 'catalogue'>,
    { type, data }: E,
    on: string,
    key: SubjectKey,
  ): Entry<E> {
    const sealed = this.sealing.seal(data, definitionOf(catalogue, type).personal, key);
    return {
      type,
      data: sealed,
      id: freshId(),
      occurred: { date: on },
      on,
      actor: this.run.actor,
    } as Entry<E>;
  }
}
