import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { PolicyBook } from '../clocks/policy.queries.js';
import type { Rules } from '../clocks/reckoned-by.js';
import { rulesThen } from './known-rules.js';
import type { ComplaintEvent } from '../complaints/complaint.events.js';
import { complaint } from '../complaints/complaint.js';
import { fileText } from '../complaints/complaint.projection.js';
import { clockDay } from '../complaints/complaint.milestones.js';
import { known } from '../complaints/complaint.state.js';
import type { Decider } from '../event-store/decider.js';
import type { DomainEvent, Entry } from '../event-store/event.js';
import { toldBy, type Told } from '../event-store/told.js';
import { EventStore } from '../event-store/event-store.js';
import { corrected, happenedBy } from '../event-store/fold.js';
import { hearing } from '../hearings/hearing.js';
import { hearingText } from '../hearings/hearing.projection.js';
import { resolution } from '../resolutions/resolution.js';
import { resolutionRow } from '../resolutions/resolution.projection.js';
import { POOL } from '../platform/database.js';

/** The read rows of a case and of what belongs to it, as JSON text, folded anew. */
export interface RowsThen {
  readonly row: string;
  readonly hearings: readonly string[];
  readonly resolutions: readonly string[];
  /** The latest day on which something happened in it. */
  readonly lastActivityOn: string;
  /** What the case went by. */
  readonly rules: Rules | undefined;
}

type Folding<State, E extends DomainEvent> = Pick<
  Decider<State, never, E>,
  'kind' | 'catalogue' | 'initial' | 'evolve'
>;

const daysIn = ({ history }: { readonly history: readonly { readonly on: string }[] }): string[] =>
  history.map(({ on }) => on);

/** What counts of a case: what had been recorded by a position of the log, or what is known now to have happened by a day. */
export type Knowledge = { readonly position: number } | { readonly day: string };

const dayOf = (entry: Entry): string =>
  entry.type === 'ComplaintReceived' || entry.type === 'ComplaintAcknowledged'
    ? clockDay(entry as Entry<ComplaintEvent>)
    : entry.on;

/** Cases as they were, folded from the part of their events that counts. */
@Injectable()
export class KnownThen {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(PolicyBook) private readonly policies: PolicyBook,
    @Inject(POOL) private readonly pool: Pool,
  ) {}

  /** The case by that knowledge; undefined when nothing of it was known. */
  async rowsOf(caseId: string, by: Knowledge): Promise<RowsThen | undefined> {
    const told = await this.told(complaint, caseId, by);
    if (told.version === 0) return undefined;
    const file = known(told.state);
    await this.policies.look(file.policySet);
    const then = await rulesThen(this.pool, this.policies);
    const policies = 'position' in by ? then.at(by.position) : then.on(by.day);
    const days = daysIn(told);
    const rows = async <State, E extends DomainEvent>(
      decider: Folding<State, E>,
      ids: readonly string[],
      textOf: (id: string, version: number, state: State) => string,
    ) => {
      const all = await Promise.all(ids.map(async (id) => ({ id, ...(await this.told(decider, id, by)) })));
      const begun = all.filter(({ version }) => version > 0);
      days.push(...begun.flatMap(daysIn));
      return begun.map(({ id, version, state }) => textOf(id, version, state));
    };
    const rowsThen = {
      row: fileText({ id: caseId, version: told.version, complaint: file }),
      hearings: await rows(hearing, file.hearings, hearingText),
      resolutions: await rows(resolution, file.resolutions, (...stands) => resolutionRow(...stands).text),
    };
    return {
      ...rowsThen,
      rules: policies.rulesOf(file),
      lastActivityOn: days.toSorted().at(-1) ?? file.receivedOn,
    };
  }

  private async told<State, E extends DomainEvent>(
    decider: Folding<State, E>,
    id: string,
    by: Knowledge,
  ): Promise<Told<State, E>> {
    const stream = `${decider.kind}-${id}`;
    const recorded = await this.store.load(stream);
    if ('position' in by)
      return toldBy(
        decider,
        stream,
        recorded.filter(({ position }) => position <= by.position),
      );
    const history = happenedBy(corrected(toldBy(decider, stream, recorded).history), dayOf, by.day);
    return {
      stream,
      version: history.length,
      history,
      state: history.reduce(decider.evolve, decider.initial),
    };
  }
}
