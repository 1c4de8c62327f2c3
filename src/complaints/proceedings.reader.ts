import { Injectable } from '@nestjs/common';
import type { Told } from '../event-store/desk.js';
import type { Proceedings } from './complaint.context.js';

export const nothingPending: Proceedings = {
  liveHearings: [],
  determinedAllegations: [],
  pendingReviews: [],
  pendingAppeals: [],
  appealUntil: null,
};

/** What the hearings and resolutions of a case amount to. */
@Injectable()
export class ProceedingsReader {
  of(_complaintId: string): Promise<{ proceedings: Proceedings; unchanged: readonly Told<unknown>[] }> {
    return Promise.resolve({ proceedings: nothingPending, unchanged: [] });
  }
}
