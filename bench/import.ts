import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { RegisterImport } from '../src/intake/import.handler.js';
import { LegacyRegister } from '../src/intake/legacy-register.js';
import { createHouse } from '../src/application.js';
import { SystemClock } from '../src/platform/clock.js';
import { readConfig } from '../src/platform/config.js';
import { openDatabase, poolOf } from '../src/platform/database.js';
import { logAt } from '../src/platform/log.js';
import { benchDatabase } from './support/database.js';
import { interleaved, printFigure } from './support/figures.js';
import { EVENT_TABLE, EventCopies } from './support/event-copies.js';
import { writeRegister, registerMapping } from './support/register.js';
import { MasterKeys } from '../src/event-store/master-keys.js';

// Events of an imported register, against the same events written by plain multi-row INSERTs on the same server.

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const CASES = Number(process.env['BENCH_CASES'] ?? 10_000);
const ROWS = Number(process.env['BENCH_ROWS'] ?? 500);

const database = await benchDatabase(EVENT_TABLE);
const folder = await mkdtemp(join(tmpdir(), 'redress-bench-'));
const source = await openDatabase(database.url);
const config = readConfig({
  DATABASE_URL: database.url,
  MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
  REDRESS_DATA_DIR: folder,
  LOG_LEVEL: 'fatal',
});
const clock = new SystemClock('Europe/London');
const masterKeys = new MasterKeys([Buffer.alloc(32, 7)]);
const house = await createHouse({
  config,
  databaseUrl: database.url,
  pool: poolOf(source),
  masterKeys,
  clock,
  log: logAt('fatal'),
});
const plain = new pg.Pool({ connectionString: database.url, max: 2 });
const copies = new EventCopies(plain, ROWS);
let round = 0;

/** Imports a register that is not there yet; answers with events per second, from the first byte read. */
async function importOne(): Promise<number> {
  round += 1;
  const name = `bench-${round}`;
  const files = await writeRegister(folder, name, CASES);
  const began = performance.now();
  const register = await LegacyRegister.prepare({
    ...files,
    mapping: registerMapping(name),
    today: clock.today(),
  });
  try {
    const { events } = await house
      .get(RegisterImport, { strict: false })
      .run(register, { rejected: () => Promise.resolve() });
    return (events / (performance.now() - began)) * 1000;
  } finally {
    register.close();
  }
}

try {
  await importOne();
  await copies.copyNew();
  // The baseline copies the events of the import before it.
  await importOne();
  const figures = await interleaved(ROUNDS, importOne, () => copies.copyNew());
  printFigure(`import, ${CASES} cases, ${ROWS} rows an INSERT`, figures);
  const megabytes = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(`import, peak resident memory of this process: ${megabytes} MB`);
} finally {
  await house.close();
  await plain.end();
  await source.destroy();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
}
