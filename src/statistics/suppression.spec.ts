import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FLOW, LIMITS, suppressed, type CountRow } from './suppression.js';

const OUTCOMES = ['determined', 'withdrawn', 'resigned', 'reopened'];
const RUNS = process.env['REDRESS_LONG'] ? 2_000 : 200;
const PRIME = 67_108_859;

const modulo = (value: number): number => ((value % PRIME) + PRIME) % PRIME;
const inverse = (value: number): number => {
  let [power, base, result] = [PRIME - 2, modulo(value), 1];
  for (; power > 0; power = Math.floor(power / 2)) {
    if (power % 2 === 1) result = modulo(result * base);
    base = modulo(base * base);
  }
  return result;
};

type Equation = Map<string, number>;

/** The unknowns that these equations determine: those that stand alone in their reduced form. */
const determined = (equations: readonly Equation[]): string[] => {
  const names = [...new Set(equations.flatMap((equation) => [...equation.keys()]))];
  const rows = equations.map((equation) => names.map((name) => modulo(equation.get(name) ?? 0)));
  let rank = 0;
  for (let column = 0; column < names.length; column += 1) {
    const pivot = rows.findIndex((row, index) => index >= rank && row[column] !== 0);
    if (pivot < 0) continue;
    [rows[rank], rows[pivot]] = [rows[pivot]!, rows[rank]!];
    const scale = inverse(rows[rank]![column]!);
    rows[rank] = rows[rank]!.map((value) => modulo(value * scale));
    rows.forEach((row, index) => {
      const factor = row[column]!;
      if (index === rank || factor === 0) return;
      rows[index] = row.map((value, at) => modulo(value - factor * rows[rank]![at]!));
    });
    rank += 1;
  }
  return rows
    .filter((row) => row.filter((value) => value !== 0).length === 1)
    .map((row) => names[row.findIndex((value) => value !== 0)]!);
};

interface Flow {
  readonly received: number;
  readonly outcomes: readonly number[];
  readonly reopened: number;
  readonly within: number;
  readonly missed: number;
}

/** Rows whose sums are right, as the counts of real cases are. */
const rowsOf = (told: readonly (readonly Flow[])[]): CountRow[] => {
  const rows = told.flatMap((periods, category) => {
    let open = 10 + category;
    return periods.map(({ received: more, outcomes, reopened, within, missed }, period): CountRow => {
      const closed = outcomes.reduce((sum, n) => sum + n, 0);
      const openAtStart = open;
      // Nothing is closed that was not open.
      const received = Math.max(more, closed - open - reopened);
      open += received + reopened - closed;
      const withinLimit = Math.min(within, closed);
      const limits = { withinLimit, overLimit: closed - withinLimit, withoutLimit: 0 };
      const byOutcome = Object.fromEntries(OUTCOMES.map((name, index) => [name, outcomes[index] ?? 0]));
      const { reopened: undone, ...endings } = byOutcome;
      const flow = { received, closed, reopened, openAtStart, openAtEnd: open };
      const counts = { ...flow, ...limits, ...endings, 'outcome-reopened': undone ?? 0, missed };
      return { period, category: `category ${category}`, counts };
    });
  });
  const periods = told[0]?.length ?? 0;
  const totals = Array.from({ length: periods }, (_, period): CountRow => {
    const own = rows.filter((row) => row.period === period);
    const names = Object.keys(own[0]?.counts ?? {});
    const counts = Object.fromEntries(
      names.map((name) => [name, own.reduce((sum, row) => sum + (row.counts[name] ?? 0), 0)]),
    );
    return { period, category: null, counts };
  });
  return [...rows, ...totals];
};

const ENDINGS = ['determined', 'withdrawn', 'resigned', 'outcome-reopened'];

