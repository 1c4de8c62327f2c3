import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { aStream, appendOf, happened, write } from '../../test/support/appends.js';
import { freshDatabase, type FreshDatabase } from '../../test/support/database.js';
import { EventStore } from '../event-store/event-store.js';
import { isConnectionLost } from '../event-store/lost-connection.js';
import { endSilentConnections } from './silence.js';

let database: FreshDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await freshDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 2 });
  pool.on('error', () => {});
  // One connection is there before: it is held to this too.
  await pool.query('SELECT 1');
  endSilentConnections(pool, 500);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

it('a database that says nothing is told as one that is lost, and the next question finds it again', async () => {
  const [asked] = await Promise.allSettled([pool.query('SELECT pg_sleep(60)')]);
  expect(asked).toMatchObject({ status: 'rejected', reason: expect.any(Error) });
  expect(isConnectionLost((asked as PromiseRejectedResult).reason)).toBe(true);
  expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
});

it('an append that it does not answer has an outcome that nobody knows, and none waits for ever', async () => {
  const store = new EventStore(pool);
  const holding = await database.pool.connect();
  await holding.query('BEGIN; LOCK TABLE events IN ACCESS EXCLUSIVE MODE');
  const append = () => store.append(appendOf([write(aStream(), 0, happened())]));
  for (const outcome of await Promise.allSettled([append(), append()]))
    expect(outcome).toMatchObject({ reason: { code: 'outcome-unknown' } });
  await holding.query('ROLLBACK');
  holding.release();
  expect((await append()).outcome).toBe('appended');
});
