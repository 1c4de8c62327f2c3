import pg from 'pg';

/** One case in `each` is open: 50,000 among 1,000,000 are 1 in 20. */
const EACH = 20;

const fillCases = (cases: number, each: number): string => `
INSERT INTO cases (id, version, reference, status, category, severity, handler_id, received_on, closed_on, outcome,
  source, sort_id, detail)
SELECT
  ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 3, reference,
  CASE WHEN open THEN 'triaged' ELSE 'closed' END, 'category ' || n % 12, 'medium', 'staff-' || n % 300,
  received_on, closed_on, CASE WHEN NOT open THEN 'determined' END,
  NULL, reference, json_build_object('id', n, 'summary', repeat('x', 400))::text
FROM generate_series(1, ${cases}) AS n
CROSS JOIN LATERAL (SELECT n % ${each} = 0 AS open, '2026-' || lpad(n::text, 7, '0') AS reference) AS told
CROSS JOIN LATERAL (
  SELECT CASE WHEN open THEN current_date - (n::bigint / ${each} * 7919 % 1825)::int
    ELSE current_date - 420 - (n::bigint * 104729 % 7300)::int END AS received_on) AS received
CROSS JOIN LATERAL (SELECT CASE WHEN NOT open THEN received_on + 10 + n % 400 END AS closed_on) AS closed`;

/** Read rows made set-wise: the figures are about reading, not about how the rows came there. */
export async function fill(url: string, cases: number, each = EACH): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ name: string; definition: string }>(
    `SELECT indexname AS name, indexdef AS definition FROM pg_indexes
     WHERE tablename = 'cases' AND indexname NOT IN ('cases_pkey', 'cases_reference_key')`,
  );
  // Indexes made afterwards are made in seconds.
  for (const { name } of rows) await client.query(`DROP INDEX ${name}`);
  await client.query(fillCases(cases, each));
  for (const { definition } of rows) await client.query(definition);
  await client.query(
    'INSERT INTO case_activity SELECT id, coalesce(closed_on, received_on + (current_date - received_on) / 2), 1 FROM cases',
  );
  await client.query(
    `INSERT INTO case_clocks (case_id, next_due_on, live, began_on, ended_on)
     SELECT id, CASE WHEN closed_on IS NULL THEN received_on + 90 END, closed_on IS NULL, received_on, closed_on FROM cases`,
  );
  await client.query('VACUUM ANALYZE cases, case_clocks, case_activity');
  await client.end();
}

/** Two deadlines of each case: one was met, late in one case of ten; the other runs, or was met by the closing. */
const DEADLINES = `
INSERT INTO deadlines (case_id, key, due_on, met_on, held, live)
SELECT id, key, due_on, met_on, false, closed_on IS NULL
FROM (SELECT *, substr(reference, 6)::int AS n FROM cases) AS told
CROSS JOIN LATERAL (VALUES
  ('acknowledge', received_on + 7, received_on + CASE WHEN n % 10 = 0 THEN 9 ELSE 3 END),
  ('resolve', received_on + 90, closed_on)) AS deadline(key, due_on, met_on)`;

/** The sweep has looked: what passed unmet is on record. */
const MISSED = `
INSERT INTO missed_deadlines (case_id, deadline, due_on, id, due_at)
SELECT case_id, key, due_on, gen_random_uuid(), due_on + 1 FROM deadlines
WHERE due_on < coalesce(met_on, current_date)`;

/** The deadlines of the cases that were filled in, and those that were missed. */
export async function fillDeadlines(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(DEADLINES);
  await client.query(MISSED);
  await client.query(
    'UPDATE case_clocks SET on_record = true WHERE case_id IN (SELECT case_id FROM missed_deadlines)',
  );
  await client.query('VACUUM ANALYZE deadlines, missed_deadlines, case_clocks');
  await client.end();
}

/** A thousand positions to a day, the last of them today. */
const POSITIONS = 1_000;
const DAYS = 10_000;

const positionOn = (day: string): string =>
  `((${day} - current_date + ${DAYS}) * ${POSITIONS} + n % ${POSITIONS})`;

const FACTS = `version, reference, status, category, severity, handler_id, received_on, closed_on, outcome, next_due_on,
  source, sort_id`;

/** Each case as it was received, as it was triaged a week later, and as it was closed, each recorded on its day. */
const VERSIONS = `
WITH told AS (SELECT *, row_number() OVER (ORDER BY id) AS n, received_on + least(7, coalesce(closed_on, current_date) - received_on) AS triaged_on FROM cases),
turns AS (
  SELECT id, n, 1 AS turn, received_on AS day, 'received' AS stage, false AS ended FROM told
  UNION ALL SELECT id, n, 2, triaged_on, 'triaged', false FROM told
  UNION ALL SELECT id, n, 3, closed_on, 'closed', true FROM told WHERE closed_on IS NOT NULL),
placed AS (
  SELECT turns.*, day AS from_on, lead(day) OVER own AS to_on, ${positionOn('day')} * 3 + turn AS from_position
  FROM turns WINDOW own AS (PARTITION BY id ORDER BY turn)),
ended AS (
  SELECT placed.*, lead(from_position) OVER (PARTITION BY id ORDER BY turn) AS to_position FROM placed)
SELECT id AS case_id, from_position, coalesce(to_position, 9223372036854775807) AS to_position, from_on,
  coalesce(to_on, 'infinity') AS to_on, turn AS version, reference, stage AS status, category, severity, handler_id,
  received_on, CASE WHEN ended THEN closed_on END AS closed_on, CASE WHEN ended THEN outcome END AS outcome,
  CASE WHEN ended THEN NULL ELSE received_on + 90 END AS next_due_on, source, sort_id
INTO TEMPORARY told_versions FROM ended JOIN cases USING (id)`;

/** How the cases stood, as if each had been recorded day by day; answers the position of so many days ago. */
export async function fillVersions(url: string): Promise<(ago: number) => number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(VERSIONS);
  await client.query(`INSERT INTO case_versions (case_id, from_position, to_position, ${FACTS})
    SELECT case_id, from_position, to_position, ${FACTS} FROM told_versions`);
  await client.query(`INSERT INTO case_days (case_id, from_on, to_on, ${FACTS})
    SELECT case_id, from_on, to_on, ${FACTS} FROM told_versions WHERE from_on < to_on`);
  await client.query('VACUUM ANALYZE case_versions, case_days');
  await client.end();
  return (ago) => (DAYS + 1 - ago) * POSITIONS * 3;
}
