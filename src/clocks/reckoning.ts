import type { Skipped } from './counting.js';
import type { Unit } from './deadline-rule.js';

/** A due date, the instant at which it is over, and how both came about. */
export interface Reckoning {
  readonly dueOn: string;
  readonly dueAt: string;
  readonly steps: readonly Step[];
}

/** Units counted: `{ count: 5, unit: 'working-days' }`. */
export interface Units {
  readonly count: number;
  readonly unit: Unit;
}

/** One step on the way to a due date; every day is `YYYY-MM-DD`. */
export type Step =
  | { readonly kind: 'started'; readonly event: string; readonly on: string }
  | {
      readonly kind: 'started-at-latest';
      /** The event that it waited for, and no longer. */
      readonly event: string;
      readonly after: string;
      readonly afterOn: string;
      readonly units: Units;
      readonly on: string;
    }
  | { readonly kind: 'started-anew'; readonly on: string }
  | { readonly kind: 'start-moved'; readonly from: string; readonly to: string }
  | {
      readonly kind: 'counted';
      /** From the start, null when counted from a completion; and what the recurrence adds, null for the first. */
      readonly first: Units | null;
      readonly further: Units | null;
      readonly dayOne: string;
      readonly to: string;
      readonly skipped?: Skipped;
    }
  | { readonly kind: 'extended'; readonly grantedOn: string; readonly from: string; readonly to: string }
  | {
      readonly kind: 'stood-still';
      /** From that day until the day before `to`, as far as it is known. */
      readonly from: string;
      readonly to: string;
      readonly reasons: readonly string[];
      /** The stops that were undone: `ComplaintClosed`, by a reopening. */
      readonly stops: readonly string[];
      readonly givenBack: Units;
      readonly dueOn: string;
    }
  /** What was counted ends after LAST_CALENDAR_DAY, or never. */
  | { readonly kind: 'calendars-ended'; readonly on: string }
  | { readonly kind: 'rolled'; readonly from: string; readonly to: string; readonly rule: string };
