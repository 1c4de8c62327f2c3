import { setTimeout as wait } from 'node:timers/promises';
import type { OnModuleDestroy } from '@nestjs/common';
import type pg from 'pg';
import { Unavailable } from './errors.js';
import type { Recorded } from './event.js';
import { inTransaction } from './in-transaction.js';
import { readPage, readUnread } from './loader.js';

/**
 * That a follower tells each stream of these kinds by itself, but for what happens to all of them at some positions: whoever
 * has it follow anew may show it stream after stream, between these.
 */
export interface Apart {
  readonly kinds: readonly string[];
  positions(log: pg.ClientBase): Promise<readonly number[]>;
  /** Reads and reckons by `log` alone; what it answers writes that. So the next events are told while these are written. */
  tell(events: readonly Recorded[], log: pg.ClientBase): Promise<(client: pg.ClientBase) => Promise<void>>;
}

/** Something that is done for every event, once and in order: what spans streams, or leaves the building. */
export interface Follower {
  /** Its checkpoint is kept under this name, for ever. */
  readonly name: string;
  readonly apart?: Apart;
  /** The same effect, on empty tables, of all events as far as a position, by the database alone. */
  atOnce?(client: pg.ClientBase, until: number): Promise<void>;
  /** The event types that concern it; all, when absent. */
  readonly types?: readonly string[];
  /** How many events it takes at once; 500, when absent. */
  readonly page?: number;
  /** So many milliseconds lie between the starts of two of its pages, unless the first was full; 100, when absent. */
  readonly pace?: number;
  /** It needs no data, only the text: `data` is empty, whatever stands there. */
  readonly unread?: true;
  /**
   * The effect of the next events, written through `client`: it commits together with the checkpoint, or not at all.
   * When it throws, the same events come again. `data` is as stored, not upcast.
   */
  apply(events: readonly Recorded[], client: pg.ClientBase): Promise<void>;
}

/** What went wrong, each time; the follower tries again for as long as it takes and skips nothing. */
export interface Failure {
  readonly follower: string;
  readonly attempt: number;
  readonly error: unknown;
}

const PAGE = 500;
/** Whoever waits takes more at once. */
const HURRIED = 2_000;
const BUSY = 20;
const CHANNEL = 'redress_events';
/** A page of one event costs nearly as much as one of hundreds, and the appends meanwhile pay for it. */
const PACE = 100;
/** Looked after so often when nobody called: LISTEN does not survive every outage and every pooler. */
const POLL = 2_000;
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 60_000;

/** Asked without a lock or a write, so that a follower that has nothing to do costs next to nothing. */
async function isBehind(pool: pg.Pool, { name }: Follower, head?: number): Promise<boolean> {
  const text = `SELECT coalesce($2, (SELECT max(position) FROM events), 0) >
    coalesce((SELECT position FROM checkpoints WHERE follower = $1), 0) AS behind`;
  const { rows } = await pool.query<{ behind: boolean }>(text, [name, head ?? null]);
  return rows[0]?.behind === true;
}

/** The next events, their effect and the checkpoint; `busy` when somebody else is at them. */
async function takePage(
  client: pg.ClientBase,
  follower: Follower,
  limit = follower.page ?? PAGE,
): Promise<'more' | 'done' | 'busy'> {
  const { name, types, unread } = follower;
  await client.query('INSERT INTO checkpoints (follower, position) VALUES ($1, 0) ON CONFLICT DO NOTHING', [
    name,
  ]);
  const { rows } = await client.query<{ position: string; head: string }>(
    `SELECT position, (SELECT max(position) FROM events) AS head FROM checkpoints WHERE follower = $1
      FOR UPDATE SKIP LOCKED`,
    [name],
  );
  if (!rows[0]) return 'busy';
  const read = unread ? readUnread : readPage;
  const events = await read(client, Number(rows[0].position), limit, types);
  if (events.length > 0) await follower.apply(events, client);
  const full = events.length === limit;
  // Nothing of these types stands between the last of them and the head as it was before they were read.
  const to = Math.max(events.at(-1)?.position ?? 0, full ? 0 : Number(rows[0].head));
  await client.query('UPDATE checkpoints SET position = greatest(position, $2) WHERE follower = $1', [
    name,
    to,
  ]);
  return full ? 'more' : 'done';
}

/**
 * Follows here and now, as far as that position: for whoever needs what a follower keeps and must not get it old. Another
 * process may be at it meanwhile; then this one waits. Errors: Unavailable `still-following`, after `patience` milliseconds.
 */
