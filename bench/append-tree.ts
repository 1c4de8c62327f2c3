import { pino } from 'pino';
import { CheckpointWorker } from '../src/audit/checkpoint.worker.js';
import { Checkpoints } from '../src/audit/checkpoints.js';
import { logTiles } from '../src/audit/log-tiles.follower.js';
import { catchUp, Followers } from '../src/event-store/followers.js';
import { headOf } from '../src/event-store/loader.js';
import { SystemClock } from '../src/platform/clock.js';
import { readConfig } from '../src/platform/config.js';
import { openDatabase, poolOf } from '../src/platform/database.js';
import { Post } from '../src/platform/mail.js';
import { AppendLoad, BENCH_TABLES } from './support/append-load.js';
import { benchDatabase } from './support/database.js';
import { interleaved, printFigure } from './support/figures.js';

// Appends while the same process keeps the tree of the log and signs its heads, against appends without that.

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 15);
const MILLISECONDS = Number(process.env['BENCH_MILLISECONDS'] ?? 1500);
const CALLERS = (process.env['BENCH_CALLERS'] ?? '1,8,32').split(',').map(Number);

const database = await benchDatabase(...BENCH_TABLES);
const load = await AppendLoad.on(database.url);
const source = await openDatabase(database.url);
const pool = poolOf(source);
const config = readConfig({
  DATABASE_URL: database.url,
  MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
  AUDIT_SIGNING_KEY: Buffer.alloc(32, 1).toString('base64'),
});
const [clock, post, log] = [new SystemClock('Europe/London'), new Post(config), pino({ level: 'silent' })];

const append = (callers: number): Promise<number> => load.run('ours', 'existing', callers, MILLISECONDS);

/** What was recorded while nobody followed is followed first, and not while it is measured. */
async function withTree(callers: number): Promise<number> {
  await catchUp(pool, logTiles, await headOf(pool));
  const followers = new Followers(pool, ({ error }) => console.error(error));
  const worker = new CheckpointWorker(new Checkpoints(pool, config), config, pool, post, clock, log);
  followers.follow(logTiles);
  await worker.start();
  const perSecond = await append(callers);
  await worker.beforeApplicationShutdown();
  await followers.onModuleDestroy();
  return perSecond;
}

try {
  for (const callers of CALLERS) {
    await append(callers);
    const figures = await interleaved(
      ROUNDS,
      () => withTree(callers),
      () => append(callers),
    );
    printFigure(`append with the tree / without, ${callers} callers`, figures);
  }
} finally {
  await load.end();
  await source.destroy();
  await database.drop();
}
