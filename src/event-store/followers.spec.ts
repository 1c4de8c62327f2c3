import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { type AppendingProcess, appendingProcess, eventually } from '../../test/support/appending-process.js';
import { aStream, appendOf, happened, write } from '../../test/support/appends.js';
import { type FreshDatabase, freshDatabase } from '../../test/support/database.js';
import { EventStore } from './event-store.js';
import { catchUp, Followers, type Failure, type Follower } from './followers.js';

let database: FreshDatabase;
let store: EventStore;
const followers: Followers[] = [];
const failures: Failure[] = [];

beforeEach(async () => {
  database = await freshDatabase();
  store = new EventStore(database.pool);
  await database.pool.query('CREATE TABLE seen (n bigserial, follower text, position bigint)');
});
afterEach(async () => {
  await Promise.all(followers.splice(0).map((each) => each.onModuleDestroy()));
  await database.drop();
  failures.length = 0;
});

const followingOn = (pool = database.pool): Followers => {
  const one = new Followers(pool, (failure) => failures.push(failure));
  followers.push(one);
  return one;
};

/** Writes down, in the checkpoint's transaction, every position that it is given. */
const witness = (more: Partial<Follower> = {}): Follower => ({
  name: 'witness',
  apply: async (events, client) => {
    await client.query('INSERT INTO seen (follower, position) SELECT $1, unnest($2::bigint[])', [
      'witness',
      events.map(({ position }) => position),
    ]);
  },
  ...more,
});

const record = async (type = 'Happened'): Promise<number> => {
  const appended = await store.append(appendOf([write(aStream(), 0, { ...happened(), type })]));
  if (appended.outcome !== 'appended') throw new Error('not appended');
  return appended.firstPosition;
};

const seen = async (): Promise<number[]> => {
  const { rows } = await database.pool.query<{ position: string }>('SELECT position FROM seen ORDER BY n');
  return rows.map(({ position }) => Number(position));
};

const checkpoint = async (): Promise<number> => {
  const { rows } = await database.pool.query("SELECT position FROM checkpoints WHERE follower = 'witness'");
  return Number(rows[0]?.position ?? 0);
};

const upTo = (head: number): number[] => Array.from({ length: head }, (_, index) => index + 1);

describe('a follower', () => {
  test('sees every event once and in order while four processes append and two processes follow', async () => {
    const processes: AppendingProcess[] = await Promise.all(
      upTo(4).map(() => appendingProcess(database.url)),
    );
    const other = new pg.Pool({ connectionString: database.url });
    followingOn().follow(witness());
    followingOn(other).follow(witness());
    const acknowledged = await Promise.all(processes.map((each) => each.load({ callers: 8, appends: 150 })));
    await eventually(async () => expect(await checkpoint()).toBe(600));
    expect(await seen()).toEqual(upTo(600));
    const { rows } = await database.pool.query<{ event_id: string }>('SELECT event_id FROM events');
    expect(new Set(rows.map(({ event_id }) => event_id))).toEqual(new Set(acknowledged.flat()));
    await Promise.all(followers.splice(0).map((each) => each.onModuleDestroy()));
    await Promise.all([other.end(), ...processes.map((each) => each.end())]);
  });

  test('is woken by an append, long before it would look by itself', async () => {
    followingOn().follow(witness());
    await eventually(async () => {
      const { rows } = await database.pool.query(
        "SELECT FROM pg_stat_activity WHERE query LIKE 'LISTEN %' AND datname = current_database()",
      );
      expect(rows.length).toBe(1);
    });
    await record();
    await eventually(async () => expect(await seen()).toEqual([1]));
    const began = Date.now();
    await record();
    await eventually(async () => expect(await seen()).toEqual([1, 2]));
    expect(Date.now() - began).toBeLessThan(1500);
  });

  test('takes what comes bit by bit together, and at once for whoever asks', async () => {
    const slow = witness({ pace: 600_000 });
    await record();
    followingOn().follow(slow);
    await eventually(async () => expect(await seen()).toEqual([1]));
    await record();
    await catchUp(database.pool, slow, await record());
    const { rows } = await database.pool.query('SELECT DISTINCT xmin::text FROM seen');
    expect([await seen(), rows.length]).toEqual([[1, 2, 3], 2]);
  });

  test('follows the types that concern it, and its checkpoint passes the others', async () => {
    for (const type of ['Happened', 'Rare', 'Happened', 'Rare', 'Happened']) await record(type);
    followingOn().follow(witness({ types: ['Rare'] }));
    await eventually(async () => expect(await checkpoint()).toBe(5));
    expect(await seen()).toEqual([2, 4]);
  });

  test('whose effect throws is reported, tries again and skips nothing; what it wrote meanwhile is gone', async () => {
    let left = 3;
    const failing = witness({
      apply: async (events, client) => {
        await witness().apply(events, client);
        left -= 1;
        if (left >= 0) throw new Error('the post is closed');
      },
    });
    await record();
    await record();
    followingOn().follow(failing);
    await eventually(async () => expect(await checkpoint()).toBe(2));
    expect(await seen()).toEqual([1, 2]);
    expect(failures.map(({ follower, attempt }) => [follower, attempt])).toEqual([
      ['witness', 1],
      ['witness', 2],
      ['witness', 3],
    ]);
  });

  test('goes on where it stopped', async () => {
    await record();
    const first = followingOn();
    first.follow(witness());
    await eventually(async () => expect(await seen()).toEqual([1]));
    await first.onModuleDestroy();
    await record();
    expect(await seen()).toEqual([1]);
    followingOn().follow(witness());
    await eventually(async () => expect(await seen()).toEqual([1, 2]));
  });

  test('survives the loss of every connection, also in the middle of its effect', async () => {
    let cut = false;
    const cutOff = witness({
      apply: async (events, client) => {
        await witness().apply(events, client);
        if (cut) return;
        cut = true;
        await database.pool.query(
          'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
        );
      },
    });
    await record();
    followingOn().follow(cutOff);
    await eventually(async () => expect(await seen()).toEqual([1]));
    await record();
    await eventually(async () => expect(await seen()).toEqual([1, 2]));
    expect(failures.length).toBeGreaterThan(0);
  });
});
