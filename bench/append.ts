import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { AppendLoad, BENCH_TABLES, type Side } from './support/append-load.js';
import { benchDatabase } from './support/database.js';
import { interleaved, printFigure } from './support/figures.js';

// Durable appends with their read row, against single-row named-prepared INSERTs on the same server.

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 5);
const MILLISECONDS = Number(process.env['BENCH_MILLISECONDS'] ?? 1000);
const CALLERS = (process.env['BENCH_CALLERS'] ?? '1,8,32,128').split(',').map(Number);
const PROCESSES = 4;
const SHARED_CALLERS = 32;

async function inOneProcess(load: AppendLoad): Promise<void> {
  for (const callers of CALLERS) {
    for (const streams of ['new', 'existing'] as const) {
      const side = (which: Side) => () => load.run(which, streams, callers, MILLISECONDS);
      await side('ours')();
      const figures = await interleaved(ROUNDS, side('ours'), side('baseline'));
      printFigure(`append, ${callers} callers, ${streams} streams`, figures);
    }
  }
}

async function shareOf(child: ChildProcess, side: Side): Promise<number> {
  child.send({ side, callers: SHARED_CALLERS / PROCESSES, milliseconds: MILLISECONDS });
  const [perSecond] = (await once(child, 'message')) as [number];
  return perSecond;
}

async function inSeveralProcesses(url: string): Promise<void> {
  const program = fileURLToPath(new URL('./support/append-child.js', import.meta.url));
  const children = Array.from({ length: PROCESSES }, () => fork(program, [url]));
  const side = (which: Side) => async () => {
    const shares = await Promise.all(children.map((child) => shareOf(child, which)));
    return shares.reduce((sum, share) => sum + share, 0);
  };
  await side('ours')();
  await side('baseline')();
  const figures = await interleaved(ROUNDS, side('ours'), side('baseline'));
  printFigure(`append, ${PROCESSES} processes sharing ${SHARED_CALLERS} callers`, figures);
  const ended = Promise.all(children.map((child) => once(child, 'exit')));
  for (const child of children) child.disconnect();
  await ended;
}

const database = await benchDatabase(...BENCH_TABLES);
const load = await AppendLoad.on(database.url);
try {
  await inOneProcess(load);
  await inSeveralProcesses(database.url);
} finally {
  await load.end();
  await database.drop();
}
