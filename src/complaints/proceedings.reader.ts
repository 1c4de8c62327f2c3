import { Inject, Injectable } from '@nestjs/common';
import { Desk, type Told } from '../event-store/desk.js';
import { hearing } from '../hearings/hearing.js';
import { isLive, type Hearing } from '../hearings/hearing.state.js';
import type { Proceedings } from './complaint.context.js';
import type { Complaint } from './complaint.state.js';

export const nothingPending: Proceedings = {
  liveHearings: [],
  determinedAllegations: [],
  pendingReviews: [],
  pendingAppeals: [],
  appealUntil: null,
};

interface Heard {
  readonly liveHearings: readonly string[];
  readonly hearings: readonly Told<Hearing>[];
}

/** What the hearings and resolutions of a case amount to, from their streams. */
@Injectable()
export class ProceedingsReader {
  constructor(@Inject(Desk) private readonly desk: Desk) {}

  async of(complaint: Complaint): Promise<{ proceedings: Proceedings; unchanged: readonly Told<unknown>[] }> {
    const { liveHearings, hearings } = await this.heard(complaint);
    return { proceedings: { ...nothingPending, liveHearings }, unchanged: hearings };
  }

  private async heard(complaint: Complaint): Promise<Heard> {
    const ids = complaint.phase === 'absent' ? [] : complaint.hearings;
    const hearings = await Promise.all(ids.map((id) => this.desk.load(hearing, id)));
    const liveHearings = ids.filter((_, index) => isLive(hearings[index]?.state ?? hearing.initial));
    return { liveHearings, hearings };
  }
}
