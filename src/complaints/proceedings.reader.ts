import { Injectable } from '@nestjs/common';
import type { Told } from '../event-store/desk.js';
import type { Proceedings } from './complaint.context.js';
import type { Complaint } from './complaint.state.js';

export const nothingPending: Proceedings = {
  liveHearings: [],
  determinedAllegations: [],
  pendingReviews: [],
  pendingAppeals: [],
  appealUntil: null,
};

/** What the hearings and resolutions of a case amount to, from their streams. */
@Injectable()
export class ProceedingsReader {
  of(_complaint: Complaint): Promise<{ proceedings: Proceedings; unchanged: readonly Told<unknown>[] }> {
    return Promise.resolve({ proceedings: nothingPending, unchanged: [] });
  }
}
