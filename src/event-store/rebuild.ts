import type pg from 'pg';
import { inTransaction } from './in-transaction.js';
import { headOf, loadStreams } from './loader.js';
import type { Projection } from './projection.js';
import { refold, rowsOf, tablesOf, writeRows, type Made, type Progress } from './refold.js';
import { followedTo } from './refollow.js';

/** Read tables made anew from the events, held against the live ones, and mended where they differ. */

/** What became of one table: how many rows it should have, and whose rows differ. */
export interface Compared {
  readonly table: string;
  readonly rows: number;
  readonly differing: readonly string[];
}

/** Tables of the same shape, which hide the live ones from whoever names them without a schema. */
async function shadow(client: pg.ClientBase, tables: readonly string[]): Promise<void> {
  for (const table of tables)
    await client.query(`CREATE TEMPORARY TABLE ${table} (LIKE public.${table} INCLUDING ALL) ON COMMIT DROP`);
}

async function compare(client: pg.ClientBase, table: string, key: string): Promise<Compared> {
  const told = (schema: string) => `SELECT ${key}::text AS id, t::text AS told FROM ${schema}.${table} t`;
  const [live, anew] = [told('public'), told('pg_temp')];
  const { rows } = await client.query<{ id: string }>(
    `SELECT DISTINCT id FROM ((${live} EXCEPT ALL ${anew}) UNION ALL (${anew} EXCEPT ALL ${live})) AS d ORDER BY id`,
  );
  const count = await client.query<{ n: number }>(`SELECT count(*)::int AS n FROM pg_temp.${table}`);
  return { table, rows: count.rows[0]?.n ?? 0, differing: rows.map(({ id }) => id) };
}

/**
 * Makes the tables of these projections and followers anew from the events beside the live ones, and compares both row by
 * row; those of a follower as far as it has followed. All of it sees one snapshot, in which events, rows and checkpoints
 * belong together, whatever is appended meanwhile. Nothing is changed.
 */
export async function compareRebuilt(
  client: pg.ClientBase,
  log: pg.ClientBase,
  made: Made,
  progress: Progress,
): Promise<Compared[]> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  try {
    await client.query('SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0');
    const tables = tablesOf(made);
    await shadow(
      client,
      tables.map(([table]) => table),
    );
    const making = { client, log, until: await headOf(client) };
    await refold(making, made, progress, (keeper) => followedTo(client, keeper));
    const compared: Compared[] = [];
    for (const [table, key] of tables) compared.push(await compare(client, table, key));
    return compared;
  } finally {
    await client.query('ROLLBACK');
    await client.query('DISCARD PLANS');
  }
}

async function typeOf(client: pg.ClientBase, table: string, key: string): Promise<string> {
  const { rows } = await client.query<{ type: string }>(
    `SELECT format_type(atttypid, NULL) AS type FROM pg_attribute WHERE attrelid = $1::regclass AND attname = $2`,
    [`public.${table}`, key],
  );
  return rows[0]?.type ?? 'text';
}

const STREAMS = 200;

/**
 * Tells the rows of these ids anew, a few streams at a time. Their heads are locked as an append locks them, so each is
 * told as of its latest event, and appends to any other stream go on.
 */
export async function mend(pool: pg.Pool, projection: Projection, ids: readonly string[]): Promise<void> {
  for (let first = 0; first < ids.length; first += STREAMS) {
    const some = ids.slice(first, first + STREAMS);
    const streams = some.map((id) => `${projection.decider.kind}-${id}`);
    await inTransaction(pool, async (client) => {
      await client.query('SELECT FROM streams WHERE stream = ANY ($1) ORDER BY stream FOR UPDATE', [streams]);
      for (const [table, key] of Object.entries(projection.tables)) {
        const type = await typeOf(client, table, key);
        await client.query(`DELETE FROM ${table} WHERE ${key} = ANY ($1::text[]::${type}[])`, [some]);
      }
      const histories = await loadStreams(
        client,
        streams.map((stream) => ({ stream, from: 1 })),
      );
      await writeRows(client, rowsOf(projection, histories.flat()));
    });
  }
}
