import { Inject, Injectable } from '@nestjs/common';
import { Desk } from '../event-store/desk.js';
import type { Told } from '../event-store/told.js';
import { hearing } from '../hearings/hearing.js';
import { actingPanel, isLive, known, type Hearing } from '../hearings/hearing.state.js';
import { resolution } from '../resolutions/resolution.js';
import { standingOf } from '../resolutions/resolution.standing.js';
import type { Resolution } from '../resolutions/resolution.state.js';
import type { Proceedings } from './complaint.context.js';
import type { Complaint } from './complaint.state.js';
import { HearingSight } from './hearing-sight.reader.js';

export const nothingPending: Proceedings = {
  liveHearings: [],
  seated: [],
  determinedAllegations: [],
  pendingReviews: [],
  pendingAppeals: [],
  agreedOn: null,
  appealUntil: null,
};

interface Heard extends Pick<Proceedings, 'liveHearings' | 'seated'> {
  readonly hearings: readonly Told<Hearing>[];
}

interface Decided extends Omit<Proceedings, keyof Heard> {
  readonly resolutions: readonly Told<Resolution>[];
}

/** What the hearings and resolutions of a case amount to, from their streams. */
@Injectable()
export class ProceedingsReader {
  constructor(
    @Inject(Desk) private readonly desk: Desk,
    @Inject(HearingSight) private readonly sight: HearingSight,
  ) {}

  /** As `staffId` may be told of them. */
  async of(
    complaint: Complaint,
    staffId: string,
  ): Promise<{ proceedings: Proceedings; unchanged: readonly Told<unknown>[] }> {
    const [heard, decided] = await Promise.all([this.heard(complaint, staffId), this.decided(complaint)]);
    const { hearings, ...sitting } = heard;
    const { resolutions, ...proceedings } = decided;
    return { proceedings: { ...proceedings, ...sitting }, unchanged: [...hearings, ...resolutions] };
  }

  private async heard(complaint: Complaint, staffId: string): Promise<Heard> {
    const ids = complaint.phase === 'absent' ? [] : complaint.hearings;
    const hearings = await Promise.all(ids.map((id) => this.desk.load(hearing, id)));
    const live = hearings.flatMap(({ state }, index) =>
      isLive(state) ? [{ id: ids[index] ?? '', state }] : [],
    );
    const liveHearings = await Promise.all(
      live.map(async ({ id, state }) => ({ id, shown: !(await this.sight.hides(state, staffId)) })),
    );
    const seated = live.flatMap(({ state }, index) =>
      actingPanel(known(state)).map((member) => ({
        staffId: member.staffId,
        shown: liveHearings[index]?.shown === true,
      })),
    );
    return { liveHearings, seated, hearings };
  }

  private async decided(complaint: Complaint): Promise<Decided> {
    const { resolutions: ids, earlierResolutions = [] } =
      complaint.phase === 'absent' ? { resolutions: [] } : complaint;
    const resolutions = await Promise.all(ids.map((id) => this.desk.load(resolution, id)));
    const standings = resolutions.map(({ state }, index) => {
      const id = ids[index] ?? '';
      return { id, ...standingOf(state, earlierResolutions.includes(id)) };
    });
    const windows = standings.flatMap(({ appealUntil }) => appealUntil ?? []);
    const agreements = standings.flatMap(({ agreedOn }) => agreedOn ?? []);
    return {
      resolutions,
      determinedAllegations: standings.flatMap(({ found }) => found),
      pendingReviews: standings.filter(({ unfinished }) => unfinished).map(({ id }) => id),
      pendingAppeals: standings.filter(({ appealPending }) => appealPending).map(({ id }) => id),
      agreedOn: agreements.toSorted()[0] ?? null,
      appealUntil: windows.toSorted().at(-1) ?? null,
    };
  }
}
