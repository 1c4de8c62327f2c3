import type pg from 'pg';
import { textArray } from '../event-store/encode.js';
import type { Standing } from './case-standing.js';

/** How `case_versions`, `case_days` and `case_misses` are written: many rows by one statement. */

const COLUMNS: readonly (readonly [column: keyof Standing, type: string])[] = [
  ['version', 'int'],
  ['reference', 'text'],
  ['status', 'text'],
  ['category', 'text'],
  ['severity', 'text'],
  ['handler_id', 'text'],
  ['received_on', 'date'],
  ['closed_on', 'date'],
  ['outcome', 'text'],
  ['within_limit', 'boolean'],
  ['next_due_on', 'date'],
  ['source', 'text'],
  ['sort_id', 'text'],
  ['gaps_closed', 'date[]'],
  ['gaps_reopened', 'date[]'],
];
const NAMES = COLUMNS.map(([column]) => column).join(', ');

/** Column by column: rows told as JSON cost the database more than twice as much. */
const insertInto = (table: string, from: string, to: string, type: string): string => {
  const typed = [['case_id', 'uuid'], [from, type], [to, type], ...COLUMNS] as const;
  const arrays = typed.map(([, of], index) => `$${index + 1}::${of.endsWith('[]') ? 'text' : of}[]`);
  const told = COLUMNS.map(([column, of]) => (of.endsWith('[]') ? `${column}::${of}` : column));
  return `INSERT INTO ${table} (case_id, ${from}, ${to}, ${NAMES})
    SELECT case_id, ${from}, ${to}, ${told.join(', ')}
    FROM unnest(${arrays.join(', ')}) AS told(${typed.map(([column]) => column).join(', ')})`;
};

const ADD_VERSIONS = insertInto('case_versions', 'from_position', 'to_position', 'bigint');
const ADD_DAYS = insertInto('case_days', 'from_on', 'to_on', 'date');

const END_VERSIONS = `
UPDATE case_versions AS standing SET to_position = told.until
FROM unnest($1::uuid[], $2::bigint[]) AS told(case_id, until)
WHERE standing.case_id = told.case_id AND to_position = 9223372036854775807`;

const ADD_MISSES = `
INSERT INTO case_misses (case_id, position, deadline, due_on)
SELECT * FROM json_to_recordset($1) AS miss(case_id uuid, position bigint, deadline text, due_on date)`;

export interface VersionRow extends Standing {
  readonly case_id: string;
  readonly from_position: number | undefined;
  /** Undefined: it stands. */
  readonly to_position: number | undefined;
}

export interface DayRow extends Standing {
  readonly case_id: string;
  readonly from_on: string;
  /** Undefined: to this day. */
  readonly to_on: string | undefined;
}

/** What is to be written of some cases. */
export interface Written {
  readonly versions: readonly VersionRow[];
  /** Whose version that stood until now ends, and at which position. */
  readonly ended: readonly { readonly id: string; readonly until: number | undefined }[];
  readonly days: readonly DayRow[];
  /** Whose days are told anew. */
  readonly retold: readonly string[];
}

export interface MissRow {
  readonly case_id: string;
  readonly position: number;
  readonly deadline: string;
  readonly due_on: string;
}

const textOf = (value: Standing[keyof Standing]): string | null => {
  if (value === null) return null;
  return typeof value === 'object' ? `{${value.join(',')}}` : String(value);
};

const columnsOf = (rows: readonly Standing[]): string[] =>
  COLUMNS.map(([column]) => textArray(rows.map((row) => textOf(row[column]))));

const STANDS = '9223372036854775807';

const addVersions = async (client: pg.ClientBase, rows: readonly VersionRow[]): Promise<void> => {
  if (rows.length === 0) return;
  await client.query(ADD_VERSIONS, [
    textArray(rows.map((row) => row.case_id)),
    textArray(rows.map((row) => String(row.from_position))),
    textArray(rows.map((row) => String(row.to_position ?? STANDS))),
    ...columnsOf(rows),
  ]);
};

const addDays = async (client: pg.ClientBase, rows: readonly DayRow[]): Promise<void> => {
  if (rows.length === 0) return;
  await client.query(ADD_DAYS, [
    textArray(rows.map((row) => row.case_id)),
    textArray(rows.map((row) => row.from_on)),
    textArray(rows.map((row) => row.to_on ?? 'infinity')),
    ...columnsOf(rows),
  ]);
};

export const writeCases = async (
  client: pg.ClientBase,
  { versions, ended, days, retold }: Written,
): Promise<void> => {
  if (ended.length > 0)
    await client.query(END_VERSIONS, [ended.map(({ id }) => id), ended.map(({ until }) => until)]);
  await addVersions(client, versions);
  if (retold.length > 0) await client.query('DELETE FROM case_days WHERE case_id = ANY ($1)', [retold]);
  await addDays(client, days);
};

export const writeMisses = async (client: pg.ClientBase, misses: readonly MissRow[]): Promise<void> => {
  if (misses.length > 0) await client.query(ADD_MISSES, [JSON.stringify(misses)]);
};
