export const CASES = `
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
-- The order in which open cases are listed by age. Without it an index of all cases is walked, past the whole archive.
CREATE INDEX cases_open_by_age ON cases (received_on, id) WHERE closed_on IS NULL;
-- A closed case stopped ageing, so its age is a figure of its own; that of an open one goes by its day of receipt.
CREATE INDEX cases_closed_by_age ON cases ((received_on - closed_on), id) WHERE closed_on IS NOT NULL;
-- The id first: people look cases up by it, and need not know the register.
CREATE UNIQUE INDEX cases_by_source ON cases (sort_id, source) WHERE source IS NOT NULL;
GRANT SELECT, INSERT, UPDATE, DELETE ON cases TO redress_app;
GRANT USAGE ON SEQUENCE case_references TO redress_app;
`;

export const GAPS = `
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

/** A row's text is three lines: the case as its events tell it, what rules make of that, and whom it names. */
export const UPSERT_CASES = `
CREATE FUNCTION upsert_cases(rows text[]) RETURNS void LANGUAGE plpgsql AS $$
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

  PERFORM upsert_case_people(parsed);
  -- Nobody who was named is taken away again.
  INSERT INTO case_named (case_id, person)
  SELECT (j->>'id')::uuid, person
  FROM unnest(rows, parsed) AS given(r, j), string_to_table(split_part(r, E'\\n', 3), ' ') AS person
  ON CONFLICT DO NOTHING;
END $$;
`;
