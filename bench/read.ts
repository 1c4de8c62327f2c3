import { performance } from 'node:perf_hooks';
import type pg from 'pg';
import { everything } from '../src/access/sight.js';
import { backlogFigures } from '../src/clocks/ages.js';
import { calendarNamed } from '../src/clocks/calendar.js';
import { BacklogQueries } from '../src/backlog/backlog.queries.js';
import { backlogOf } from '../src/backlog/backlog-view.js';
import { caseListRequest } from '../src/backlog/case-list.js';
import { CaseQueries } from '../src/backlog/case.queries.js';
import { PolicyBook } from '../src/clocks/policy.queries.js';
import { SystemClock } from '../src/platform/clock.js';
import { readConfig } from '../src/platform/config.js';
import { openDatabase, poolOf } from '../src/platform/database.js';
import { fill } from './support/cases.js';
import { benchDatabase } from './support/database.js';
import { interleaved, printTimes } from './support/figures.js';

// Reading with few and with many cases, against the least that PostgreSQL could do.

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 15);
const FEW = Number(process.env['BENCH_FEW_CASES'] ?? 10_000);
const MANY = Number(process.env['BENCH_CASES'] ?? 1_000_000);
const CALLS = 10;

/** Milliseconds that one call takes, of several in a row. */
const timed = (call: () => Promise<unknown>) => async (): Promise<number> => {
  const begun = performance.now();
  for (let n = 0; n < CALLS; n += 1) await call();
  return (performance.now() - begun) / CALLS;
};

async function compare(name: string, ours: () => Promise<unknown>, baseline: () => Promise<unknown>) {
  await timed(ours)();
  await timed(baseline)();
  printTimes(name, await interleaved(ROUNDS, timed(ours), timed(baseline)));
}

const clock = new SystemClock('Europe/London');
const config = readConfig({});
const asked = caseListRequest.parse({});

const listOf = (pool: pg.Pool) => {
  const queries = new CaseQueries(pool, new PolicyBook(pool, config), clock);
  return () => queries.page(asked, everything);
};

async function backlog(pool: pg.Pool) {
  const queries = new BacklogQueries(pool);
  const today = clock.today();
  const calendar = calendarNamed('GB-ENG');
  const question = {
    moment: { asOf: today, day: today, until: clock.now() },
    basis: 'known-now',
    source: undefined,
    calendar,
    over: [90, 180, 365],
  } as const;
  const countOpen = () => pool.query('SELECT count(*) FROM cases WHERE closed_on IS NULL');
  await compare(
    'backlog: open, over and oldest / count(*)',
    async () => {
      const { buckets } = await queries.openOn(today, undefined, everything);
      return backlogFigures(buckets, today, calendar, question.over);
    },
    countOpen,
  );
  await compare(
    'backlog: the complete answer / count(*)',
    async () => JSON.stringify(backlogOf(question, await queries.openOn(today, undefined, everything))),
    countOpen,
  );
}

const databases = [await benchDatabase(), await benchDatabase()] as const;
const sources = await Promise.all(databases.map(({ url }) => openDatabase(url)));
try {
  const [few, many] = sources.map(poolOf) as [pg.Pool, pg.Pool];
  await fill(databases[0].url, FEW);
  await fill(databases[1].url, MANY);
  await compare(`first page of cases, ${MANY} / ${FEW}`, listOf(many), listOf(few));
  await backlog(many);
} finally {
  for (const source of sources) await source.destroy();
  for (const database of databases) await database.drop();
}
