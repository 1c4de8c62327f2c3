import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { packageRoot } from '../src/platform/package-root.js';
import { freshDatabase, type FreshDatabase } from './support/database.js';
import { aFolder, csv, type Folder } from './support/register.js';

const LONG = process.env['REDRESS_LONG'] !== undefined;
const CASES = LONG ? 2000 : 1000;
const mapping = {
  source: 'long-register',
  zone: 'Europe/London',
  case: { id: { column: 'no' }, receivedOn: { column: 'received' }, closedOn: { column: 'closed' } },
  children: {
    case: { column: 'no' },
    category: { column: 'kind', default: 'unspecified' },
    finding: { column: 'finding', values: { yes: 'upheld', no: 'not-upheld' } },
  },
};

let folder: Folder;
beforeAll(async () => {
  folder = await aFolder();
  const numbers = Array.from({ length: CASES }, (_, index) => index);
  const rows = numbers.map(
    (no) => `${no},2020-01-${String((no % 28) + 1).padStart(2, '0')},${no % 3 ? '2020-06-01' : ''}`,
  );
  await folder.write('cases.csv', csv('no,received,closed', ...rows));
  await folder.write(
    'children.csv',
    csv('no,kind,finding', ...numbers.map((no) => `${no},noise,${no % 2 ? 'yes' : 'no'}`)),
  );
  await folder.write('mapping.json', JSON.stringify(mapping));
});
afterAll(() => folder.remove());

const begin = (database: FreshDatabase) => {
  const env = {
    ...process.env,
    DATABASE_URL: database.url,
    MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
  };
  const files = ['cases.csv', '--allegations', 'children.csv', '--mapping', 'mapping.json', '--json'];
  const cli = join(packageRoot, 'dist', 'src', 'cli.js');
  return spawn(process.execPath, [cli, 'import', ...files], {
    cwd: folder.path,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
};

/** What the last run told, after it ran to its end. */
const finish = async (database: FreshDatabase): Promise<{ imported: number; alreadyPresent: number }> => {
  const child = begin(database);
  const told = await child.stdout.setEncoding('utf8').toArray();
  return JSON.parse(told.join('')) as { imported: number; alreadyPresent: number };
};

const count = async (database: FreshDatabase): Promise<number> => {
  const { rows } = await database.pool.query<{ n: number }>('SELECT count(*)::int AS n FROM cases');
  return rows[0]?.n ?? 0;
};

/** Runs until so many cases are there, then kills it at once. */
const cutOff = async (database: FreshDatabase, cases: number): Promise<void> => {
  const child = begin(database);
  const ended = once(child, 'exit');
  while (child.exitCode === null && (await count(database)) < cases) await pause(5);
  child.kill('SIGKILL');
  await ended;
};

/** Everything that does not depend on when it was recorded or under which key. */
const finalState = async ({ pool }: FreshDatabase) => {
  const events = await pool.query(
    `SELECT stream, version, type, occurred_on::text FROM events WHERE actor_id = 'import' ORDER BY stream, version`,
  );
  const cases = await pool.query(
    'SELECT id, version, reference, status, received_on::text, closed_on::text, outcome FROM cases ORDER BY id',
  );
  const resolutions = await pool.query('SELECT id, case_id, version, status FROM resolutions ORDER BY id');
  const heads = await pool.query(
    `SELECT stream, version FROM streams WHERE stream NOT LIKE 'policy%' ORDER BY stream`,
  );
  const gaps = await pool.query('SELECT count(*)::int - max(position)::int AS missing FROM events');
  return [events.rows, cases.rows, resolutions.rows, heads.rows, gaps.rows];
};

test('an import killed at any point and run again ends as one that was never disturbed, with nothing twice', async () => {
  const undisturbed = await freshDatabase();
  expect(await finish(undisturbed)).toMatchObject({ imported: CASES, alreadyPresent: 0 });
  const expected = await finalState(undisturbed);
  await undisturbed.drop();
  const often = LONG ? { minLength: 1, maxLength: 3 } : { minLength: 2, maxLength: 2 };
  const points = fc.array(fc.integer({ min: 1, max: CASES - 1 }), often);
  await fc.assert(
    fc.asyncProperty(points, async (kills) => {
      const database = await freshDatabase();
      try {
        for (const cases of kills.toSorted((one, other) => one - other)) await cutOff(database, cases);
        const before = await count(database);
        const last = await finish(database);
        expect(last.alreadyPresent).toBe(before);
        expect(last.imported).toBe(CASES - before);
        expect(await finalState(database)).toEqual(expected);
      } finally {
        await database.drop();
      }
    }),
    { numRuns: LONG ? 12 : 1, endOnFailure: true },
  );
}, 600_000);
