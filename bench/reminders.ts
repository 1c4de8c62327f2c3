import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { CommandBus } from '@nestjs/cqrs';
import { Queue, Worker, type QueueOptions } from 'bullmq';
import pg, { type Pool } from 'pg';
import { createApplication } from '../src/application.js';
import { ComplaintCommand } from '../src/complaints/complaint.command.js';
import { Command, type Answer, type Envelope } from '../src/event-store/command.js';
import { freshId } from '../src/event-store/fresh-bytes.js';
import { Clock } from '../src/platform/clock.js';
import { readConfig } from '../src/platform/config.js';
import { openDatabase, poolOf } from '../src/platform/database.js';
import { logAt } from '../src/platform/log.js';
import { migrateQueue, Queues } from '../src/platform/queue.js';
import { Letters } from '../src/reminders/letters.js';
import { reminderOutcomes } from '../src/reminders/reminder.metrics.js';
import { AT_ONCE, ReminderWorker } from '../src/reminders/reminder.worker.js';
import { Sweep } from '../src/reminders/sweep.worker.js';
import { benchDatabase } from './support/database.js';
import { interleaved, median, printFigure } from './support/figures.js';
import { MasterKeys } from '../src/event-store/master-keys.js';

// Reminders that fall due in one minute, from the sweep to the record, against the bare queue doing the same deliveries: a stub.
// BENCH_REDIS_URL queues on that Redis.

const CASES = Number(process.env['BENCH_CASES'] ?? 5_000);
const STEPS = 2 * CASES;
const ROUNDS = 3;
const GIVEN_AT_ONCE = 64;

/** Stands still until the next step of every reminder has come. */
class SteppedClock extends Clock {
  readonly zone = 'Europe/London';
  private day = Date.parse('2026-06-01T10:00:00Z');

  now(): string {
    return new Date(this.day).toISOString();
  }

  step(): void {
    this.day += 14 * 86_400_000;
  }
}

/** As the house gives it to its own queues. */
const connectionTo = (databaseUrl: string, redisUrl: string | undefined): QueueOptions['connection'] =>
  redisUrl === undefined
    ? new pg.Pool({ connectionString: databaseUrl, max: 6, options: '-c search_path=bullmq -c jit=off' })
    : { url: redisUrl, maxRetriesPerRequest: null };

const stub = () => Promise.resolve({ messageId: '<stub@bench>', via: 'outbox' as const });

const until = async (done: () => Promise<boolean>): Promise<void> => {
  while (!(await done())) await new Promise((resolve) => setTimeout(resolve, 20));
};

