import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHouse } from '../../src/house.js';
import { MasterKeys } from '../../src/event-store/master-keys.js';
import { SystemClock } from '../../src/platform/clock.js';
import { readConfig } from '../../src/platform/config.js';
import { openDatabase, poolOf } from '../../src/platform/database.js';
import { logAt } from '../../src/platform/log.js';
import { benchDatabase } from './database.js';

const KEY = Buffer.alloc(32, 7);

/** The whole house in this process, on a database and in a folder of its own. */
export async function benchHouse(...extra: string[]) {
  const database = await benchDatabase(...extra);
  const folder = await mkdtemp(join(tmpdir(), 'redress-bench-'));
  const source = await openDatabase(database.url);
  const pool = poolOf(source);
  const config = readConfig({
    DATABASE_URL: database.url,
    MASTER_KEY: KEY.toString('base64'),
    REDRESS_DATA_DIR: folder,
    LOG_LEVEL: 'fatal',
  });
  const clock = new SystemClock('Europe/London');
  const masterKeys = new MasterKeys([KEY]);
  const house = await createHouse({
    config,
    databaseUrl: database.url,
    pool,
    masterKeys,
    clock,
    log: logAt('fatal'),
  });
  const end = async () => {
    await house.close();
    await source.destroy();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  };
  return { url: database.url, folder, pool, config, clock, house, end };
}
