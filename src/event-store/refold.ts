import type pg from 'pg';
import { ahead } from './ahead.js';
import { longTexts } from './encode.js';
import type { Stored } from './event.js';
import { readStreams } from './loader.js';
import type { Projection } from './projection.js';
import { followAnew, type Connections, type Keeper, type Reaching } from './refollow.js';
import { toldBy } from './told.js';
import { wholeStreams } from './whole-streams.js';

/** Read tables made anew from the log as far as a position, in the tables that a connection finds by their bare names. */

/** What is made anew. */
export interface Made {
  readonly projections: readonly Projection[];
  readonly keepers: readonly Keeper[];
}

/** How far: what the log holds so far never changes. */
export interface Making extends Connections {
  readonly until: number;
}

/** Called as events are folded and followed, with how many of both there are. */
export type Progress = (done: number, of: number) => void;

export const tablesOf = ({ projections, keepers }: Made): [table: string, key: string][] =>
  [...projections, ...keepers].flatMap(({ tables }) => Object.entries(tables));

type Rows = ReadonlyMap<string, readonly string[]>;

/** The texts of the rows of whole streams, by table. */
export const rowsOf = (projection: Projection, events: readonly Stored[]): Rows => {
  const { decider } = projection;
  const rows = new Map<string, string[]>();
  for (let first = 0; first < events.length;) {
    const stream = events[first]?.stream ?? '';
    let after = first + 1;
    while (events[after]?.stream === stream) after += 1;
    const { version, state } = toldBy(decider, stream, events.slice(first, after));
    const { table, text } = projection.row(stream.slice(decider.kind.length + 1), version, state);
    const known = rows.get(table);
    if (known) known.push(text);
    else rows.set(table, [text]);
    first = after;
  }
  return rows;
};

/** Hands rows to the projection's own upsert. */
export async function writeRows(client: pg.ClientBase, rows: Rows): Promise<void> {
  for (const [table, texts] of rows) await client.query(`SELECT upsert_${table}($1)`, [longTexts(texts)]);
}

async function refoldAll(
  { client, log, until }: Making,
  projection: Projection,
  folded: (events: number) => void,
): Promise<void> {
  await projection.prepare?.();
  const { kind } = projection.decider;
  let writing = Promise.resolve();
  for await (const events of wholeStreams<Stored>((last) => readStreams(log, { kind, until, last }))) {
    const rows = rowsOf(projection, events);
    await writing;
    // Written while the next ones are folded.
    writing = ahead(writeRows(client, rows));
    folded(events.length);
  }
  await writing;
}

/** Takes away the indexes that keep nothing unique; answers how to make them again, which is quick once all rows are there. */
async function dropIndexes(client: pg.ClientBase, tables: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ name: string; definition: string }>(
    `SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition
      FROM pg_index WHERE indrelid = ANY ($1::text[]::regclass[]) AND NOT indisunique`,
    [tables],
  );
  for (const { name } of rows) await client.query(`DROP INDEX ${name}`);
  return rows.map(({ definition }) => definition);
}

/** Fills empty tables, and indexes them when they are filled. */
async function filling(
  client: pg.ClientBase,
  telling: readonly Pick<Keeper, 'tables'>[],
  fill: () => Promise<void>,
): Promise<void> {
  const indexes = await dropIndexes(
    client,
    telling.flatMap(({ tables }) => Object.keys(tables)),
  );
  await fill();
  for (const definition of indexes) await client.query(definition);
}

/** Fills the tables of these projections and keepers, which are empty and hide the live ones. */
export async function refold(
  making: Making,
  { projections, keepers }: Made,
  progress: Progress,
  reachOf: (keeper: Keeper) => Promise<number> = () => Promise.resolve(making.until),
): Promise<void> {
  // Each event is folded, and followed by each.
  const steps = making.until * (1 + keepers.length);
  let done = 0;
  const told = (more: number) => progress((done += more), steps);
  // Plans that were made for the live tables must not be used for these.
  await making.client.query('DISCARD PLANS');
  await filling(making.client, projections, async () => {
    for (const projection of projections) await refoldAll(making, projection, told);
  });
  // Followers look into what projections tell, so they come after them.
  await filling(making.client, keepers, async () => {
    const following: Reaching[] = [];
    for (const keeper of keepers) following.push({ keeper, until: await reachOf(keeper) });
    await followAnew(making, following, told);
  });
}
