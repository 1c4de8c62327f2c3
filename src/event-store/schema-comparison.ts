import type pg from 'pg';

/** A table in two schemas, told apart by whose rows differ. */

export interface TableDifference {
  readonly table: string;
  /** Of how many ids there are rows only before, only after, and in both but others. */
  readonly gone: number;
  readonly come: number;
  readonly changed: number;
  readonly examples: readonly string[];
}

const EXAMPLES = 10;

export async function differenceBetween(
  client: pg.ClientBase,
  [before, after]: readonly [string, string],
  [table, key]: readonly [string, string],
): Promise<TableDifference> {
  const rowsOf = (schema: string) => `SELECT ${key}::text AS id, t::text AS told FROM "${schema}".${table} t`;
  const only = (schema: string, other: string, had: boolean) =>
    `SELECT id, ${had} AS had FROM (${rowsOf(schema)} EXCEPT ALL ${rowsOf(other)}) AS lone`;
  const { rows } = await client.query<Omit<TableDifference, 'table'>>(
    `WITH differing AS (
      SELECT id, bool_or(had) AS had, bool_or(NOT had) AS has
      FROM (${only(before, after, true)} UNION ALL ${only(after, before, false)}) AS either GROUP BY id)
    SELECT count(*) FILTER (WHERE NOT has)::int AS gone, count(*) FILTER (WHERE NOT had)::int AS come,
      count(*) FILTER (WHERE had AND has)::int AS changed,
      ARRAY(SELECT id FROM differing ORDER BY id COLLATE "C" LIMIT ${EXAMPLES}) AS examples
    FROM differing`,
  );
  return { table, gone: 0, come: 0, changed: 0, examples: [], ...rows[0] };
}
