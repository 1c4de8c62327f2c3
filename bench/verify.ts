import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { logTiles } from '../src/audit/log-tiles.follower.js';
import { verifyExport } from '../src/audit/log/verify-export.js';
import { LogExport } from '../src/audit/log-export.js';
import { verifyLive } from '../src/audit/verify-live.js';
import { catchUp } from '../src/event-store/followers.js';
import { readConfig } from '../src/platform/config.js';
import { openDatabase, poolOf } from '../src/platform/database.js';
import { benchDatabase } from './support/database.js';
import { interleaved, printFigure } from './support/figures.js';
import { fillEvents } from './support/events.js';

// The tree over many events, and proof of them, against reading the same rows through a plain cursor.

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const MANY = Number(process.env['BENCH_EVENTS'] ?? 1_000_000);

const perSecond = (work: () => Promise<unknown>) => async (): Promise<number> => {
  const begun = performance.now();
  await work();
  return (MANY / (performance.now() - begun)) * 1000;
};

/** Every column of every event, as text and no more. */
async function readAll(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query('DECLARE rows NO SCROLL CURSOR FOR SELECT * FROM events ORDER BY position');
    const types = { getTypeParser: () => (text: string) => text };
    for (let more = true; more;) {
      const { rows } = await client.query({ text: 'FETCH 4000 FROM rows', rowMode: 'array', types });
      more = rows.length > 0;
    }
    await client.query('COMMIT');
  } finally {
    client.release();
  }
}

async function proven(look: () => Promise<{ readonly ok: boolean }>): Promise<void> {
  if (!(await look()).ok) throw new Error('what was recorded just now is not proven');
}

/** What `work` takes of this process: its most memory, and its processor time for each event, however busy the machine is. */
async function printCost(name: string, work: () => Promise<unknown>): Promise<void> {
  let most = 0;
  const look = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 20);
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  clearInterval(look);
  const each = ((user + system) / MANY).toFixed(1);
  console.log(
    `${name.padEnd(44)} ${each} µs of processor time an event, at most ${Math.round(most / 2 ** 20)} MiB`,
  );
}

const directory = await mkdtemp(join(tmpdir(), 'redress-bench-log-'));
const database = await benchDatabase();
const source = await openDatabase(database.url);
try {
  const pool = poolOf(source);
  const signing = { AUDIT_SIGNING_KEY: Buffer.alloc(32, 1).toString('base64') };
  const master = { MASTER_KEY: Buffer.alloc(32, 7).toString('base64') };
  const config = readConfig({ DATABASE_URL: database.url, ...signing, ...master });
  const read = perSecond(() => readAll(pool));
  await fillEvents(database.url, MANY);
  await read();
  const hash = perSecond(() => printCost('tree kept', () => catchUp(pool, logTiles, MANY)));
  printFigure(`tree kept, ${MANY} events, by a plain read`, { ours: await hash(), baseline: await read() });
  const verify = () => proven(() => verifyLive({ pool, config }, {}));
  printFigure('verify, live, by a plain read', await interleaved(ROUNDS, perSecond(verify), read));
  const out = join(directory, 'export');
  const exporting = perSecond(() => LogExport.of({ pool, config }, out, 1));
  printFigure('export, by a plain read', { ours: await exporting(), baseline: await read() });
  const offline = () => proven(() => verifyExport(out, {}));
  printFigure('verify, offline, by a plain read', await interleaved(ROUNDS, perSecond(offline), read));
  await printCost('a plain read', () => readAll(pool));
  await printCost('verify, live', verify);
  await printCost('verify, offline', offline);
} finally {
  await source.destroy();
  await database.drop();
  await rm(directory, { recursive: true });
}
