import { readFile } from 'node:fs/promises';
import type { Pool } from 'pg';

/** Processor time in milliseconds, which other work on the machine changes less than the time on the wall. */
export interface ProcessorTime {
  readonly node: number;
  /** Of the sessions on that database; `null` where the system does not tell of processes in `/proc`. */
  readonly postgres: number | null;
}

/** `/proc/{pid}/stat` counts in hundredths of a second. */
const TICK_MS = 10;

const ticksOf = async (pid: number): Promise<number> => {
  const told = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name of the program, in brackets, may hold spaces.
  const fields = told.slice(told.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
};

async function sessions(pool: Pool): Promise<number | null> {
  if (process.platform !== 'linux') return null;
  const { rows } = await pool.query<{ pid: number }>(
    'SELECT pid FROM pg_stat_activity WHERE datname = current_database()',
  );
  const ticks = await Promise.all(rows.map(({ pid }) => ticksOf(pid)));
  return TICK_MS * ticks.reduce((sum, each) => sum + each, 0);
}

/** What some work costs both. */
export async function processorTimeOf(pool: Pool, work: () => Promise<unknown>): Promise<ProcessorTime> {
  const before = await sessions(pool);
  const used = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(used);
  const after = await sessions(pool);
  return { node: (user + system) / 1000, postgres: after === null ? null : after - (before ?? 0) };
}

export const printProcessorTime = (name: string, { node, postgres }: ProcessorTime): void => {
  const shown = (value: number | null) => (value === null ? 'not told' : `${(value / 1000).toFixed(2)} s`);
  console.log(`${name.padEnd(44)} processor: Node ${shown(node)}, PostgreSQL ${shown(postgres)}`);
};