export async function catchUp(
  pool: pg.Pool,
  follower: Follower,
  position: number,
  patience = Infinity,
): Promise<void> {
  const over = performance.now() + patience;
  while (await isBehind(pool, follower, position)) {
    if (performance.now() > over)
      throw new Unavailable(
        'still-following',
        'Much was recorded just now, and this question cannot be answered before all of it was followed. Ask again in a minute.',
      );
    const took = await inTransaction(pool, (client) => takePage(client, follower, follower.page ?? HURRIED));
    if (took === 'busy') await wait(BUSY);
  }
}

/** A follower at work in this process. Of several processes the one that holds the checkpoint's row does the page. */
class Following {
  private readonly leaving = new AbortController();
  private called = false;
  private failures = 0;
  private sleep = new AbortController();
  readonly ended: Promise<void>;

  constructor(
    private readonly pool: pg.Pool,
    private readonly follower: Follower,
    private readonly report: (failure: Failure) => void,
  ) {
    this.ended = this.run();
  }

  /** There may be something new. A follower that failed sleeps on: only time helps it. */
  wake(): void {
    this.called = true;
    if (this.failures === 0) this.sleep.abort();
  }

  stop(): void {
    this.leaving.abort();
    this.sleep.abort();
  }

  private async run(): Promise<void> {
    const { pace = PACE } = this.follower;
    while (!this.leaving.signal.aborted) {
      this.called = false;
      const began = performance.now();
      try {
        const more =
          (await isBehind(this.pool, this.follower)) &&
          (await inTransaction(this.pool, (client) => takePage(client, this.follower))) === 'more';
        this.failures = 0;
        if (more) continue;
        if (!this.called) await this.rest(POLL);
        await this.pause(began + pace - performance.now());
      } catch (error) {
        this.failures += 1;
        this.report({ follower: this.follower.name, attempt: this.failures, error });
        await this.rest(Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(this.failures - 1, 20)));
      }
    }
  }

  /** Until it is called. */
  private async rest(milliseconds: number): Promise<void> {
    this.sleep = new AbortController();
    await this.pause(milliseconds, this.sleep.signal);
  }

  private async pause(milliseconds: number, signal = this.leaving.signal): Promise<void> {
    if (milliseconds > 0 && !this.leaving.signal.aborted)
      await wait(milliseconds, undefined, { signal }).catch(() => {});
  }
}

/** Tells one who reads on what may have been recorded meanwhile. */
export class Ear {
  private called = false;
  private over = false;
  private end = () => {};

  constructor(private readonly forget: (ear: Ear) => void) {}

  get closed(): boolean {
    return this.over;
  }

  wake(): void {
    this.called = true;
    this.end();
  }

  close(): void {
    this.over = true;
    this.forget(this);
    this.end();
  }

  /** Returns when there may be something new since it returned last, when it is time to look, or when it was closed. */
  async news(patience: number): Promise<void> {
    if (!this.called && !this.over)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(patience, POLL));
        this.end = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    this.called = false;
  }
}

/** The followers of this process, others that wait for what comes, and what wakes them. */
export class Followers implements OnModuleDestroy {
  private readonly following: Following[] = [];
  private readonly ears = new Set<Ear>();
  private readonly leaving = new AbortController();
  private listening: Promise<void> | undefined;

  constructor(
    private readonly pool: pg.Pool,
    private readonly report: (failure: Failure) => void,
  ) {}

  follow(follower: Follower): void {
    this.following.push(new Following(this.pool, follower, this.report));
    this.listening ??= this.listen();
  }

  /** For as long as it is not closed. */
  ear(): Ear {
    const ear = new Ear((one) => this.ears.delete(one));
    this.ears.add(ear);
    this.listening ??= this.listen();
    return ear;
  }

  /** Returns when every page under way is done. */
  async onModuleDestroy(): Promise<void> {
    this.leaving.abort();
    for (const one of this.following) one.stop();
    await Promise.all([this.listening, ...this.following.map(({ ended }) => ended)]);
  }

  private wakeAll(): void {
    for (const one of this.following) one.wake();
    for (const one of this.ears) one.wake();
  }

  /** Listens on one connection, and on another one when that is lost; meanwhile polling does. */
  private async listen(): Promise<void> {
    const { signal } = this.leaving;
    while (!signal.aborted) {
      await this.hear(signal).catch(() => {});
      await wait(POLL, undefined, { signal }).catch(() => {});
    }
  }

  private async hear(signal: AbortSignal): Promise<void> {
    const client = await this.pool.connect();
    const over = new Promise<void>((resolve) => {
      client.on('error', () => resolve());
      client.once('end', () => resolve());
      signal.addEventListener('abort', () => resolve());
      if (signal.aborted) resolve();
    });
    client.on('notification', () => this.wakeAll());
    try {
      await client.query(`LISTEN ${CHANNEL}`);
      this.wakeAll();
      await over;
    } finally {
      client.release(true);
    }
  }
}
