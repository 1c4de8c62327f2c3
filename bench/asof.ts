import { performance } from 'node:perf_hooks';
import type pg from 'pg';
import { everything } from '../src/access/sight.js';
import { BacklogQueries } from '../src/backlog/backlog.queries.js';
import { caseListRequest } from '../src/backlog/case-list.js';
import { CaseQueries } from '../src/backlog/case.queries.js';
import type { Knowledge } from '../src/audit/known-then.reader.js';
import { plusDays } from '../src/clocks/days.js';
import { PolicyBook } from '../src/clocks/policy.queries.js';
import { SystemClock } from '../src/platform/clock.js';
import { readConfig } from '../src/platform/config.js';
import { openDatabase, poolOf } from '../src/platform/database.js';
import { fill, fillVersions } from './support/cases.js';
import { benchDatabase } from './support/database.js';
import { interleaved, printTimes } from './support/figures.js';

// Questions as of the past over many cases, against the same question about today.

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 7);
const MANY = Number(process.env['BENCH_CASES'] ?? 1_000_000);
/** How many days ago: yesterday, years ago, and when few had been recorded. */
const AGO = [1, 1_000, 6_000];

const timed = (call: () => Promise<unknown>) => async (): Promise<number> => {
  const begun = performance.now();
  await call();
  return performance.now() - begun;
};

async function compare(name: string, then: () => Promise<unknown>, now: () => Promise<unknown>) {
  await then();
  await now();
  printTimes(name, await interleaved(ROUNDS, timed(then), timed(now)));
}

const clock = new SystemClock('Europe/London');

async function ask(pool: pg.Pool, ago: number, position: number) {
  const today = clock.today();
  const day = plusDays(today, -ago);
  const backlog = new BacklogQueries(pool);
  const list = new CaseQueries(pool, new PolicyBook(pool, readConfig({})), clock);
  const page = (known: Knowledge, sort?: string) => () =>
    list.page(caseListRequest.parse({ asOf: day, ...(sort ? { sort } : {}) }), everything, { day, known });
  const backlogNow = () => backlog.openOn(today, undefined, everything);
  const listNow = () => list.page(caseListRequest.parse({}), everything);
  const when = `${ago} days ago`;
  await compare(`backlog, ${when}, known-now`, () => backlog.openOn(day, undefined, everything), backlogNow);
  await compare(
    `backlog, ${when}, known-then`,
    () => backlog.openThen(position, day, undefined, everything),
    backlogNow,
  );
  await compare(`list, ${when}, known-now`, page({ day }), listNow);
  await compare(`list, ${when}, known-then`, page({ position }), listNow);
  await compare(`list by -age, ${when}, known-then`, page({ position }, '-age'), listNow);
}

const database = await benchDatabase();
const source = await openDatabase(database.url);
try {
  const pool = poolOf(source);
  await fill(database.url, MANY);
  const positionOf = await fillVersions(database.url);
  for (const ago of AGO) await ask(pool, ago, positionOf(ago));
} finally {
  await source.destroy();
  await database.drop();
}
