import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ONLY_WHAT_CHANGED } from './0020-unchanged-deadlines.js';

const CASE_CLOCKS = `
-- What rules make of a case, apart from what its own events tell: a new rule writes narrow rows with few indexes, and
-- no row of cases.
CREATE TABLE case_clocks (
  case_id uuid PRIMARY KEY,
  next_due_on date,
  reckoned_by text COLLATE "C",
  live boolean NOT NULL
);
COMMENT ON COLUMN case_clocks.reckoned_by IS 'The policy version and the calendar revisions; null for a case that nobody adopted.';
COMMENT ON COLUMN case_clocks.live IS 'Whether the case is open.';
INSERT INTO case_clocks (case_id, next_due_on, reckoned_by, live)
SELECT id, next_due_on, reckoned_by, closed_on IS NULL FROM cases;
CREATE INDEX case_clocks_by_due ON case_clocks ((coalesce(next_due_on, 'infinity')), case_id);
-- To find those of another reckoning than the one in force costs nothing while there are none.
CREATE INDEX case_clocks_by_reckoning ON case_clocks (reckoned_by, case_id) WHERE live AND reckoned_by IS NOT NULL;
GRANT SELECT, INSERT, UPDATE, DELETE ON case_clocks TO redress_app;

ALTER TABLE cases DROP COLUMN next_due_on, DROP COLUMN reckoned_by;
-- The first of these names in a row's text are its own; what people wrote comes after them.
UPDATE cases SET detail =
  regexp_replace(detail, '"nextDueOn":(null|"[^"]*"),("reckonedBy":"[^"]*",)?"deadlines":[[][^]]*[]],', '');
`;

export const UPSERT_CLOCKS = `
CREATE FUNCTION upsert_case_clocks(rows text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  -- Each row is parsed once: in a subquery it would be parsed anew for every column.
  parsed jsonb[] := ARRAY(SELECT r::jsonb FROM unnest(rows) AS r);
BEGIN
  -- Most commands move no deadline: a row that says the same is not written again.
  INSERT INTO case_clocks AS known (case_id, next_due_on, reckoned_by, live)
  SELECT (j->>'id')::uuid, (j->>'nextDueOn')::date, j->>'reckonedBy', (j->>'live')::boolean
  FROM unnest(parsed) AS j
  ON CONFLICT (case_id) DO UPDATE SET
    next_due_on = excluded.next_due_on, reckoned_by = excluded.reckoned_by, live = excluded.live
  WHERE (known.next_due_on, known.reckoned_by, known.live)
    IS DISTINCT FROM (excluded.next_due_on, excluded.reckoned_by, excluded.live);

  -- What a case has no more: it was triaged anew or corrected, or an occurrence was met in time and tells nothing more.
  DELETE FROM deadlines AS old USING unnest(parsed) AS j
  WHERE old.case_id = (j->>'id')::uuid AND NOT EXISTS (
    SELECT FROM jsonb_array_elements(j->'deadlines') AS d
    WHERE d->>'key' = old.key AND (d->>'occurrence')::int = old.occurrence);
  INSERT INTO deadlines (case_id, key, occurrence, due_on, met_on, held, live)
  SELECT (j->>'id')::uuid, d->>'key', (d->>'occurrence')::int, (d->>'dueOn')::date, (d->>'metOn')::date,
    (d->>'held')::boolean, (j->>'live')::boolean
  FROM unnest(parsed) AS j, jsonb_array_elements(j->'deadlines') AS d
  ON CONFLICT (case_id, key, occurrence) DO UPDATE SET
    due_on = excluded.due_on, met_on = excluded.met_on, held = excluded.held, live = excluded.live
  WHERE (deadlines.due_on, deadlines.met_on, deadlines.held, deadlines.live)
    IS DISTINCT FROM (excluded.due_on, excluded.met_on, excluded.held, excluded.live);
END $$;
`;

const UPSERT_CASES = `
-- A row's text is two lines: the case as its events tell it, and what rules make of that.
CREATE OR REPLACE FUNCTION upsert_cases(rows text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  files text[] := ARRAY(SELECT split_part(r, E'\\n', 1) FROM unnest(rows) AS r);
  -- Each row is parsed once: in a subquery it would be parsed anew for every column.
  parsed jsonb[] := ARRAY(SELECT f::jsonb FROM unnest(files) AS f);
  changed uuid[];
BEGIN
  INSERT INTO cases (id, version, reference, status, category, severity, handler_id, received_on, closed_on,
    outcome, source, sort_id, detail)
  SELECT (j->>'id')::uuid, (j->>'version')::int, j->>'reference', j->>'status', j->>'category', j->>'severity',
    j->>'handlerId', (j->>'receivedOn')::date, (j->>'closedOn')::date, j->>'outcome',
    j->>'sourceName', j->>'sortId', f
  FROM unnest(files, parsed) AS given(f, j)
  ON CONFLICT (id) DO UPDATE SET
    version = excluded.version, reference = excluded.reference, status = excluded.status,
    category = excluded.category, severity = excluded.severity, handler_id = excluded.handler_id,
    received_on = excluded.received_on, closed_on = excluded.closed_on, outcome = excluded.outcome,
    source = excluded.source, sort_id = excluded.sort_id, detail = excluded.detail;

  PERFORM upsert_case_clocks(ARRAY(SELECT split_part(r, E'\\n', 2) FROM unnest(rows) AS r));

  -- Only a correction can take a gap away again, so whatever a case has is simply told anew.
  SELECT array_agg((j->>'id')::uuid) INTO changed
  FROM unnest(parsed) AS j WHERE jsonb_array_length(j->'gaps') > 0;
  IF changed IS NOT NULL THEN
    DELETE FROM case_gaps WHERE case_id = ANY (changed);
    INSERT INTO case_gaps (case_id, closed_on, reopened_on)
    SELECT (j->>'id')::uuid, (g->>'closedOn')::date, (g->>'reopenedOn')::date
    FROM unnest(parsed) AS j, jsonb_array_elements(j->'gaps') AS g;
  END IF;
END $$;
`;

/** The texts of the rows say what rules make of them again after `redress rebuild --swap`. */
const BACK = `
ALTER TABLE cases ADD COLUMN next_due_on date;
UPDATE cases SET next_due_on = told.next_due_on FROM case_clocks AS told WHERE case_id = id;
ALTER TABLE cases ADD COLUMN reckoned_by text COLLATE "C"
  GENERATED ALWAYS AS (substring(detail FROM '"reckonedBy":"([^"]+)"')) STORED;
CREATE INDEX cases_by_due ON cases ((coalesce(next_due_on, 'infinity')), id);
CREATE INDEX cases_by_reckoning ON cases (reckoned_by, id) WHERE closed_on IS NULL AND reckoned_by IS NOT NULL;
DROP FUNCTION upsert_case_clocks;
DROP TABLE case_clocks;
`;

export class CaseClocks0000000000023 implements MigrationInterface {
  readonly name = 'CaseClocks0000000000023';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [CASE_CLOCKS, UPSERT_CLOCKS, UPSERT_CASES]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const sql of [BACK, ONLY_WHAT_CHANGED]) await runner.query(sql);
  }
}
