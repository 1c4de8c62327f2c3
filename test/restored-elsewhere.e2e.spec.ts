import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { Checkpoints } from '../src/audit/checkpoints.js';
import { logTiles } from '../src/audit/log-tiles.follower.js';
import { verifierKey } from '../src/audit/log/note.js';
import { verifyLive } from '../src/audit/verify-live.js';
import { caseActivity } from '../src/backlog/case-activity.follower.js';
import { EventStore } from '../src/event-store/event-store.js';
import { catchUp, Followers } from '../src/event-store/followers.js';
import { readPage } from '../src/event-store/loader.js';
import { readConfig, type Config } from '../src/platform/config.js';
import { openDatabase, poolOf } from '../src/platform/database.js';
import { appendOf, aStream, happened, write } from './support/appends.js';
import { migrate } from './support/database.js';
import { eventually } from './support/eventually.js';
import { hasPostgres, moveDatabase, startCluster, type Cluster } from './support/installed-postgres.js';

const configFor = (url: string): Config =>
  readConfig({
    DATABASE_URL: url,
    MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
    AUDIT_SIGNING_KEY: Buffer.alloc(32, 1).toString('base64'),
  });

const record = async (pool: pg.Pool, count: number): Promise<void> => {
  const events = Array.from({ length: count }, (_, n) => happened(`{"n":${n}}`));
  await new EventStore(pool).append(appendOf([write(aStream(), 0, ...events)]));
};

const followed = async (pool: pg.Pool): Promise<Record<string, number>> => {
  const { rows } = await pool.query<{ follower: string; position: string }>(
    'SELECT follower, position FROM checkpoints WHERE follower = ANY ($1)',
    [[logTiles.name, caseActivity.name]],
  );
  return Object.fromEntries(rows.map(({ follower, position }) => [follower, Number(position)]));
};

(hasPostgres ? describe : describe.skip)('a register that was dumped and restored into a new cluster', () => {
  let clusters: Cluster[];
  let source: DataSource;
  let pool: pg.Pool;
  let config: Config;
  /** What was kept elsewhere before it moved. */
  let since: string;

  beforeAll(async () => {
    const [before, after] = (clusters = [await startCluster(), await startCluster()]);
    await before!.create('register');
    await migrate(before!.url('register'));
    // The counters of the cluster that it leaves stand far above those of the new one.
    const older = await openDatabase(before!.url('register'));
    for (let n = 0; n < 20; n += 1) await record(poolOf(older), 10);
    await catchUp(poolOf(older), logTiles, 200);
    await catchUp(poolOf(older), caseActivity, 150);
    since = await new Checkpoints(poolOf(older), configFor(before!.url('register'))).signHead();
    await record(poolOf(older), 50);
    await older.destroy();
    await moveDatabase(before!, after!, 'register');
    source = await openDatabase(after!.url('register'));
    pool = poolOf(source);
    config = configFor(after!.url('register'));
  }, 120_000);
  afterAll(async () => {
    await source.destroy();
    await Promise.all(clusters.map((cluster) => cluster.stop()));
  });

  const proven = async () => {
    const keys = (await new Checkpoints(pool, config).keys()).map(({ key }) => verifierKey(key));
    return verifyLive({ pool, config }, { since, keys, requireAnchor: true });
  };

  it('is proven by what was kept before', async () => {
    expect(await proven()).toMatchObject({ ok: true, last: 250, anchor: { size: 200 } });
  });

  it('goes on: positions, times of recording, followers and proofs, whatever transaction is left open beside it', async () => {
    await clusters[1]!.create('other');
    const other = new pg.Client({ connectionString: clusters[1]!.url('other') });
    await other.connect();
    await other.query('CREATE TABLE left_open (n int)');
    await other.query('BEGIN');
    await other.query('INSERT INTO left_open VALUES (1)');
    const followers = new Followers(pool, ({ error }) => {
      throw error;
    });
    followers.follow(logTiles);
    followers.follow(caseActivity);
    for (let n = 0; n < 10; n += 1) await record(pool, 5);
    await eventually(async () =>
      expect(await followed(pool)).toEqual({ [logTiles.name]: 300, [caseActivity.name]: 300 }),
    );
    await followers.onModuleDestroy();
    const events = await readPage(pool, 0, 1_000);
    expect(events.map(({ position }) => position)).toEqual(Array.from({ length: 300 }, (_, n) => n + 1));
    const times = events.map(({ recordedAt }) => recordedAt);
    expect(times.every((time, n) => n === 0 || times[n - 1]! <= time)).toBe(true);
    await new Checkpoints(pool, config).signHead();
    expect(await proven()).toMatchObject({ ok: true, last: 300, anchor: { size: 200 } });
    await other.query('ROLLBACK');
    await other.end();
  });
});
