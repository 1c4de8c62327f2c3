import type pg from 'pg';
import { ahead } from './ahead.js';
import type { Follower } from './followers.js';
import { inTransaction } from './in-transaction.js';
import { readPage } from './loader.js';

/** A follower and the tables that it keeps, each with the column that says whose row it is; the first names it. */
export interface Keeper {
  readonly follower: Follower;
  readonly tables: Readonly<Record<string, string>>;
}

/** Where tables are made, where the log is read meanwhile, and how far: what it holds so far never changes. */
export interface Making {
  readonly client: pg.ClientBase;
  readonly log: pg.ClientBase;
  readonly until: number;
}

const PAGE = 5_000;

/** How far it has followed. */
export async function followedTo(client: pg.ClientBase, { follower }: Keeper): Promise<number> {
  const { rows } = await client.query<{ position: string }>(
    'SELECT position FROM checkpoints WHERE follower = $1',
    [follower.name],
  );
  return Number(rows[0]?.position ?? 0);
}

/** Follows from the beginning, so far and no further; its checkpoint stays. The next page is read while one is followed. */
export async function followAnew(
  { client, log, until }: Making,
  { follower }: Keeper,
  followed: (events: number) => void,
): Promise<void> {
  const pageAfter = (position: number) => ahead(readPage(log, position, PAGE, follower.types));
  let next = pageAfter(0);
  for (let after = 0; ;) {
    const page = await next;
    const events = page.filter(({ position }) => position <= until);
    const last = events.at(-1)?.position ?? until;
    const isLast = events.length < PAGE;
    if (!isLast) next = pageAfter(last);
    if (events.length > 0) await follower.apply(events, client);
    followed((isLast ? until : last) - after);
    if (isLast) return;
    after = last;
  }
}

/** Makes its tables anew in one transaction: whoever asks meanwhile sees them as they were. */
export async function remake(pool: pg.Pool, keeper: Keeper): Promise<void> {
  const log = await pool.connect();
  try {
    await inTransaction(pool, async (client) => {
      await client.query(
        'SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0',
      );
      await client.query('SELECT FROM checkpoints WHERE follower = $1 FOR UPDATE', [keeper.follower.name]);
      for (const table of Object.keys(keeper.tables)) await client.query(`DELETE FROM ${table}`);
      const until = await followedTo(client, keeper);
      await followAnew({ client, log, until }, keeper, () => {});
    });
  } finally {
    log.release();
  }
}
