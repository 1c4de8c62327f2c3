import type { Outcome } from './batch.js';
import { Refusal } from './errors.js';

const DISK_FULL = '53100';
/** Not for ever: whoever is sent nothing while the disk is full would never learn that there is room again. */
const REMEMBERED = 30_000;

const isFull = (outcome: Outcome | Error): boolean =>
  outcome instanceof Refusal && outcome.details['cause'] === DISK_FULL;

/** Whether there was room on the disk of the database for what was recorded last. */
export class Room {
  private fullUntil = 0;

  note(outcomes: readonly (Outcome | Error)[]): void {
    if (outcomes.some(isFull)) this.fullUntil = performance.now() + REMEMBERED;
    else if (outcomes.some((each) => 'outcome' in each && each.outcome === 'appended')) this.fullUntil = 0;
  }

  /** The last append that wrote found none, not long ago. */
  get isOut(): boolean {
    return performance.now() < this.fullUntil;
  }
}
