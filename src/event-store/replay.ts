import type pg from 'pg';
import { RuleBroken } from './errors.js';
import { digestOf, digestOfAll, type TableDigest } from './digest.js';
import { refold, tablesOf, type Made, type Making, type Progress } from './refold.js';

/** Read tables as they were at a position of the log, in a schema of their own beside the live ones. */

export interface Replayed {
  readonly until: number;
  readonly digest: string;
  readonly tables: readonly TableDigest[];
}

const LACKS_THE_RIGHT = '42501';

const mayNotMake = (schema: string): RuleBroken =>
  new RuleBroken(
    'schema-not-permitted',
    `This login may not make schemas. As the database’s owner: CREATE SCHEMA ${schema} AUTHORIZATION redress_app; then repeat this with --into ${schema}.`,
  );

/** A schema of that name that is empty and ours. Errors: RuleBroken `schema-not-empty`, `schema-not-permitted`. */
async function emptySchema(client: pg.ClientBase, schema: string): Promise<void> {
  const { rows } = await client.query<{ empty: boolean; ours: boolean }>(
    `SELECT has_schema_privilege(oid, 'CREATE') AS ours,
      NOT EXISTS (SELECT FROM pg_class WHERE relnamespace = n.oid) AS empty
    FROM pg_namespace AS n WHERE nspname = $1`,
    [schema],
  );
  const [there] = rows;
  if (there && !there.empty)
    throw new RuleBroken(
      'schema-not-empty',
      `The schema ${schema} is not empty. Name another one, or drop it first: DROP SCHEMA ${schema} CASCADE.`,
    );
  if (there && !there.ours) throw mayNotMake(schema);
  if (there) return;
  try {
    // The login may make schemas, what it works as may not.
    await client.query('SET LOCAL ROLE NONE');
    await client.query(`CREATE SCHEMA "${schema}" AUTHORIZATION redress_app`);
    await client.query('SET LOCAL ROLE redress_app');
  } catch (error) {
    throw (error as { code?: string }).code === LACKS_THE_RIGHT ? mayNotMake(schema) : error;
  }
}

/**
 * Fills a schema with every read table as of a position; the live ones are neither read nor touched. In one transaction:
 * the schema is there in full, or not at all.
 */
export async function replayInto(
  schema: string,
  making: Making,
  made: Made,
  progress: Progress,
): Promise<Replayed> {
  const { client, until } = making;
  await client.query('SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0');
  await emptySchema(client, schema);
  const tables = tablesOf(made).map(([table]) => table);
  // Not logged: after a crash a replay is made again.
  for (const table of tables)
    await client.query(`CREATE UNLOGGED TABLE "${schema}".${table} (LIKE public.${table} INCLUDING ALL)`);
  await client.query(`SET LOCAL search_path = "${schema}", public`);
  await refold(making, made, progress);
  const digests: TableDigest[] = [];
  for (const table of tables.toSorted()) digests.push(await digestOf(client, schema, table));
  await client.query(`COMMENT ON SCHEMA "${schema}" IS 'Redress as of position ${until} of its log.'`);
  return { until, digest: digestOfAll(digests), tables: digests };
}
