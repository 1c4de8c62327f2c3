import { createHash } from 'node:crypto';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Job, Processor, Queue, QueueOptions, Worker, WorkerOptions } from 'bullmq';
import pg from 'pg';
import type { Logger } from 'pino';
import { WrongSetting, type Config } from './config.js';
import { openRedis } from './redis.js';

/**
 * The queue: BullMQ, on the database or, with REDIS_URL, on Redis. Whatever stands in it can be lost at any time: what is
 * due stands in the database, and whoever fills a queue fills it again.
 */

const CONNECTIONS = 6;
const PATIENCE_MS = 5_000;
const SILENCE_MS = 30_000;
/**
 * A worker that died, or a store that died with its answer, leaves jobs locked: another worker takes them up after the lock and
 * one look at them. Short, since a job that is done twice is seen by its claim.
 */
const LOCK_MS = 10_000;
const LOOK_MS = 5_000;
/** After a connection was lost BullMQ would wait so long until a worker asks for jobs again: a quarter of a minute by itself. */
const ASK_AGAIN_MS = 1_000;

/** Every queue there is. Each has a sequence of its own, which BullMQ would make on first use: we run without DDL. */
export const QUEUES = ['reminder-sweeps', 'reminder-deliveries', 'retention'] as const;
export type QueueName = (typeof QUEUES)[number];

/** The queue's own schema; ran with the owner's rights, by `migrate`. */
export const migrateQueue = async (ownerUrl: string): Promise<void> => {
  const { runMigrations } = await import('bullmq');
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'redress migrate' });
  await client.connect();
  try {
    await runMigrations(client);
    for (const queue of QUEUES) await client.query(sequenceOf(queue));
    await client.query(`GRANT USAGE ON SCHEMA bullmq TO redress_app;
      GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA bullmq TO redress_app;
      GRANT USAGE ON ALL SEQUENCES IN SCHEMA bullmq TO redress_app;
      GRANT EXECUTE ON ALL ROUTINES IN SCHEMA bullmq TO redress_app;`);
  } finally {
    await client.end();
  }
};

const sequenceOf = (queue: QueueName): string =>
  `CREATE SEQUENCE IF NOT EXISTS bullmq.bullmq_jid_${createHash('md5').update(queue).digest('hex')}`;

/** What a process holds of the queue's store: one pool of connections, or one Redis client that workers duplicate. */
interface Store {
  readonly options: Pick<QueueOptions, 'connection' | 'prefix'>;
  end(): Promise<void>;
}

const onDatabase = async (databaseUrl: string, log: Logger): Promise<Store> => {
  const { createPostgresBackend, setDefaultBackendFactory } = await import('bullmq');
  setDefaultBackendFactory(createPostgresBackend);
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    application_name: 'redress queue',
    max: CONNECTIONS,
    keepAlive: true,
    options:
      '-c role=redress_app -c search_path=bullmq -c jit=off -c lock_timeout=10s -c statement_timeout=30s',
  });
  pool.on('error', (error) => log.warn({ reason: error.message }, 'queue: a connection was lost'));
  // BullMQ types every connection as one to Redis; the backend chosen above reads it.
  const connection = pool as unknown as QueueOptions['connection'];
  return { options: { connection }, end: () => pool.end() };
};

const onRedis = async (url: string, config: Config, log: Logger): Promise<Store> => {
  const [{ setDefaultBackendFactory }, { redis, end }] = await Promise.all([
    import('bullmq'),
    openRedis(url, config, log),
  ]);
  setDefaultBackendFactory();
  const options = {
    connection: redis as Store['options']['connection'],
    prefix: config.REDRESS_QUEUE_PREFIX,
  };
  return { options, end: () => Promise.resolve(end()) };
};

/** The queues and workers of this process. Nothing is connected until the first is asked for. */
@Injectable()
export class Queues implements OnApplicationShutdown {
  private store: Promise<Store> | undefined;
  private readonly queues = new Map<QueueName, Queue>();
  private readonly workers: Worker[] = [];

  constructor(
    private readonly config: Config,
    private readonly databaseUrl: string,
    private readonly log: Logger,
  ) {}

  /** The same one for all who ask. Errors: WrongSetting when the database was not migrated; what the store says when it is not there. */
  async queue(name: QueueName): Promise<Queue> {
    const queue = this.queues.get(name) ?? (await this.openQueue(name));
    await queue.waitUntilReady().catch((error: Error) => {
      if (error.name !== 'SchemaMigrationRequiredError') throw error;
      throw new WrongSetting('The queue has no schema in this database yet. Run `redress migrate` first.');
    });
    return queue;
  }

  private async openQueue(name: QueueName): Promise<Queue> {
    const { Queue: BullQueue } = await import('bullmq');
    const { options } = await this.opened();
    const queue = this.queues.get(name) ?? new BullQueue(name, options);
    if (!this.queues.has(name)) queue.on('error', this.told(name));
    this.queues.set(name, queue);
    return queue;
  }

  /** Works on a queue until the process ends. A job that throws is tried again as its options say. */
  async work<Data, Outcome>(
    name: QueueName,
    process: Processor<Data, Outcome>,
    options: Partial<WorkerOptions> & {
      failed?: (job: Job<Data, Outcome> | undefined, error: Error) => void;
    },
  ): Promise<void> {
    const { Worker: BullWorker } = await import('bullmq');
    const { options: store } = await this.opened();
    const { failed, ...given } = options;
    const worker = new BullWorker(name, process, {
      ...store,
      lockDuration: LOCK_MS,
      stalledInterval: LOOK_MS,
      runRetryDelay: ASK_AGAIN_MS,
      ...given,
    }) as Worker;
    this.workers.push(worker);
    worker.on('error', this.told(name));
    if (failed) worker.on('failed', failed);
    await worker.waitUntilReady();
  }

  /** Jobs under way are finished first; one that takes too long is taken up by another process. */
  async onApplicationShutdown(): Promise<void> {
    if (!this.store) return;
    const patience = new AbortController();
    const leaving = Promise.allSettled(this.workers.map((worker) => worker.close())).then(() =>
      Promise.allSettled([...this.queues.values()].map((queue) => queue.close())),
    );
    await Promise.race([leaving, impatience(patience.signal)]);
    patience.abort();
    await (await this.store).end();
  }

  private opened(): Promise<Store> {
    return (this.store ??= this.config.REDIS_URL
      ? onRedis(this.config.REDIS_URL, this.config, this.log)
      : onDatabase(this.databaseUrl, this.log));
  }

  private told(queue: string): (error: Error) => void {
    let said = { reason: '', at: 0 };
    return ({ message: reason }) => {
      // While the store is away BullMQ says so many times a second.
      if (reason === said.reason && Date.now() - said.at < SILENCE_MS) return;
      said = { reason, at: Date.now() };
      this.log.warn({ queue, reason }, 'queue: trouble');
    };
  }
}

const impatience = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, PATIENCE_MS);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
