import type { Command } from 'commander';
import pg from 'pg';
import { z } from 'zod';
import { onGround, optionsAs, say } from '../platform/command-line.js';
import { table } from '../platform/table.js';
import { showAtConsole } from './console-looks.js';

/** Retention of the look log: by whole months, and by the owner of the database alone. */

const month = z.string().regex(/^(19|20)\d\d-(0[1-9]|1[0-2])$/, 'Write a month as YYYY-MM.');
const dropOptions = z.object({
  before: month,
  yes: z.literal(true).optional(),
  json: z.literal(true).optional(),
});

interface Month {
  readonly name: string;
  readonly rows: number;
  readonly bytes: number;
  /** Of the rest: when the last was recorded; of a month its end. */
  readonly until: string | null;
}

const MONTHS = `SELECT relname AS name, pg_total_relation_size(oid)::float8 AS bytes,
    substring(pg_get_expr(relpartbound, oid) FROM $$TO \\('(\\d{4}-\\d\\d-\\d\\d)$$) AS until
  FROM pg_inherits JOIN pg_class ON oid = inhrelid WHERE inhparent = 'looks'::regclass ORDER BY relname`;

const REST = 'looks_rest';

const monthsIn = async (owner: pg.Client): Promise<readonly Month[]> => {
  await owner.query("SET timezone = 'UTC'");
  const { rows } = await owner.query<Omit<Month, 'rows'>>(MONTHS);
  const months: Month[] = [];
  for (const { name, bytes, until } of rows) {
    const { rows: counted } = await owner.query<{ rows: number; last: string | null }>(
      `SELECT count(*)::float8 AS rows, to_char(max(at), 'YYYY-MM-DD') AS last FROM ${name}`,
    );
    months.push({ name, rows: counted[0]?.rows ?? 0, bytes, until: until ?? counted[0]?.last ?? null });
  }
  return months;
};

/** Whole months that ended by then, and the rest when nothing in it is younger. */
const over =
  (before: string) =>
  ({ name, rows, until }: Month): boolean =>
    until !== null && (name === REST ? rows > 0 && until < `${before}-01` : until <= `${before}-01`);

const drop = async (owner: pg.Client, names: readonly string[]): Promise<void> => {
  await owner.query("BEGIN; SET LOCAL lock_timeout = '10s'");
  for (const name of names) await owner.query(`DROP TABLE ${name}`);
  if (names.includes(REST))
    await owner.query(`CREATE TABLE ${REST} PARTITION OF looks DEFAULT; SELECT keep_record('${REST}')`);
  await owner.query('COMMIT');
};

const asOwner = <T>(
  work: (owner: pg.Client, ground: Parameters<typeof showAtConsole>[0]) => Promise<T>,
): Promise<T> =>
  onGround(async (ground) => {
    const { config, databaseUrl } = ground;
    const owner = new pg.Client({ connectionString: config.DATABASE_OWNER_URL ?? databaseUrl });
    await owner.connect();
    try {
      return await work(owner, ground);
    } finally {
      await owner.end();
    }
  });

const monthsText = (months: readonly Month[]): string =>
  table([
    ['partition', 'looks', 'kB', 'until'],
    ...months.map(({ name, rows, bytes, until }) => [
      name,
      `${rows}`,
      `${Math.round(bytes / 1024)}`,
      until ?? '',
    ]),
  ]);

const dropped = async (given: unknown): Promise<void> => {
  const { before, yes, json } = optionsAs(dropOptions, given);
  const months = await asOwner(async (owner, ground) => {
    const found = (await monthsIn(owner)).filter(over(before));
    const names = found.map(({ name }) => name);
    if (!yes || names.length === 0) return found;
    const seen = names.map((name) => ({ kind: 'looks', id: name, cases: [] }));
    await showAtConsole(ground, { line: 'looks drop', seen }, undefined);
    await drop(owner, names);
    return found;
  });
  const done = yes ? 'Dropped.' : 'Nothing was dropped yet. Run it again with --yes to drop these.';
  say(json, { before, dropped: yes === true, months }, () =>
    months.length === 0 ? `No month of looks ended before ${before}.` : `${monthsText(months)}\n${done}`,
  );
};

export const addLookCommands = (program: Command): void => {
  const looks = program
    .command('looks')
    .description('the record of who looked: its months, and its retention');
  looks
    .command('months')
    .description('what is kept, month by month')
    .option('--json', 'as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const months = await asOwner((owner) => monthsIn(owner));
      say(json, { months }, () => monthsText(months));
    });
  looks
    .command('drop')
    .description('drops the months that ended before one; shows which, until --yes is given')
    .requiredOption('--before <month>', 'that month, YYYY-MM, is kept, and all after it')
    .option('--yes', 'drops them; who did is recorded')
    .option('--json', 'as JSON')
    .action(dropped);
};
