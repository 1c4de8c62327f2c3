import { Inject, Injectable } from '@nestjs/common';
import type { Closure } from '../clocks/ages.js';
import { endOfDay, isBefore } from '../clocks/days.js';
import { PolicyBook } from '../clocks/policy.queries.js';
import type { complaintEvents } from '../complaints/complaint.events.js';
import { complaint } from '../complaints/complaint.js';
import { complaintRow } from '../complaints/complaint.projection.js';
import { known, type Complaint } from '../complaints/complaint.state.js';
import type { ReadRow } from '../event-store/append.js';
import type { EventData } from '../event-store/catalogue.js';
import type { Decider } from '../event-store/decider.js';
import { toldBy, type Told } from '../event-store/told.js';
import type { DomainEvent, Recorded } from '../event-store/event.js';
import { EventStore } from '../event-store/event-store.js';
import { hearing } from '../hearings/hearing.js';
import { hearingRow } from '../hearings/hearing.projection.js';
import { resolution } from '../resolutions/resolution.js';
import { resolutionRow } from '../resolutions/resolution.projection.js';
import { Clock } from '../platform/clock.js';

/** The read rows of a case and of what belongs to it, as JSON text, folded anew. */
export interface RowsThen {
  readonly row: string;
  readonly hearings: readonly string[];
  readonly resolutions: readonly string[];
  /** The latest day on which something happened in it. */
  readonly lastActivityOn: string;
}

/** A case as it was known: what it is called, and when it was received, closed and reopened. */
export interface CaseThen {
  readonly reference: string;
  readonly source: { readonly name: string; readonly id: string } | undefined;
  readonly receivedOn: string;
  readonly closures: readonly Closure[];
}

type Folding<State, E extends DomainEvent> = Pick<
  Decider<State, never, E>,
  'kind' | 'catalogue' | 'initial' | 'evolve'
>;

/** The events that a case's days come from. */
const DAYS = ['ComplaintReceived', 'ComplaintClosed', 'ComplaintReopened', 'EntryCorrected'];
const AT_ONCE = 5_000;

/**
 * The case after one more of DAYS. Its days alone are kept, because this passes over every case at once; one that was
 * corrected is folded in full.
 */
const turned = (before: CaseThen | undefined, { type, on, data }: Recorded): CaseThen => {
  if (!before) {
    const { reference, source, receivedOn } = data as EventData<typeof complaintEvents, 'ComplaintReceived'>;
    return { reference, source: source && { name: source.name, id: source.id }, receivedOn, closures: [] };
  }
  if (type === 'ComplaintClosed')
    return { ...before, closures: [...before.closures, { closedOn: on, reopenedOn: null }] };
  const closures = before.closures.map((closure) =>
    closure.reopenedOn ? closure : { ...closure, reopenedOn: on },
  );
  return { ...before, closures };
};

const caseThen = (state: Complaint): CaseThen => {
  const { reference, source, receivedOn, gaps, ...file } = known(state);
  const closures = file.phase === 'closed' ? [{ closedOn: file.closedOn, reopenedOn: null }] : [];
  return {
    reference,
    source: source && { name: source.name, id: source.id },
    receivedOn,
    closures: [...gaps, ...closures],
  };
};

const daysIn = ({ history }: { readonly history: readonly { readonly on: string }[] }): string[] =>
  history.map(({ on }) => on);

/** What had been recorded by an instant, and nothing that was recorded since. */
@Injectable()
export class KnownThen {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(PolicyBook) private readonly policies: PolicyBook,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** The case by that instant; undefined when nothing of it had been recorded. */
  async rowsOf(caseId: string, by: string): Promise<RowsThen | undefined> {
    const told = await this.told(complaint, caseId, by);
    if (told.version === 0) return undefined;
    const file = known(told.state);
    await this.policies.load(file.policySet);
    const days = daysIn(told);
    const rows = <State, E extends DomainEvent>(
      decider: Folding<State, E>,
      ids: readonly string[],
      rowOf: (id: string, version: number, state: State) => ReadRow,
    ) =>
      Promise.all(
        ids.map(async (id) => {
          const own = await this.told(decider, id, by);
          days.push(...daysIn(own));
          return rowOf(id, own.version, own.state).text;
        }),
      );
    const then = {
      row: complaintRow(this.policies)(caseId, told.version, file).text,
      hearings: await rows(hearing, file.hearings, hearingRow),
      resolutions: await rows(resolution, file.resolutions, resolutionRow),
    };
    return { ...then, lastActivityOn: days.toSorted().at(-1) ?? file.receivedOn };
  }

  /** Every case by what had been recorded by the end of that day: one pass over the log. */
  async casesBy(day: string): Promise<CaseThen[]> {
    const over = endOfDay(day, this.clock.zone);
    const cases = new Map<string, CaseThen>();
    const corrected = new Set<string>();
    for await (const event of this.upTo(over)) {
      if (event.type === 'EntryCorrected') corrected.add(event.stream);
      else cases.set(event.stream, turned(cases.get(event.stream), event));
    }
    for (const stream of corrected) {
      const recorded = (await this.store.load(stream)).filter(({ recordedAt }) => isBefore(recordedAt, over));
      if (cases.has(stream)) cases.set(stream, caseThen(toldBy(complaint, stream, recorded).state));
    }
    return [...cases.values()];
  }

  /** What was recorded before that instant and tells of the days of cases. */
  private async *upTo(over: string): AsyncGenerator<Recorded> {
    for (let after = 0; ;) {
      const page = await this.store.page(after, AT_ONCE, { types: DAYS });
      const then = page.filter(({ recordedAt }) => isBefore(recordedAt, over));
      yield* then;
      const last = page.at(-1);
      if (!last || then.length < page.length) return;
      after = last.position;
    }
  }

  private async told<State, E extends DomainEvent>(
    decider: Folding<State, E>,
    id: string,
    by: string,
  ): Promise<Told<State, E>> {
    const stream = `${decider.kind}-${id}`;
    const recorded = await this.store.load(stream);
    const then = recorded.filter(({ recordedAt }) => !isBefore(by, recordedAt));
    return toldBy(decider, stream, then);
  }
}
