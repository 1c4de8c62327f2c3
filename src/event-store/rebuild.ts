import type pg from 'pg';
import { toldBy } from './told.js';
import { inTransaction } from './in-transaction.js';
import { loadStreams } from './loader.js';
import type { Projection } from './projection.js';
import { followAnew, followedTo, type Keeper } from './refollow.js';

/** Read tables made anew from the events, held against the live ones, and mended where they differ. */

/** What became of one table: how many rows it should have, and whose rows differ. */
export interface Compared {
  readonly table: string;
  readonly rows: number;
  readonly differing: readonly string[];
}

/** What is made anew. */
export interface Made {
  readonly projections: readonly Projection[];
  readonly keepers: readonly Keeper[];
}

/** Called as streams are folded and events are followed, with how many of both there are. */
export type Progress = (done: number, of: number) => void;

const STREAMS = 200;

/** `kind-` and what follows it; the next character after the dash ends the range. */
const rangeOf = ({ decider: { kind } }: Projection): [from: string, to: string] => [`${kind}-`, `${kind}.`];

const idOf = ({ decider: { kind } }: Projection, stream: string): string => stream.slice(kind.length + 1);

/** Folds these streams and hands their rows to the projection's own upsert. */
async function refold(
  client: pg.ClientBase,
  projection: Projection,
  streams: readonly string[],
): Promise<void> {
  const histories = await loadStreams(
    client,
    streams.map((stream) => ({ stream, from: 1 })),
  );
  const rows = new Map<string, string[]>();
  streams.forEach((stream, index) => {
    const { version, state } = toldBy(projection.decider, stream, histories[index] ?? []);
    if (version === 0) return;
    const { table, text } = projection.row(idOf(projection, stream), version, state);
    rows.set(table, [...(rows.get(table) ?? []), text]);
  });
  for (const [table, texts] of rows) await client.query(`SELECT upsert_${table}($1)`, [texts]);
}

async function refoldAll(
  client: pg.ClientBase,
  projection: Projection,
  folded: (streams: number) => void,
): Promise<void> {
  const [from, to] = rangeOf(projection);
  await projection.prepare?.();
  for (let after = from; ;) {
    const { rows } = await client.query<{ stream: string }>(
      'SELECT stream FROM events WHERE version = 1 AND stream > $1 AND stream < $2 ORDER BY stream LIMIT $3',
      [after, to, STREAMS],
    );
    const last = rows.at(-1);
    if (!last) return;
    await refold(
      client,
      projection,
      rows.map(({ stream }) => stream),
    );
    folded(rows.length);
    after = last.stream;
  }
}

/** Tables of the same shape, which hide the live ones from whoever names them without a schema. */
async function shadow(client: pg.ClientBase, tables: readonly string[]): Promise<void> {
  for (const table of tables)
    await client.query(`CREATE TEMPORARY TABLE ${table} (LIKE public.${table} INCLUDING ALL) ON COMMIT DROP`);
}

async function compare(client: pg.ClientBase, table: string, key: string): Promise<Compared> {
  const rowsOf = (schema: string) => `SELECT ${key}::text AS id, t::text AS told FROM ${schema}.${table} t`;
  const [live, anew] = [rowsOf('public'), rowsOf('pg_temp')];
  const { rows } = await client.query<{ id: string }>(
    `SELECT DISTINCT id FROM ((${live} EXCEPT ALL ${anew}) UNION ALL (${anew} EXCEPT ALL ${live})) AS d ORDER BY id`,
  );
  const count = await client.query<{ n: number }>(`SELECT count(*)::int AS n FROM pg_temp.${table}`);
  return { table, rows: count.rows[0]?.n ?? 0, differing: rows.map(({ id }) => id) };
}

async function countSteps(client: pg.ClientBase, { projections, keepers }: Made): Promise<number> {
  let count = 0;
  for (const keeper of keepers) count += await followedTo(client, keeper);
  for (const projection of projections) {
    const text = 'SELECT count(*)::int AS n FROM streams WHERE stream > $1 AND stream < $2';
    count += (await client.query<{ n: number }>(text, rangeOf(projection))).rows[0]?.n ?? 0;
  }
  return count;
}

/**
 * Makes the tables of these projections and followers anew from the events beside the live ones, and compares both row by
 * row; those of a follower as far as it has followed. All of it sees one snapshot, in which events, rows and checkpoints
 * belong together, whatever is appended meanwhile. Nothing is changed.
 */
export async function compareRebuilt(
  client: pg.ClientBase,
  made: Made,
  progress: Progress,
): Promise<Compared[]> {
  const { projections, keepers } = made;
  const all = [...projections, ...keepers].flatMap(({ tables }) => Object.entries(tables));
  // Plans that were made for the live tables must not be used for their shadows.
  await client.query('DISCARD PLANS');
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  try {
    await client.query('SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0');
    await shadow(
      client,
      all.map(([table]) => table),
    );
    const steps = await countSteps(client, made);
    let done = 0;
    const told = (more: number) => progress((done += more), steps);
    for (const projection of projections) await refoldAll(client, projection, told);
    // Followers look into what projections tell, so they come after them.
    for (const keeper of keepers) await followAnew(client, keeper, told);
    const compared: Compared[] = [];
    for (const [table, key] of all) compared.push(await compare(client, table, key));
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
      await refold(client, projection, streams);
    });
  }
}
