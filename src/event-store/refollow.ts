import type pg from 'pg';
import { ahead } from './ahead.js';
import { RuleBroken } from './errors.js';
import type { Recorded } from './event.js';
import type { Apart, Follower } from './followers.js';
import { inTransaction } from './in-transaction.js';
import { readPage, readStreamsInFull } from './loader.js';
import { wholeStreams } from './whole-streams.js';

/** A follower and the tables that it keeps, each with the column that says whose row it is; the first names it. */
export interface Keeper {
  readonly follower: Follower;
  readonly tables: Readonly<Record<string, string>>;
  /** Triggers that refuse to change what stands there: who makes the tables anew must own them. */
  readonly guards?: readonly string[];
}

/** Where tables are made, and where the log is read meanwhile. */
export interface Connections {
  readonly client: pg.ClientBase;
  readonly log: pg.ClientBase;
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

/** Each as far as it is to follow. */
export interface Reaching {
  readonly keeper: Keeper;
  readonly until: number;
}

const shownTo = (
  { keeper: { follower }, until }: Reaching,
  page: readonly Recorded[],
): readonly Recorded[] => {
  const { types } = follower;
  const isLast = (page.at(-1)?.position ?? 0) >= until;
  if (!types && !isLast) return page;
  return page.filter(({ position, type }) => position <= until && (types?.includes(type) ?? true));
};

/** The types that some of them look at; undefined when one looks at all. */
const typesOf = (following: readonly Reaching[]): readonly string[] | undefined => {
  const types = following.map(({ keeper }) => keeper.follower.types);
  return types.every((each) => each !== undefined) ? types.flat() : undefined;
};

/** Event by event, for those that look from one stream into another. The log is read once for all of them. */
async function followInOrder(
  { client, log }: Connections,
  following: readonly Reaching[],
  followed: (events: number) => void,
): Promise<void> {
  const until = Math.max(0, ...following.map((each) => each.until));
  const types = typesOf(following);
  let page = until === 0 ? [] : await readPage(log, 0, PAGE, types);
  let at = 0;
  const told = (position: number) => {
    followed((Math.min(position, until) - at) * following.length);
    at = Math.min(position, until);
  };
  while (page.length > 0) {
    const last = page.at(-1)?.position ?? until;
    const isLast = last >= until || page.length < PAGE;
    const next = isLast ? Promise.resolve([]) : ahead(readPage(log, last, PAGE, types));
    for (const each of following) {
      const events = shownTo(each, page);
      if (events.length > 0) await each.keeper.follower.apply(events, client);
    }
    told(last);
    page = await next;
  }
  told(until);
}

/** Stream by stream: none is read again for each page that tells more of it. */
async function followApart(
  { client, log }: Connections,
  apart: Apart,
  { keeper, until }: Reaching,
  followed: (events: number) => void,
): Promise<void> {
  const turns = (await apart.positions(log)).filter((position) => position <= until);
  let [after, seen] = [0, 0];
  let writing = Promise.resolve();
  for (const turn of [...turns, until + 1]) {
    for (const kind of apart.kinds) {
      const read = (last?: Recorded) => readStreamsInFull(log, { kind, after, until: turn - 1, last });
      for await (const events of wholeStreams<Recorded>(read)) {
        const write = await apart.tell(events, log);
        await writing;
        writing = ahead(write(client));
        followed(events.length);
        seen += events.length;
      }
    }
    await writing;
    if (turn <= until) await keeper.follower.apply(await readPage(log, turn - 1, 1), client);
    after = turn;
  }
  // Of other kinds nothing is to be told.
  followed(until - seen);
}

/** Between so many turns all streams are looked through again at most. */
const TURNS = 20;

/** Follows from the beginning, as far as each is to and no further; their checkpoints stay. */
export async function followAnew(
  connections: Connections,
  following: readonly Reaching[],
  followed: (events: number) => void,
): Promise<void> {
  const inOrder: Reaching[] = [];
  for (const each of following) {
    const { follower } = each.keeper;
    const { apart } = follower;
    if (follower.atOnce) {
      await follower.atOnce(connections.client, each.until);
      followed(each.until);
    } else if (apart && (await apart.positions(connections.log)).length <= TURNS)
      await followApart(connections, apart, each, followed);
    else inOrder.push(each);
  }
  await followInOrder(connections, inOrder, followed);
}

/** As whoever logged in: the application's role owns nothing. Errors: RuleBroken `needs-owner`. */
async function setGuards(
  client: pg.ClientBase,
  { tables, guards = [] }: Keeper,
  how: 'DISABLE' | 'ENABLE ALWAYS',
): Promise<void> {
  if (guards.length === 0) return;
  await client.query('SET LOCAL ROLE NONE');
  for (const table of Object.keys(tables))
    for (const guard of guards)
      await client.query(`ALTER TABLE ${table} ${how} TRIGGER ${guard}`).catch((error: pg.DatabaseError) => {
        if (error.code !== '42501') throw error;
        throw new RuleBroken(
          'needs-owner',
          `${table} is guarded against change, and only its owner may make it anew. Run this with DATABASE_URL as the owner’s login, that of redress migrate.`,
        );
      });
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
      await setGuards(client, keeper, 'DISABLE');
      for (const table of Object.keys(keeper.tables)) await client.query(`DELETE FROM ${table}`);
      const until = await followedTo(client, keeper);
      await followAnew({ client, log }, [{ keeper, until }], () => {});
      await setGuards(client, keeper, 'ENABLE ALWAYS');
    });
  } finally {
    log.release();
  }
}
