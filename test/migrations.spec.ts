import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { migrations } from '../migrations/all.js';
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

  it('take what rules make of a case out of the texts of rows that are there, and leave the rest as it was', async () => {
    const older = await emptyDatabase();
    const to = async (last: number) => {
      const part = new DataSource({
        type: 'postgres',
        url: older.url,
        migrations: migrations.slice(0, last),
      });
      await part.initialize();
      await part.runMigrations({ transaction: 'each' });
      await part.destroy();
    };
    const known = migrations.findIndex(({ name }) => name.startsWith('CaseClocks'));
    await to(known);
    const [before, after] = [
      '"version":2,"status":"received","sortId":"1"',
      '"phase":"open","reference":"1"',
    ];
    const said =
      '"category":"say \\"nextDueOn\\":null","channel":"letter","receivedOn":"2026-03-02","gaps":[]';
    const clocks =
      '"nextDueOn":"2026-03-09","reckonedBy":"default@1 GB-ENG@0","deadlines":[{"key":"acknowledge","occurrence":1,"startedOn":"2026-03-02","dueOn":"2026-03-09","metOn":null,"held":false}]';
    const rows = ['00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000002'].map(
      (id, index) => {
        const own = index === 0 ? clocks : '"nextDueOn":null,"deadlines":[]';
        const file = (more: string) =>
          `{"id":"${id}",${before},${more}${after.replace('"1"', `"${index}"`)},${said}}`;
        return { id, old: file(`${own},`), text: file('') };
      },
    );
    await older.pool.query('SELECT upsert_cases($1)', [rows.map(({ old }) => old)]);
    await to(migrations.length);
    const { rows: told } = await older.pool.query(
      `SELECT id, detail AS text, next_due_on::text AS due, reckoned_by AS by, live
       FROM cases JOIN case_clocks ON case_id = id ORDER BY id`,
    );
    expect(told).toEqual([
      { id: rows[0]!.id, text: rows[0]!.text, due: '2026-03-09', by: 'default@1 GB-ENG@0', live: true },
      { id: rows[1]!.id, text: rows[1]!.text, due: null, by: null, live: true },
    ]);
    await older.drop();
  });
});
