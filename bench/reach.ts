import { performance } from 'node:perf_hooks';
import type { Pool } from 'pg';
import { LiveCases } from '../src/clocks/live-cases.js';
import { PolicyBook } from '../src/clocks/policy.queries.js';
import { parsePolicySet } from '../src/clocks/policy-set.js';
import { complaintRow } from '../src/complaints/complaint.projection.js';
import { readConfig } from '../src/platform/config.js';
import { SystemClock } from '../src/platform/clock.js';
import { openDatabase, poolOf } from '../src/platform/database.js';
import type { Misses } from '../src/reminders/misses.js';
import { Reach } from '../src/publishing/reach.js';
import { WhatIfReader } from '../src/publishing/what-if.reader.js';
import { dateOf, epochDay } from '../src/clocks/days.js';
import type { KnownComplaint } from '../src/complaints/complaint.state.js';
import { readFile } from 'node:fs/promises';
import { everything } from '../src/access/sight.js';
import { benchDatabase } from './support/database.js';
import { printTimes } from './support/figures.js';
import { printProcessorTime, processorTimeOf } from './support/processor.js';

// A new policy version reaching every open case, against a plain UPDATE of the same rows.

const CASES = Number(process.env['BENCH_CASES'] ?? 100_000);
const AT_ONCE = 2_000;

const clock = new SystemClock('Europe/London');

const caseNumber = (n: number): KnownComplaint => {
  const receivedOn = dateOf(epochDay(clock.today()) - (n % 4));
  return {
    phase: 'open',
    reference: `2026-${String(n).padStart(7, '0')}`,
    channel: 'letter',
    category: `category ${n % 12}`,
    summary: 'x'.repeat(400),
    receivedOn,
    policySet: 'default@1',
    stage: 'received',
    allegations: [],
    respondentRefs: [],
    recused: [],
    suspensions: [],
    evidence: [],
    disclosedTo: [],
    responses: 0,
    linked: [],
    holds: [],
    hearings: [],
    resolutions: [],
    pauses: [],
    extensions: [],
    gaps: [],
    milestones: [{ event: 'ComplaintReceived', on: receivedOn }],
    outsideContacts: 0,
  } as unknown as KnownComplaint;
};

async function fill(pool: Pool, book: PolicyBook): Promise<void> {
  const rowOf = complaintRow(book);
  for (let first = 0; first < CASES; first += AT_ONCE) {
    const rows = Array.from({ length: Math.min(AT_ONCE, CASES - first) }, (_, index) => {
      const n = first + index;
      return rowOf(`00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`, 1, caseNumber(n)).text;
    });
    await pool.query('SELECT upsert_cases($1)', [rows]);
  }
  await pool.query('VACUUM ANALYZE cases, case_clocks, deadlines');
}

const timed = async (pool: Pool, name: string, work: () => Promise<unknown>): Promise<number> => {
  const begun = performance.now();
  const processor = await processorTimeOf(pool, work);
  const took = performance.now() - begun;
  printProcessorTime(name, processor);
  return took;
};

const database = await benchDatabase();
const source = await openDatabase(database.url);
try {
  const pool = poolOf(source);
  const shipped = parsePolicySet(await readFile('policies/default.yaml', 'utf8'), 'default.yaml');
  const first = { ...shipped, version: 1 };
  const second = {
    ...first,
    version: 2,
    deadlines: first.deadlines.map((rule) => ({ ...rule, count: rule.count + 5 })),
  };
  const publish = (superseded: object[]) =>
    pool.query('SELECT upsert_policies($1)', [
      [JSON.stringify({ key: 'default', version: 2, versions: [first, second], superseded })],
    ]);
  await publish([]);
  const book = new PolicyBook(pool, readConfig({}));
  await book.read();
  await fill(pool, book);
  // Misses are the sweep's: here nothing is late.
  const reach: LiveCases = new Reach(
    pool,
    book,
    { record: () => Promise.resolve(0) } as unknown as Misses,
    clock,
  );
  const supposed = await timed(pool, 'what if', () =>
    new WhatIfReader(pool, book, clock).suppose({ policy: second, calendars: [] }, everything),
  );
  const plain = await timed(pool, 'plain UPDATE', () =>
    pool.query(`WITH moved AS (UPDATE deadlines SET due_on = due_on + 1 RETURNING 1)
      UPDATE case_clocks SET next_due_on = next_due_on + 1, reckoned_by = reckoned_by || 'x'`),
  );
  await pool.query(`UPDATE deadlines SET due_on = due_on - 1`);
  await pool.query(
    `UPDATE case_clocks SET next_due_on = next_due_on - 1, reckoned_by = left(reckoned_by, -1)`,
  );
  await pool.query('VACUUM ANALYZE case_clocks, deadlines');
  await publish([{ version: 1, by: 2, reasons: 'A bench.' }]);
  const ours = await timed(pool, 'reach', () => reach.reach());
  printTimes(`reach: ${CASES} open cases / plain UPDATE`, { ours, baseline: plain });
  printTimes(`what if: ${CASES} open cases / reach`, { ours: supposed, baseline: ours });
} finally {
  await source.destroy();
  await database.drop();
}
