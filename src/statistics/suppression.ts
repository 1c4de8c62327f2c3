/**
 * Figures that are published must not tell of single people: a small count is left out, and so much besides that it cannot
 * be found by subtracting. Pure.
 *
 * The rule. A count of 1 up to one below the threshold is small. A category in which a count of its flow is small in any
 * period has its flow, and all that rests on it, left out of every period; one in which a count of another block is small has
 * that block left out of that period. What is left out of a block is left out of two categories at least. In the row of all
 * cases a small count is left out together with another of the counts that it adds up with. What is left out of two rows that
 * are summed can be moved between them, so neither is determined.
 */

export const FLOW = ['received', 'closed', 'reopened', 'openAtStart', 'openAtEnd'] as const;
export const LIMITS = ['withinLimit', 'overLimit', 'withoutLimit'] as const;

export type Counts = Readonly<Record<string, number>>;

/** The counts of one period: of one category, or of all cases. */
export interface CountRow {
  readonly period: number;
  readonly category: string | null;
  readonly counts: Counts;
}

/** Which counts of a row are left out. */
export type Hidden = ReadonlyMap<CountRow, ReadonlySet<string>>;

/** Blocks of counts that are left out together; `outcomes` names those of the endings. */
const blocksOf = (outcomes: readonly string[]): readonly (readonly string[])[] => [
  LIMITS,
  outcomes,
  ['missed'],
];

const sumOf = ({ counts }: CountRow, names: readonly string[]): number =>
  names.reduce((sum, name) => sum + (counts[name] ?? 0), 0);

class Suppression {
  private readonly hidden = new Map<CountRow, Set<string>>();

  constructor(
    private readonly rows: readonly CountRow[],
    private readonly threshold: number,
  ) {
    for (const row of rows) this.hidden.set(row, new Set());
  }

  of(outcomes: readonly string[]): Hidden {
    const periods = [...new Set(this.rows.map(({ period }) => period))];
    const flowless = this.flowless();
    for (const row of this.rows.filter(({ category }) => category !== null && flowless.has(category)))
      this.hide(row, [...FLOW, ...blocksOf(outcomes).flat()]);
    for (const period of periods) {
      const inPeriod = this.rows.filter((row) => row.period === period);
      for (const block of blocksOf(outcomes)) this.hideBlock(inPeriod, block);
      for (const row of inPeriod.filter(({ category }) => category === null)) this.hideInTotal(row, outcomes);
    }
    return this.hidden;
  }

  private hide(row: CountRow, names: readonly string[]): void {
    for (const name of names) this.hidden.get(row)?.add(name);
  }

  private isSmall(row: CountRow, name: string): boolean {
    const count = row.counts[name] ?? 0;
    return count > 0 && count < this.threshold;
  }

  private hasSmall(row: CountRow, names: readonly string[]): boolean {
    return names.some((name) => this.isSmall(row, name));
  }

  /** Categories that are left out of every period. */
  private flowless(): ReadonlySet<string> {
    const size = new Map<string, number>();
    const out = new Set<string>();
    for (const row of this.rows) {
      if (row.category === null) continue;
      size.set(row.category, (size.get(row.category) ?? 0) + sumOf(row, FLOW));
      if (this.hasSmall(row, FLOW)) out.add(row.category);
    }
    if (out.size === 1) {
      const other = smallest(
        [...size].filter(([name]) => !out.has(name)),
        ([, sum]) => sum,
      );
      if (other) out.add(other[0]);
    }
    return out;
  }

  private hideBlock(inPeriod: readonly CountRow[], block: readonly string[]): void {
    const rows = inPeriod.filter(({ category }) => category !== null);
    const isOut = (row: CountRow) => this.hidden.get(row)?.has(block[0] ?? '') === true;
    for (const row of rows) if (this.hasSmall(row, block)) this.hide(row, block);
    if (rows.filter(isOut).length !== 1) return;
    const other = smallest(
      rows.filter((row) => !isOut(row)),
      (row) => sumOf(row, block),
    );
    if (other) this.hide(other, block);
  }

  private hideInTotal(row: CountRow, outcomes: readonly string[]): void {
    const flows = FLOW.filter((name) => this.isSmall(row, name));
    this.hide(row, flows);
    // Two that stand in this period's sum and in no other (the closed are the sum of their outcomes): whatever is left out of
    // the chain of periods hangs on a ring through them.
    if (flows.length > 0) this.hideTwo(row, ['received', 'reopened']);
    for (const block of [LIMITS, outcomes]) {
      const small = block.filter((name) => this.isSmall(row, name));
      this.hide(row, small);
      if (small.length > 0) this.hideTwo(row, block);
    }
    if (this.isSmall(row, 'missed')) this.hide(row, ['missed']);
  }

  private hideTwo(row: CountRow, names: readonly string[]): void {
    for (;;) {
      const shown = names.filter((name) => this.hidden.get(row)?.has(name) !== true);
      if (shown.length === 0 || names.length - shown.length >= 2) return;
      const next = smallest(shown, (name) => row.counts[name] ?? 0);
      if (next !== undefined) this.hide(row, [next]);
    }
  }
}

/** The smallest that is not nothing: what is nothing protects nobody. */
const smallest = <T>(all: readonly T[], sizeOf: (one: T) => number): T | undefined =>
  all.toSorted((one, other) => (sizeOf(one) || Infinity) - (sizeOf(other) || Infinity) || 0)[0];

/** What is to be left out of these rows. Each period has a row of all cases, and one for each category or for none. */
export const suppressed = (
  rows: readonly CountRow[],
  outcomes: readonly string[],
  threshold: number,
): Hidden => new Suppression(rows, threshold).of(outcomes);
