import { epochDay, type EpochDay } from './days.js';

/**
 * A pause: the clock stands still on each day d with from ≤ d < to, so that a pause and a resume on one day change
 * nothing. `to` is the day of the resume; null while the pause is open.
 */
export interface Pause {
  readonly from: string;
  readonly to: string | null;
}

/** The days d with from ≤ d < to. */
export interface Stretch {
  readonly from: EpochDay;
  readonly to: EpochDay;
}

/**
 * The pauses as known at the end of the day `asOf`: later ones left out, an open one lasting through that day, overlapping
 * ones counted once; ascending, disjoint, none empty.
 */
export function mergedPauses(pauses: readonly Pause[], asOf: EpochDay): Stretch[] {
  return merged(
    pauses.map((pause) => ({
      from: epochDay(pause.from),
      to: Math.min(pause.to === null ? asOf + 1 : epochDay(pause.to), asOf + 1),
    })),
  );
}

/** Stretches in ascending order, joined where they overlap or touch, empty ones dropped. */
export function merged(stretches: readonly Stretch[]): Stretch[] {
  const joined: { from: EpochDay; to: EpochDay }[] = [];
  for (const { from, to } of stretches.toSorted((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (from >= to) continue;
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else joined.push({ from, to });
  }
  return joined;
}
