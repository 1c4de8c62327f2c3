import type { Pool } from 'pg';
import type { Config } from './config.js';
import { DatabaseClock } from './clock.js';
import { migrate, openDatabase, poolOf } from './database.js';
import { startEmbeddedPostgres } from './embedded-postgres.js';
import { logAt } from './log.js';
import { openMasterKeys } from './master-key-ring.js';
import type { Ground } from './platform.module.js';

export interface OpenGround extends Ground {
  close(): Promise<void>;
}

const timeOf = async (pool: Pool): Promise<number> => {
  const { rows } = await pool.query<{ ms: number }>(
    'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms',
  );
  return rows[0]?.ms ?? Date.now();
};

/** The database that the settings name, or the embedded one, started or joined and migrated. */
export const openGround = async (config: Config): Promise<OpenGround> => {
  const embedded = config.DATABASE_URL
    ? undefined
    : await startEmbeddedPostgres({ dataDir: config.REDRESS_DATA_DIR });
  const databaseUrl = config.DATABASE_URL ?? embedded?.url ?? '';
  try {
    if (embedded) await migrate(databaseUrl);
    const ring = await openMasterKeys(config);
    const database = await openDatabase(databaseUrl);
    const pool = poolOf(database);
    const clock = await DatabaseClock.asked(config.REDRESS_TIME_ZONE, () => timeOf(pool));
    const close = async () => {
      clock.stop();
      ring.stop();
      await database.destroy();
      await embedded?.stop();
    };
    return {
      config,
      databaseUrl,
      pool,
      masterKeys: ring.keys,
      clock,
      log: logAt(config.LOG_LEVEL),
      close,
    };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
};
