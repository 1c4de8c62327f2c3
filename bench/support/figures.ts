export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** `rounds` turns of each side in alternation; the median of each. */
export async function interleaved(
  rounds: number,
  ours: () => Promise<number>,
  baseline: () => Promise<number>,
): Promise<{ ours: number; baseline: number }> {
  const figures: { ours: number[]; baseline: number[] } = { ours: [], baseline: [] };
  for (let round = 0; round < rounds; round += 1) {
    figures.baseline.push(await baseline());
    figures.ours.push(await ours());
  }
  return { ours: median(figures.ours), baseline: median(figures.baseline) };
}

/** One line: what, ours, the baseline, the ratio. */
export function printFigure(name: string, { ours, baseline }: { ours: number; baseline: number }): void {
  const shown = (value: number) => Math.round(value).toLocaleString('en').padStart(8);
  const ratio = (ours / baseline).toFixed(2);
  console.log(`${name.padEnd(44)} ours ${shown(ours)}/s  baseline ${shown(baseline)}/s  ratio ${ratio}`);
}

/** One line of times: what, ours, the baseline, how many times as long ours takes. */
export function printTimes(name: string, { ours, baseline }: { ours: number; baseline: number }): void {
  const shown = (value: number) => value.toFixed(2).padStart(8);
  const ratio = (ours / baseline).toFixed(2);
  console.log(`${name.padEnd(44)} ours ${shown(ours)} ms  baseline ${shown(baseline)} ms  times ${ratio}`);
}