/** All that adds up, over what is left out. The open at an end and at the next start are one figure. */
const equationsOf = (rows: readonly CountRow[], hidden: ReturnType<typeof suppressed>): Equation[] => {
  const periods = Math.max(...rows.map(({ period }) => period)) + 1;
  const nameOf = ({ period, category }: CountRow, name: string) =>
    name === 'openAtEnd'
      ? `${category} ${period + 1} open`
      : `${category} ${period} ${name === 'openAtStart' ? 'open' : name}`;
  // A figure that is shown at one of its two places is known.
  const shown = new Set(
    rows.flatMap((row) =>
      Object.keys(row.counts)
        .filter((name) => hidden.get(row)?.has(name) !== true)
        .map((name) => nameOf(row, name)),
    ),
  );
  const equation = (terms: readonly (readonly [CountRow, string, number])[]): Equation => {
    const sum: Equation = new Map();
    for (const [row, name, factor] of terms) {
      const key = nameOf(row, name);
      if (!shown.has(key)) sum.set(key, (sum.get(key) ?? 0) + factor);
    }
    return sum;
  };
  const within = rows.flatMap((row) => [
    equation([
      [row, 'openAtStart', 1],
      [row, 'received', 1],
      [row, 'reopened', 1],
      [row, 'closed', -1],
      [row, 'openAtEnd', -1],
    ]),
    ...[LIMITS, ENDINGS].map((block) =>
      equation([[row, 'closed', -1], ...block.map((name) => [row, name, 1] as const)]),
    ),
  ]);
  const across = Array.from({ length: periods }, (_, period) =>
    rows.filter((row) => row.period === period),
  ).flatMap((own) =>
    Object.keys(own[0]?.counts ?? {}).map((name) =>
      equation(own.map((row) => [row, name, row.category === null ? -1 : 1] as const)),
    ),
  );
  return [...within, ...across].filter((one) => one.size > 0);
};

const few = fc.oneof(fc.constant(0), fc.nat({ max: 6 }), fc.nat({ max: 60 }));
const flow: fc.Arbitrary<Flow> = fc.record({
  received: few,
  outcomes: fc.array(few, { minLength: 4, maxLength: 4 }),
  reopened: fc.oneof(fc.constant(0), few),
  within: few,
  missed: few,
});
const table = fc
  .tuple(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 1, max: 3 }))
  .chain(([categories, periods]) =>
    fc.array(fc.array(flow, { minLength: periods, maxLength: periods }), {
      minLength: categories,
      maxLength: categories,
    }),
  );

describe('what is left out of published figures', () => {
  it('is every small count, and nothing where there is none', () => {
    fc.assert(
      fc.property(table, fc.integer({ min: 2, max: 12 }), (told, threshold) => {
        const rows = rowsOf(told);
        const hidden = suppressed(rows, ENDINGS, threshold);
        for (const row of rows)
          for (const [name, count] of Object.entries(row.counts))
            if (count > 0 && count < threshold) expect(hidden.get(row)?.has(name)).toBe(true);
        const isFree = rows.every(({ counts }) =>
          Object.values(counts).every((n) => n <= 0 || n >= threshold),
        );
        if (isFree) expect([...hidden.values()].every(({ size }) => size === 0)).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });

  it('cannot be found by adding and subtracting what is shown', () => {
    fc.assert(
      fc.property(table, fc.integer({ min: 2, max: 12 }), (told, threshold) => {
        const rows = rowsOf(told);
        expect(determined(equationsOf(rows, suppressed(rows, ENDINGS, threshold)))).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  it('needs the second figure: a small one alone is found at once', () => {
    const rows = rowsOf([
      [{ received: 9, outcomes: [2, 8, 0, 0], reopened: 0, within: 10, missed: 0 }],
      [{ received: 19, outcomes: [9, 9, 0, 0], reopened: 0, within: 18, missed: 0 }],
    ]);
    const alone = new Map(rows.map((row) => [row, new Set(row === rows[0] ? ['determined'] : [])]));
    expect(determined(equationsOf(rows, alone))).toEqual(['category 0 0 determined']);
    expect(FLOW.some((name) => suppressed(rows, ENDINGS, 5).get(rows[0]!)?.has(name))).toBe(false);
  });
});