const recorded = async (pool: Pool): Promise<number> => {
  const { rows } = await pool.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM reminders WHERE state = 'sent'`,
  );
  return rows[0]?.n ?? 0;
};

/** As this process counts them, once each is on record: to ask the database would cost it as much as to record. */
const sent = async (): Promise<number> => {
  const { values } = await reminderOutcomes.get();
  return values.find(({ labels }) => labels.outcome === 'sent')?.value ?? 0;
};

/** Processor time of this process for one reminder, in microseconds, of each round. */
const processor: Record<'ours' | 'bare', number[]> = { ours: [], bare: [] };

const perSecond = async (whose: 'ours' | 'bare', work: () => Promise<void>): Promise<number> => {
  const [began, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  processor[whose].push((user + system) / STEPS);
  return (STEPS * 1000) / (performance.now() - began);
};

/** What is still reachable after everything else was collected. */
const kept = (): number => {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
};

const megabytes = (bytes: number) => `${Math.round(bytes / 1_048_576)} MB`;

const database = await benchDatabase();
await migrateQueue(database.url);
const directory = await mkdtemp(join(tmpdir(), 'redress-bench-reminders-'));
const redis = process.env['BENCH_REDIS_URL'];
const config = readConfig({
  DATABASE_URL: database.url,
  MASTER_KEY: Buffer.alloc(32, 1).toString('base64'),
  REDRESS_DATA_DIR: directory,
  REDRESS_SWEEP_SECONDS: '3600',
  LOG_LEVEL: 'warn',
  ...(redis === undefined ? {} : { REDIS_URL: redis }),
});
const connection = connectionTo(database.url, redis);
const source = await openDatabase(database.url);
const pool = poolOf(source);
const clock = new SteppedClock();
const app = await createApplication({
  config,
  databaseUrl: database.url,
  pool,
  masterKeys: new MasterKeys([Buffer.alloc(32, 1)]),
  clock,
  log: logAt('warn'),
});
await app.init();

const envelope = (): Envelope => ({
  actor: { id: 'staff-1', role: 'case-handler' },
  correlationId: freshId(),
});
const give = (command: Command) => app.get(CommandBus).execute<Command, Answer>(command);

const receive = async (): Promise<void> => {
  const id = freshId();
  const received = { receivedOn: '2026-01-05', channel: 'letter', category: 'abuse', summary: 'Shouted at.' };
  await give(new ComplaintCommand('Receive', id, received, { ...envelope(), backdatingReason: 'A bench.' }));
  await give(new ComplaintCommand('AssignHandler', id, { handlerId: 'ann@example.org' }, envelope()));
};

const rivals: { close(): Promise<void> }[] = [];
try {
  for (let n = 0; n < CASES; n += GIVEN_AT_ONCE)
    await Promise.all(Array.from({ length: Math.min(GIVEN_AT_ONCE, CASES - n) }, receive));
  app.get(Letters, { strict: false }).send = stub;
  const queues = app.get(Queues, { strict: false });
  const deliveries = await queues.queue('reminder-deliveries');
  await app.get(ReminderWorker, { strict: false }).start();
  await app.get(Sweep, { strict: false }).run(deliveries);
  await until(async () => (await sent()) >= STEPS);

  const sweeping = () =>
    perSecond('ours', async () => {
      clock.step();
      const before = await sent();
      await app.get(Sweep, { strict: false }).run(deliveries);
      await until(async () => (await sent()) >= before + STEPS);
    });
  let done = 0;
  // The same library on the same backend, which the house has chosen by now.
  const bare = new Queue('bench', { connection });
  const worker = new Worker('bench', () => stub().then(() => (done += 1)), {
    connection,
    concurrency: AT_ONCE,
  });
  rivals.push(worker, bare);
  const working = () =>
    perSecond('bare', async () => {
      done = 0;
      const opts = { removeOnComplete: true, removeOnFail: true };
      for (let n = 0; n < STEPS; n += 200)
        await bare.addBulk(
          Array.from({ length: 200 }, (_, at) => ({ name: 'stub', data: { at: n + at }, opts })),
        );
      await until(() => Promise.resolve(done >= STEPS));
    });
  const [heap, memory] = [kept(), process.memoryUsage().rss];
  printFigure(
    `${STEPS} reminders on ${redis === undefined ? 'PostgreSQL' : 'Redis'}`,
    await interleaved(ROUNDS, sweeping, working),
  );
  const [ours, theirs] = [median(processor.ours), median(processor.bare)].map(Math.round);
  console.log(`processor time of Node for each: ${ours} µs, bare ${theirs} µs`);
  const peak = process.resourceUsage().maxRSS * 1024;
  console.log(
    `memory: ${megabytes(memory)} before ${ROUNDS * STEPS} more and as many bare jobs, ${megabytes(peak)} at most; kept ${megabytes(heap)} before, ${megabytes(kept())} after`,
  );
  const onRecord = await recorded(pool);
  if (onRecord !== (ROUNDS + 1) * STEPS) throw new Error(`${onRecord} reminders are on record.`);
} finally {
  await Promise.all(rivals.map((each) => each.close()));
  await app.close();
  if (connection instanceof pg.Pool) await connection.end();
  await source.destroy();
  await database.drop();
  await rm(directory, { recursive: true, force: true });
}
