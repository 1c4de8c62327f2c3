import { epochDay, type EpochDay } from './days.js';
import type { DeadlineRule } from './deadline-rule.js';
import { merged, type Pause, type Stretch } from './pauses.js';

/** A stop that was undone, as a closing by a reopening: between the two days the clock stood still. */
export interface UndoneStop {
  readonly event: string;
  readonly stoppedOn: string;
  readonly undoneOn: string;
}

/** A pause, and for what reason where one was given. */
export type ReasonedPause = Pause & { readonly reason?: string };

interface Stops {
  readonly pauses: readonly ReasonedPause[];
  readonly stops?: readonly UndoneStop[] | undefined;
}

/** Whether a pause for that reason stops the clock of this rule. */
export const stopsFor = (
  { pausable }: Pick<DeadlineRule, 'pausable'>,
  reason: string | undefined,
): boolean => (typeof pausable === 'boolean' ? pausable : reason !== undefined && pausable.includes(reason));

/** The pauses that stop the clock of this rule. */
export const pausesOf = (
  rule: Pick<DeadlineRule, 'pausable'>,
  pauses: readonly ReasonedPause[],
): readonly ReasonedPause[] =>
  rule.pausable === false ? NONE : pauses.filter(({ reason }) => stopsFor(rule, reason));

const NONE: readonly never[] = [];

/**
 * The days d with from ≤ d < to on which the clock of this rule stood still, as known at the end of the day `today`:
 * ascending, disjoint. A pause that lasts is taken to last through that day.
 */
export function standstillsOf(
  rule: Pick<DeadlineRule, 'pausable'>,
  { pauses: all, stops = NONE }: Stops,
  today: string,
): readonly Stretch[] {
  const pauses = all.length === 0 ? NONE : pausesOf(rule, all);
  if (pauses.length === 0 && stops.length === 0) return NONE;
  const end = epochDay(today) + 1;
  const until = (to: string | null): EpochDay => (to === null ? end : Math.min(epochDay(to), end));
  return merged([
    ...pauses.map(({ from, to }) => ({ from: epochDay(from), to: until(to) })),
    ...stops
      .filter(({ undoneOn }) => undoneOn <= today)
      .map(({ stoppedOn, undoneOn }) => ({ from: epochDay(stoppedOn), to: epochDay(undoneOn) })),
  ]);
}
