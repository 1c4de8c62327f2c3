import { Inject, Injectable } from '@nestjs/common';
import { PolicyBook } from '../clocks/policy.queries.js';
import { keptUntil } from '../clocks/retention.js';
import { Desk } from '../event-store/desk.js';
import type { Told } from '../event-store/told.js';
import { hearing } from '../hearings/hearing.js';
import type { ErasureContext } from './complaint.context.js';
import { complaint } from './complaint.js';
import type { Complaint } from './complaint.state.js';

/** What an erasure must know of a case: how long it is kept, and which of its hearings hear no other case that is not erased. */
@Injectable()
export class ErasureReader {
  constructor(
    @Inject(Desk) private readonly desk: Desk,
    @Inject(PolicyBook) private readonly policies: PolicyBook,
  ) {}

  /** The hearings and their other cases must not change meanwhile. */
  async of(
    id: string,
    state: Complaint,
    today: string,
  ): Promise<{ erasure: ErasureContext; unchanged: readonly Told<unknown>[] }> {
    const hearingIds = state.phase === 'absent' ? [] : state.hearings;
    const unchanged: Told<unknown>[] = [];
    const alone: string[] = [];
    for (const hearingId of hearingIds) {
      const heard = await this.desk.load(hearing, hearingId);
      const others = await this.othersOf(heard.state.phase === 'absent' ? [] : heard.state.complaintIds, id);
      unchanged.push(heard, ...others);
      if (others.every(({ state: other }) => other.phase !== 'absent' && other.erased)) alone.push(hearingId);
    }
    const distinct = new Map(unchanged.map((told) => [told.stream, told]));
    return {
      erasure: { keptUntil: await this.keptUntil(state, today), hearingIds: alone },
      unchanged: [...distinct.values()],
    };
  }

  /** By the rules in force today, whichever version the case was opened under: they are of what is kept today. */
  async keptUntil(state: Complaint, today: string): Promise<string | undefined> {
    if (state.phase !== 'closed') return undefined;
    const { retention } = await this.policies.inForce(today, state.policySet?.split('@')[0]);
    return retention && keptUntil(retention, state);
  }

  private othersOf(ids: readonly string[], own: string): Promise<Told<Complaint>[]> {
    return Promise.all(ids.filter((each) => each !== own).map((each) => this.desk.load(complaint, each)));
  }
}
