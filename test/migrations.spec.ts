import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { migrations } from '../migrations/all.js';
import { migrate } from '../src/platform/database.js';
import { emptyDatabase, type FreshDatabase } from './support/database.js';

describe('migrations', () => {
  let database: FreshDatabase;
  let source: DataSource;

  beforeAll(async () => {
    database = await emptyDatabase();
    source = await new DataSource({ type: 'postgres', url: database.url, migrations }).initialize();
  });
  afterAll(async () => {
    await source.destroy();
    await database.drop();
  });

  const everything = async () =>
    (
      await database.pool.query<{ what: string }>(
        `SELECT format('%s.%s %s', relname, attname, atttypid::regtype) AS what FROM pg_attribute
           JOIN pg_class ON pg_class.oid = attrelid
           WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped
         UNION ALL SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace
         ORDER BY 1`,
      )
    ).rows.map(({ what }) => what);

  it('run once, and can be undone and done again, but for the event store', async () => {
    expect((await source.runMigrations({ transaction: 'each' })).length).toBe(migrations.length);
    expect(await source.runMigrations({ transaction: 'each' })).toEqual([]);
    const before = await everything();
    for (let undone = 1; undone < migrations.length; undone += 1) await source.undoLastMigration();
    await expect(source.undoLastMigration()).rejects.toThrow('history is not rewritten');
    await source.runMigrations({ transaction: 'each' });
    expect(await everything()).toEqual(before);
  });

  it('say so where another version was at work', async () => {
    const other = await emptyDatabase();
    await migrate(other.url);
    await other.pool.query(
      `DELETE FROM migrations WHERE name LIKE 'Reminders%';
       INSERT INTO migrations (timestamp, name) VALUES (99, 'FromElsewhere0000000000099')`,
    );
    await expect(migrate(other.url)).rejects.toThrow(
      /another version of Redress ran FromElsewhere0000000000099 .* left nothing behind.*relation "reminders" already exists/,
    );
    await other.drop();
  });
});
