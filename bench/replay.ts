import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import pg from 'pg';
import { replayRegister } from '../src/audit/register-replay.js';
import { PolicyBook } from '../src/clocks/policy.queries.js';
import { headOf, readStreams, STORED_PAGE } from '../src/event-store/loader.js';
import { inTransaction } from '../src/event-store/in-transaction.js';
import { replayInto } from '../src/event-store/replay.js';
import { rowsOf } from '../src/event-store/refold.js';
import type { Stored } from '../src/event-store/event.js';
import type { Projection } from '../src/event-store/projection.js';
import { projectionsWith } from '../src/projections.js';
import { live, multiply } from './support/case-logs.js';
import { median, printFigure } from './support/figures.js';
import { benchHouse } from './support/house.js';

// Every read table replayed into a schema beside the live ones, against a plain COPY of the same rows; slice by slice.

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const CASES = Number(process.env['BENCH_CASES'] ?? 10_000);

type Slice = 'read' | 'folded' | 'projected' | 'replayed' | 'copied';

const { url, folder, pool, config, clock, house, end } = await benchHouse();
const owner = new pg.Pool({ connectionString: url, max: 1 });

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

/** All streams of all kinds, page by page, as a replay reads them; nothing is written. */
async function readAll(use: (projection: Projection, events: readonly Stored[]) => void): Promise<void> {
  const client = await pool.connect();
  const book = new PolicyBook(client, config);
  const until = await headOf(client);
  for (const projection of projectionsWith(book)) {
    await projection.prepare?.();
    const { kind } = projection.decider;
    for (let page = await readStreams(client, { kind, until }); ;) {
      use(projection, page);
      if (page.length < STORED_PAGE) break;
      page = await readStreams(client, { kind, until, last: page.at(-1) });
    }
  }
  client.release();
}

/** Only what a page holds of whole streams is folded: a few events of each page are left out. */
const foldWhole = (projection: Projection, events: readonly Stored[]): void => {
  const from = events.findIndex(({ version }) => version === 1);
  if (from >= 0) rowsOf(projection, events.slice(from));
};

/** What projections tell, written to a schema that is gone afterwards; nothing is followed. */
const project = () =>
  inTransaction(pool, async (client) => {
    const log = await pool.connect();
    const made = { projections: projectionsWith(new PolicyBook(client, config)), keepers: [] };
    await replayInto('projected', { client, log, until: await headOf(client) }, made, () => {});
    await client.query('DROP SCHEMA projected CASCADE');
    log.release();
  });

/** The rows of a replay, copied out before and in again here, with the same indexes. */
async function copy(tables: readonly string[]): Promise<void> {
  await owner.query('CREATE SCHEMA copied');
  for (const table of tables) {
    await owner.query(`CREATE UNLOGGED TABLE copied.${table} (LIKE public.${table} INCLUDING ALL)`);
    await owner.query(`COPY copied.${table} FROM '${join(folder, table)}'`);
  }
}

try {
  await live(house, clock.today());
  await multiply(owner, CASES);
  const events = await headOf(pool);
  console.log(`replay: ${events} events of ${2 * CASES} cases`);
  const { tables } = await replayRegister({ pool, config }, { into: 'replayed' });
  // The server writes there, and may be somebody else.
  await chmod(folder, 0o777);
  const filled = tables.filter(({ rows }) => rows > 0).map(({ table }) => table);
  for (const table of filled) await owner.query(`COPY replayed.${table} TO '${join(folder, table)}'`);
  const slices = { read: [], folded: [], projected: [], replayed: [], copied: [] } as Record<Slice, number[]>;
  for (let round = 0; round < ROUNDS; round += 1) {
    slices.copied.push(await seconds(() => copy(filled)));
    slices.read.push(await seconds(() => readAll(() => {})));
    slices.folded.push(await seconds(() => readAll(foldWhole)));
    slices.projected.push(await seconds(project));
    slices.replayed.push(await seconds(() => replayRegister({ pool, config }, {})));
    await owner.query('DROP SCHEMA copied CASCADE');
  }
  const perSecond = (slice: Slice) => events / median(slices[slice]);
  const shown = {
    read: 'read and parsed',
    folded: 'and folded to rows',
    projected: 'and these written',
    replayed: 'all tables and digests',
  };
  for (const slice of ['read', 'folded', 'projected', 'replayed'] as const)
    printFigure(`replay, ${shown[slice]} / COPY of the rows`, {
      ours: perSecond(slice),
      baseline: perSecond('copied'),
    });
  console.log(`replay, peak resident memory: ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
} finally {
  await owner.end();
  await end();
}
