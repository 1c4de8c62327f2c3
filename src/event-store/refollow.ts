import type pg from 'pg';
import type { Follower } from './followers.js';
import { inTransaction } from './in-transaction.js';
import { readPage } from './loader.js';

/** A follower and the tables that it keeps, each with the column that says whose row it is; the first names it. */
export interface Keeper {
  readonly follower: Follower;
  readonly tables: Readonly<Record<string, string>>;
}

const PAGE = 2_000;

/** How far it has followed. */
export async function followedTo(client: pg.ClientBase, { follower }: Keeper): Promise<number> {
  const { rows } = await client.query<{ position: string }>(
    'SELECT position FROM checkpoints WHERE follower = $1',
    [follower.name],
  );
  return Number(rows[0]?.position ?? 0);
}

/** Follows from the beginning, as far as it has followed and no further; its checkpoint stays. */
export async function followAnew(
  client: pg.ClientBase,
  keeper: Keeper,
  followed: (events: number) => void,
): Promise<void> {
  const { follower } = keeper;
  const to = await followedTo(client, keeper);
  for (let after = 0; after < to;) {
    const page = await readPage(client, after, PAGE, follower.types);
    const events = page.filter(({ position }) => position <= to);
    const last = events.at(-1);
    if (!last) return;
    await follower.apply(events, client);
    followed(events.length);
    after = last.position;
  }
}

/** Makes its tables anew in one transaction: whoever asks meanwhile sees them as they were. */
export const remake = (pool: pg.Pool, keeper: Keeper): Promise<void> =>
  inTransaction(pool, async (client) => {
    await client.query('SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0');
    await client.query('SELECT FROM checkpoints WHERE follower = $1 FOR UPDATE', [keeper.follower.name]);
    for (const table of Object.keys(keeper.tables)) await client.query(`DELETE FROM ${table}`);
    await followAnew(client, keeper, () => {});
  });
