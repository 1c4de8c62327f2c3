import { createHash } from 'node:crypto';
import type pg from 'pg';

/**
 * What a table holds, as one figure that is the same on every machine: SHA-256 over the SHA-256 of each row, in the order
 * of these. A row is told as PostgreSQL writes a row of its columns in the order of their names. Its text is found again with
 * `SELECT ROW(…)::text`, under the settings below.
 */

export interface TableDigest {
  readonly table: string;
  readonly rows: number;
  readonly digest: string;
}

/** On these the text of a value may depend. */
const SETTINGS = `SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL IntervalStyle = 'iso_8601';
  SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'`;

const AT_ONCE = 10_000;

async function columnsOf(client: pg.ClientBase, schema: string, table: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT quote_ident(attname) AS name FROM pg_attribute
      WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attname COLLATE "C"`,
    [`"${schema}".${table}`],
  );
  return rows.map(({ name }) => name);
}

/** Within a transaction. However large the table, a few thousand rows at a time are held here. */
export async function digestOf(client: pg.ClientBase, schema: string, table: string): Promise<TableDigest> {
  await client.query(SETTINGS);
  const row = `ROW(${(await columnsOf(client, schema, table)).join(', ')})::text`;
  await client.query(`DECLARE digests NO SCROLL CURSOR FOR
    SELECT encode(sha256(convert_to(${row}, 'UTF8')), 'hex') COLLATE "C" FROM "${schema}".${table} ORDER BY 1`);
  const hash = createHash('sha256');
  let count = 0;
  for (;;) {
    const { rows } = await client.query<[digest: string]>({
      text: `FETCH ${AT_ONCE} FROM digests`,
      rowMode: 'array',
    });
    if (rows.length === 0) break;
    count += rows.length;
    hash.update(rows.map(([digest]) => digest).join(''), 'hex');
  }
  await client.query('CLOSE digests');
  return { table, rows: count, digest: hash.digest('hex') };
}

/** Of several tables, told by name. */
export const digestOfAll = (tables: readonly TableDigest[]): string =>
  createHash('sha256')
    .update(tables.map(({ table, rows, digest }) => `${table} ${rows} ${digest}\n`).join(''))
    .digest('hex');
