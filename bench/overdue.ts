import { performance } from 'node:perf_hooks';
import type pg from 'pg';
import { everything } from '../src/access/sight.js';
import { BacklogQueries } from '../src/backlog/backlog.queries.js';
import { backlogOf } from '../src/backlog/backlog-view.js';
import { caseListRequest } from '../src/backlog/case-list.js';
import { CaseQueries } from '../src/backlog/case.queries.js';
import { calendarNamed } from '../src/clocks/calendar.js';
import { PolicyBook } from '../src/clocks/policy.queries.js';
import { SystemClock } from '../src/platform/clock.js';
import { readConfig } from '../src/platform/config.js';
import { openDatabase, poolOf } from '../src/platform/database.js';
import { fill, fillDeadlines } from './support/cases.js';
import { benchDatabase } from './support/database.js';
import { interleaved, printTimes } from './support/figures.js';

// What people ask all day, with many open cases against few, and with a large archive of closed ones against a small one.

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 7);
const CALLS = 40;
const MANY = Number(process.env['BENCH_CASES'] ?? 1_000_000);
const FEW = MANY / 10;

/** Milliseconds within which 95 of 100 calls are answered. */
const p95 = (call: () => Promise<unknown>) => async (): Promise<number> => {
  const times: number[] = [];
  for (let n = 0; n < CALLS; n += 1) {
    const begun = performance.now();
    await call();
    times.push(performance.now() - begun);
  }
  return times.toSorted((one, other) => one - other)[Math.ceil(CALLS * 0.95) - 1] ?? 0;
};

const clock = new SystemClock('Europe/London');
const config = readConfig({});

const listOf = (pool: pg.Pool, params: object) => {
  const queries = new CaseQueries(pool, new PolicyBook(pool, config), clock);
  const asked = caseListRequest.parse(params);
  return () => queries.page(asked, everything);
};

const backlogIn = (pool: pg.Pool) => {
  const queries = new BacklogQueries(pool);
  const today = clock.today();
  const question = {
    moment: { asOf: today, day: today, until: clock.now() },
    basis: 'known-now',
    source: undefined,
    calendar: calendarNamed('GB-ENG'),
    over: [90, 180, 365],
  } as const;
  return async () => JSON.stringify(backlogOf(question, await queries.openOn(today, undefined, everything)));
};

const questions: Readonly<Record<string, (pool: pg.Pool) => () => Promise<unknown>>> = {
  'overdue=true&sort=-age': (pool) => listOf(pool, { overdue: 'true', sort: '-age' }),
  'missed=true&sort=-age': (pool) => listOf(pool, { missed: 'true', sort: '-age' }),
  'missed=true&sort=age': (pool) => listOf(pool, { missed: 'true', sort: 'age' }),
  'missed=false&sort=-age': (pool) => listOf(pool, { missed: 'false', sort: '-age' }),
  'missed=true': (pool) => listOf(pool, { missed: 'true' }),
  backlog: backlogIn,
};

async function compare(name: string, ours: pg.Pool, baseline: pg.Pool) {
  for (const [question, of] of Object.entries(questions)) {
    const [one, other] = [p95(of(ours)), p95(of(baseline))];
    await one();
    await other();
    printTimes(`${question}, ${name}`, await interleaved(ROUNDS, one, other));
  }
}

/** How many cases there are, and one in how many of them is open. */
const HOUSES = [
  [FEW, 5],
  [MANY, 5],
  [MANY, 50],
] as const;

const databases = [];
const sources = [];
try {
  for (const [cases, each] of HOUSES) {
    const database = await benchDatabase();
    databases.push(database);
    await fill(database.url, cases, each);
    await fillDeadlines(database.url);
    sources.push(await openDatabase(database.url));
  }
  const [small, many, archive] = sources.map(poolOf) as [pg.Pool, pg.Pool, pg.Pool];
  await compare(`${MANY / 5} open / ${FEW / 5}`, many, small);
  await compare(`${FEW / 5} open, ${MANY} cases / ${FEW}`, archive, small);
} finally {
  for (const source of sources) await source.destroy();
  for (const database of databases) await database.drop();
}
