import { isOverdue } from '../clocks/deadline.js';
import type { Move, Moved } from '../clocks/live-cases.js';

/** A deadline as one reckoning has it. */
export interface Due {
  readonly key: string;
  /** Of one that recurs: which time. */
  readonly occurrence?: number;
  readonly dueOn: string;
  readonly metOn: string | null;
  readonly held: boolean;
}

export const nothingMoved: Moved = {
  cases: 0,
  later: 0,
  earlier: 0,
  unchanged: 0,
  begun: 0,
  dropped: 0,
  newlyOverdue: 0,
  noLongerOverdue: 0,
  missesRecorded: 0,
};

const nameOf = ({ key, occurrence = 1 }: Due): string => (occurrence === 1 ? key : `${key} ${occurrence}`);

/** Whether two reckonings make the same deadlines of a case, at whatever days. */
export const haveSameNames = (before: readonly Due[], after: readonly Due[]): boolean =>
  before.length === after.length &&
  before.every(({ key, occurrence }, at) => after[at]?.key === key && after[at].occurrence === occurrence);

const isLate = (due: Due | undefined, today: string): boolean =>
  due !== undefined && due.metOn === null && !due.held && isOverdue(due.dueOn, today);

const directionOf = (from: string | undefined, to: string | undefined) => {
  if (from === undefined) return 'begun';
  if (to === undefined) return 'dropped';
  if (from === to) return 'unchanged';
  return from < to ? 'later' : 'earlier';
};

/** One deadline by two reckonings. */
export interface Difference {
  readonly deadline: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly direction: ReturnType<typeof directionOf>;
  readonly overdueBefore: boolean;
  readonly overdueAfter: boolean;
}

const difference = (
  deadline: string,
  was: Due | undefined,
  is: Due | undefined,
  today: string,
): Difference => ({
  deadline,
  from: was?.dueOn ?? null,
  to: is?.dueOn ?? null,
  direction: directionOf(was?.dueOn, is?.dueOn),
  overdueBefore: isLate(was, today),
  overdueAfter: isLate(is, today),
});

const isOver = (due: Due | undefined): boolean => due === undefined || due.metOn !== null;

/** The deadlines of one case by two reckonings; what was met is over and not told. */
export const differences = (before: readonly Due[], after: readonly Due[], today: string): Difference[] => {
  const old = new Map(before.map((due) => [nameOf(due), due]));
  const anew = new Map(after.map((due) => [nameOf(due), due]));
  return [...new Set([...old.keys(), ...anew.keys()])]
    .filter((name) => !isOver(old.get(name)) || !isOver(anew.get(name)))
    .map((name) => difference(name, old.get(name), anew.get(name), today));
};

type Totals = { -readonly [K in keyof Moved]: Moved[K] };

/** Counts differences as they come. */
export class Tally {
  readonly totals: Totals = { ...nothingMoved };

  add(told: readonly Difference[]): void {
    this.totals.cases += 1;
    for (const { direction, overdueBefore, overdueAfter } of told) {
      this.totals[direction] += 1;
      if (overdueAfter && !overdueBefore) this.totals.newlyOverdue += 1;
      if (overdueBefore && !overdueAfter) this.totals.noLongerOverdue += 1;
    }
  }
}

export const moveOf = (
  { caseId, reference }: Pick<Move, 'caseId' | 'reference'>,
  { deadline, from, to }: Difference,
): Move => ({ caseId, reference, deadline, from, to });
