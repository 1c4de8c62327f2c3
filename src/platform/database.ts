import type { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { migrations } from '../../migrations/all.js';

/** PostgreSQL: one TypeORM data source, whose pg pool the kernel and the queries use. */

export const POOL = Symbol('pg pool');

const connection = (url: string) => ({
  type: 'postgres' as const,
  url,
  migrations,
  migrationsTableName: 'migrations',
});

/**
 * The application's role. A client that stops in the middle of a transaction holds others up for these times at most
 * (appends are never in that position, followers are). Plans are short: compiling them costs more than it gains.
 */
const SESSION =
  '-c role=redress_app -c jit=off -c lock_timeout=10s -c statement_timeout=60s -c idle_in_transaction_session_timeout=5s';

export const openDatabase = (url: string, poolSize = 12): Promise<DataSource> =>
  new DataSource({
    ...connection(url),
    applicationName: 'redress',
    poolSize,
    connectTimeoutMS: 5_000,
    extra: { options: SESSION, keepAlive: true },
  }).initialize();

export const poolOf = (database: DataSource): Pool => (database.driver as unknown as { master: Pool }).master;

/** Told where a migration fails: the tables that it meets may be another version's. */
const explained = async (database: DataSource, error: unknown): Promise<Error> => {
  const known = new Set(database.migrations.map(({ name }) => name));
  const ran: { name: string }[] = await database.query('SELECT name FROM migrations ORDER BY id');
  const foreign = ran.filter(({ name }) => !known.has(name)).at(-1);
  if (!foreign) return error as Error;
  return new Error(
    `The schema could not be brought up to date: another version of Redress ran ${foreign.name} on this database, which this one does not have. ` +
      `Run that version, or a later one; what failed left nothing behind. (${(error as Error).message})`,
  );
};

/** Brings the schema up to date; answers the names of the migrations it ran. Needs the owner's rights. */
export const migrate = async (url: string): Promise<string[]> => {
  const database = await new DataSource({ ...connection(url), poolSize: 2 }).initialize();
  try {
    return (await database.runMigrations({ transaction: 'each' })).map(({ name }) => name);
  } catch (error) {
    throw await explained(database, error);
  } finally {
    await database.destroy();
  }
};
