import type { MigrationInterface, QueryRunner } from 'typeorm';

const CASES = `
CREATE SEQUENCE case_references;

CREATE TABLE cases (
  id uuid PRIMARY KEY,
  version int NOT NULL,
  reference text COLLATE "C" NOT NULL UNIQUE,
  status text NOT NULL,
  category text NOT NULL,
  severity text,
  handler_id text,
  received_on date NOT NULL,
  closed_on date,
  outcome text,
  next_due_on date,
  source text,
  sort_id text COLLATE "C" NOT NULL,
  detail text NOT NULL
);

-- The backlog is one index-only scan of the open cases by day of receipt; ties go by source id as text.
CREATE INDEX cases_open ON cases (received_on, sort_id) INCLUDE (source) WHERE closed_on IS NULL;
CREATE INDEX cases_closed ON cases (closed_on, received_on, sort_id) INCLUDE (source) WHERE closed_on IS NOT NULL;
-- The list and its filters, each with the order in which it is paged.
CREATE INDEX cases_by_receipt ON cases (received_on, id);
CREATE INDEX cases_by_status ON cases (status, received_on, id);
CREATE INDEX cases_by_category ON cases (category, received_on, id);
CREATE INDEX cases_by_handler ON cases (handler_id, received_on, id) WHERE handler_id IS NOT NULL;
-- A closed case stopped ageing, so its age is a figure of its own; that of an open one goes by its day of receipt.
CREATE INDEX cases_closed_by_age ON cases ((received_on - closed_on), id) WHERE closed_on IS NOT NULL;
CREATE INDEX cases_by_due ON cases ((coalesce(next_due_on, 'infinity')), id);
-- The id first: people look cases up by it, and need not know the register.
CREATE UNIQUE INDEX cases_by_source ON cases (sort_id, source) WHERE source IS NOT NULL;
GRANT SELECT, INSERT, UPDATE, DELETE ON cases TO redress_app;
GRANT USAGE ON SEQUENCE case_references TO redress_app;
`;

const GAPS = `
-- Spells in which a case that was reopened had been closed: rare, so they stand apart.
CREATE TABLE case_gaps (
  case_id uuid NOT NULL,
  closed_on date NOT NULL,
  reopened_on date NOT NULL
);
CREATE INDEX case_gaps_by_case ON case_gaps (case_id);
CREATE INDEX case_gaps_by_day ON case_gaps (reopened_on, closed_on);
GRANT SELECT, INSERT, UPDATE, DELETE ON case_gaps TO redress_app;
`;

const DEADLINES = `
CREATE TABLE deadlines (
  case_id uuid NOT NULL,
  key text NOT NULL,
  due_on date NOT NULL,
  met_on date,
  held boolean NOT NULL,
  live boolean NOT NULL,
  PRIMARY KEY (case_id, key)
);
CREATE INDEX deadlines_running ON deadlines (due_on, case_id) WHERE live AND met_on IS NULL AND NOT held;
GRANT SELECT, INSERT, UPDATE, DELETE ON deadlines TO redress_app;
`;

const UPSERT = `
CREATE FUNCTION upsert_cases(rows text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  -- Each row is parsed once: in a subquery it would be parsed anew for every column.
  parsed jsonb[] := ARRAY(SELECT r::jsonb FROM unnest(rows) AS r);
  changed uuid[];
BEGIN
  INSERT INTO cases (id, version, reference, status, category, severity, handler_id, received_on, closed_on,
    outcome, next_due_on, source, sort_id, detail)
  SELECT (j->>'id')::uuid, (j->>'version')::int, j->>'reference', j->>'status', j->>'category', j->>'severity',
    j->>'handlerId', (j->>'receivedOn')::date, (j->>'closedOn')::date, j->>'outcome', (j->>'nextDueOn')::date,
    j->>'sourceName', j->>'sortId', r
  FROM unnest(rows, parsed) AS given(r, j)
  ON CONFLICT (id) DO UPDATE SET
    version = excluded.version, reference = excluded.reference, status = excluded.status,
    category = excluded.category, severity = excluded.severity, handler_id = excluded.handler_id,
    received_on = excluded.received_on, closed_on = excluded.closed_on, outcome = excluded.outcome,
    next_due_on = excluded.next_due_on, source = excluded.source, sort_id = excluded.sort_id,
    detail = excluded.detail;

  INSERT INTO deadlines (case_id, key, due_on, met_on, held, live)
  SELECT (j->>'id')::uuid, d->>'key', (d->>'dueOn')::date, (d->>'metOn')::date, (d->>'held')::boolean,
    j->>'phase' = 'open'
  FROM unnest(parsed) AS j, jsonb_array_elements(j->'deadlines') AS d
  ON CONFLICT (case_id, key) DO UPDATE SET
    due_on = excluded.due_on, met_on = excluded.met_on, held = excluded.held, live = excluded.live;

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

export class Cases0000000000003 implements MigrationInterface {
  readonly name = 'Cases0000000000003';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [CASES, GAPS, DEADLINES, UPSERT]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'DROP FUNCTION upsert_cases; DROP TABLE deadlines, case_gaps, cases; DROP SEQUENCE case_references',
    );
  }
}
