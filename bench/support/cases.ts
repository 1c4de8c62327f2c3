import pg from 'pg';

/** One case in `each` is open: 50,000 among 1,000,000 are 1 in 20. */
const EACH = 20;

const fillCases = (cases: number): string => `
INSERT INTO cases (id, version, reference, status, category, severity, handler_id, received_on, closed_on, outcome,
  next_due_on, source, sort_id, detail)
SELECT
  ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 3, reference,
  CASE WHEN open THEN 'triaged' ELSE 'closed' END, 'category ' || n % 12, 'medium', 'staff-' || n % 300,
  received_on, closed_on, CASE WHEN NOT open THEN 'determined' END, CASE WHEN open THEN received_on + 90 END,
  NULL, reference, json_build_object('id', n, 'summary', repeat('x', 400))::text
FROM generate_series(1, ${cases}) AS n
CROSS JOIN LATERAL (SELECT n % ${EACH} = 0 AS open, '2026-' || lpad(n::text, 7, '0') AS reference) AS told
CROSS JOIN LATERAL (
  SELECT CASE WHEN open THEN current_date - (n::bigint / ${EACH} * 7919 % 1825)::int
    ELSE current_date - 420 - (n::bigint * 104729 % 7300)::int END AS received_on) AS received
CROSS JOIN LATERAL (SELECT CASE WHEN NOT open THEN received_on + 10 + n % 400 END AS closed_on) AS closed`;

/** Read rows made set-wise: the figures are about reading, not about how the rows came there. */
export async function fill(url: string, cases: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ name: string; definition: string }>(
    `SELECT indexname AS name, indexdef AS definition FROM pg_indexes
     WHERE tablename = 'cases' AND indexname NOT IN ('cases_pkey', 'cases_reference_key')`,
  );
  // Indexes made afterwards are made in seconds.
  for (const { name } of rows) await client.query(`DROP INDEX ${name}`);
  await client.query(fillCases(cases));
  for (const { definition } of rows) await client.query(definition);
  await client.query(
    'INSERT INTO case_activity SELECT id, coalesce(closed_on, received_on + (current_date - received_on) / 2), 1 FROM cases',
  );
  await client.query('VACUUM ANALYZE cases, case_activity');
  await client.end();
}
