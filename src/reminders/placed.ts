import type { Rungs } from '../clocks/ladder.js';
import type { Seat } from './recipients.js';

/** A deadline that runs, of a case or of one of its hearings, at its place on the ladder by the day on which one looks. */
export interface Placed extends Seat {
  readonly caseId: string;
  readonly reference: string;
  readonly deadline: string;
  readonly dueOn: string;
  readonly rungs: Rungs;
  readonly place: number;
  readonly today: string;
  readonly now: string;
}
