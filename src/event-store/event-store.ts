import { Inject, Injectable } from '@nestjs/common';
import type pg from 'pg';
import type { Append, Appended } from './append.js';
import { commitBatch } from './commit-batch.js';
import { Committer, type CommitterOptions } from './committer.js';
import type { Recorded } from './event.js';
import { gathered } from './gathered.js';
import { loadStreams, readPage, type AskedStream } from './loader.js';
import { explained, isConnectionLost } from './lost-connection.js';
import { Room } from './room.js';

/** The pg Pool of the application's role. */
export const EVENT_POOL = Symbol('the pool that the event store uses');

const COMMITTER: CommitterOptions = { lanes: 2, fewAppends: 32, mostAppends: 256, mostText: 4_000_000 };

export interface Answered {
  readonly request: string;
  readonly answer: string;
}

/** Reading is safe to repeat: once, when the connection was lost. */
async function reading<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read().catch((error: unknown) => {
      if (!isConnectionLost(error)) throw error;
      return read();
    });
  } catch (error) {
    throw explained(error);
  }
}

/** Rows by key, in the order asked. */
async function byKey<R extends { key: string }>(
  pool: pg.Pool,
  statement: { name: string; text: string },
  keys: readonly string[],
) {
  const { rows } = await reading(() => pool.query<R>({ ...statement, values: [[...new Set(keys)]] }));
  const found = new Map(rows.map((row) => [row.key, row]));
  return keys.map((key) => found.get(key));
}

const ANSWERS = {
  name: 'answers',
  text: 'SELECT key, request, answer FROM idempotency_keys WHERE key = ANY ($1)',
};
const KEYS = {
  name: 'subject_keys',
  text: 'SELECT subject AS key, wrapped FROM subject_keys WHERE subject = ANY ($1)',
};

/** Append, load, read on. Every method throws Unavailable when storage is out of reach. */
@Injectable()
export class EventStore {
  private readonly committer: Committer;
  private readonly room = new Room();
  private readonly loading: (asked: AskedStream) => Promise<Recorded[]>;
  private readonly answering: (key: string) => Promise<(Answered & { key: string }) | undefined>;
  private readonly unlocking: (subject: string) => Promise<{ key: string; wrapped: Buffer } | undefined>;

  constructor(@Inject(EVENT_POOL) private readonly pool: pg.Pool) {
    this.committer = new Committer(async (appends) => {
      const outcomes = await commitBatch(pool, appends);
      this.room.note(outcomes);
      return outcomes;
    }, COMMITTER);
    this.loading = gathered((asked) => reading(() => loadStreams(pool, asked)));
    this.answering = gathered((keys) => byKey<Answered & { key: string }>(pool, ANSWERS, keys));
    this.unlocking = gathered((subjects) => byKey<{ key: string; wrapped: Buffer }>(pool, KEYS, subjects));
  }

  /**
   * Records all of it on disk, or nothing. Throws VersionConflict when a stream is not at its expected version, Taken when another
   * has what must be unique, and Unavailable with code `storage-unavailable` (nothing was recorded) or `outcome-unknown` (it may have been).
   */
  append(append: Append): Promise<Appended> {
    return this.committer.append(append);
  }

  /** The disk of the database was full when something was last recorded. */
  get isOutOfRoom(): boolean {
    return this.room.isOut;
  }

  /** The events of a stream by version, from version `from` on; an empty array when there is none. */
  load(stream: string, from = 1): Promise<Recorded[]> {
    return this.loading({ stream, from });
  }

  /** What was asked and answered under an idempotency key. */
  async answered(key: string): Promise<Answered | undefined> {
    const row = await this.answering(key);
    return row && { request: row.request, answer: row.answer };
  }

  /** The wrapped data key of a subject. */
  async subjectKey(subject: string): Promise<Buffer | undefined> {
    return (await this.unlocking(subject))?.wrapped;
  }

  /** At most `limit` events after position `after`, in order. */
  page(after: number, limit: number, filter: { types?: readonly string[] } = {}): Promise<Recorded[]> {
    return reading(() => readPage(this.pool, after, limit, filter.types));
  }
}
