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

/** Brings the schema up to date; answers the names of the migrations it ran. Needs the owner's rights. */
export const migrate = async (url: string): Promise<string[]> => {
  const database = await new DataSource({ ...connection(url), poolSize: 2 }).initialize();
  try {
    return (await database.runMigrations({ transaction: 'each' })).map(({ name }) => name);
  } finally {
    await database.destroy();
  }
};
