import pg from 'pg';
import { RegisterImport } from '../src/intake/import.handler.js';
import { LegacyRegister } from '../src/intake/legacy-register.js';
import { interleaved, printFigure } from './support/figures.js';
import { benchHouse } from './support/house.js';
import { EVENT_TABLE, EventCopies } from './support/event-copies.js';
import { writeRegister, registerMapping } from './support/register.js';

// Events of an imported register, against the same events written by plain multi-row INSERTs on the same server.

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const CASES = Number(process.env['BENCH_CASES'] ?? 10_000);
const ROWS = Number(process.env['BENCH_ROWS'] ?? 500);

const { url, folder, clock, house, end } = await benchHouse(EVENT_TABLE);
const plain = new pg.Pool({ connectionString: url, max: 2 });
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
  await plain.end();
  await end();
}
