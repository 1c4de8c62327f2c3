/**
 * What rules make of a case, apart from what its own events tell: a new rule writes narrow rows with few indexes, and no row of
 * `cases`. `late` and `on_record` have one writer each, so that a command and a sweep that meet at a case overwrite nothing
 * of each other.
 */
export const CLOCKS = `
CREATE TABLE case_clocks (
  case_id uuid PRIMARY KEY,
  next_due_on date,
  reckoned_by text COLLATE "C",
  live boolean NOT NULL,
  began_on date NOT NULL,
  ended_on date,
  late boolean NOT NULL DEFAULT false,
  on_record boolean NOT NULL DEFAULT false,
  missed boolean GENERATED ALWAYS AS (late OR on_record) STORED
-- A page in the order of due dates is fifty rows of an index: workers take longer to start than it takes.
) WITH (parallel_workers = 0);
COMMENT ON COLUMN case_clocks.reckoned_by IS 'The policy version and the calendar revisions; null for a case that nobody adopted.';
COMMENT ON COLUMN case_clocks.live IS 'Whether the case is open.';
COMMENT ON COLUMN case_clocks.began_on IS 'When the case was received, as in cases: the order of lists stands beside what they ask for.';
COMMENT ON COLUMN case_clocks.ended_on IS 'When it was closed, as in cases.';
COMMENT ON COLUMN case_clocks.late IS 'A deadline was met, or the case closed, only after the due day.';
COMMENT ON COLUMN case_clocks.on_record IS 'Something is on record as missed.';

CREATE INDEX case_clocks_by_due ON case_clocks ((coalesce(next_due_on, 'infinity')), case_id);
-- To find those of another reckoning than the one in force costs nothing while there are none.
CREATE INDEX case_clocks_by_reckoning ON case_clocks (reckoned_by, case_id) WHERE live AND reckoned_by IS NOT NULL;
CREATE INDEX case_clocks_by_missed ON case_clocks (missed, live, began_on, case_id);
CREATE INDEX case_clocks_ended_by_missed ON case_clocks (missed, (began_on - ended_on), case_id) WHERE NOT live;
-- What passed before the sweep has looked: little, however much is overdue.
CREATE INDEX case_clocks_unrecorded ON case_clocks (next_due_on) WHERE live AND NOT missed AND next_due_on IS NOT NULL;
GRANT SELECT, INSERT, UPDATE, DELETE ON case_clocks TO redress_app;
`;

export const DEADLINES = `
-- A deadline that recurs has a row for each occurrence that was missed, and for the one that runs.
CREATE TABLE deadlines (
  case_id uuid NOT NULL,
  key text NOT NULL,
  occurrence int NOT NULL DEFAULT 1,
  due_on date NOT NULL,
  met_on date,
  held boolean NOT NULL,
  live boolean NOT NULL,
  PRIMARY KEY (case_id, key, occurrence)
);
CREATE INDEX deadlines_running ON deadlines (due_on, case_id) WHERE live AND met_on IS NULL AND NOT held;
-- Met, or its case closed, only after the due day: missed all the same.
CREATE INDEX deadlines_late ON deadlines (due_on, case_id)
  WHERE met_on > due_on OR (met_on IS NULL AND NOT live);
GRANT SELECT, INSERT, UPDATE, DELETE ON deadlines TO redress_app;
`;

/** Few rows of large tables are found one by one through indexes, whatever the statistics said when that was planned. */
const BY_INDEX = 'SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off';

/** The case itself was written just before. */
const TELL_CLOCKS = `INSERT INTO case_clocks AS known
    (case_id, next_due_on, reckoned_by, live, began_on, ended_on, late, on_record)
  SELECT c.id, (j->>'nextDueOn')::date, j->>'reckonedBy', (j->>'live')::boolean, c.received_on, c.closed_on,
    jsonb_path_exists(j,
      '$.deadlines[*] ? (@.metOn > @.dueOn || (@.metOn == null && @.held == false && $ended > @.dueOn))',
      jsonb_build_object('ended', c.closed_on)),
    EXISTS (SELECT FROM missed_deadlines WHERE case_id = c.id)
  FROM unnest(parsed) AS j JOIN cases c ON c.id = (j->>'id')::uuid`;

const TELL_DEADLINES = `INSERT INTO deadlines (case_id, key, occurrence, due_on, met_on, held, live)
  SELECT (j->>'id')::uuid, d->>'key', (d->>'occurrence')::int, (d->>'dueOn')::date, (d->>'metOn')::date,
    (d->>'held')::boolean, (j->>'live')::boolean
  FROM unnest(parsed) AS j CROSS JOIN LATERAL jsonb_array_elements(j->'deadlines') AS d`;

/** What nobody knew yet needs no look at what was there before, and what says the same is not even locked: most commands move no deadline. */
export const UPSERT_CLOCKS = `
CREATE FUNCTION upsert_case_clocks(rows text[]) RETURNS void LANGUAGE plpgsql ${BY_INDEX} AS $$
DECLARE
  -- Each row is parsed once: in a subquery it would be parsed anew for every column.
  parsed jsonb[] := ARRAY(SELECT r::jsonb FROM unnest(rows) AS r);
BEGIN
  IF NOT EXISTS (SELECT FROM unnest(parsed) AS j JOIN case_clocks ON case_id = (j->>'id')::uuid) THEN
    ${TELL_CLOCKS};
    ${TELL_DEADLINES};
    RETURN;
  END IF;

  ${TELL_CLOCKS}
  ON CONFLICT (case_id) DO UPDATE SET
    next_due_on = excluded.next_due_on, reckoned_by = excluded.reckoned_by, live = excluded.live,
    began_on = excluded.began_on, ended_on = excluded.ended_on, late = excluded.late
  WHERE (known.next_due_on, known.reckoned_by, known.live, known.began_on, known.ended_on, known.late)
    IS DISTINCT FROM (excluded.next_due_on, excluded.reckoned_by, excluded.live, excluded.began_on,
      excluded.ended_on, excluded.late);

  -- What a case has no more: it was triaged anew or corrected, or an occurrence was met in time and tells nothing more.
  DELETE FROM deadlines AS old USING unnest(parsed) AS j
  WHERE old.case_id = (j->>'id')::uuid AND NOT EXISTS (
    SELECT FROM jsonb_array_elements(j->'deadlines') AS d
    WHERE d->>'key' = old.key AND (d->>'occurrence')::int = old.occurrence);
  ${TELL_DEADLINES}
  LEFT JOIN deadlines AS known
    ON known.case_id = (j->>'id')::uuid AND known.key = d->>'key' AND known.occurrence = (d->>'occurrence')::int
  WHERE known.case_id IS NULL OR (known.due_on, known.met_on, known.held, known.live)
    IS DISTINCT FROM ((d->>'dueOn')::date, (d->>'metOn')::date, (d->>'held')::boolean, (j->>'live')::boolean)
  ON CONFLICT (case_id, key, occurrence) DO UPDATE SET
    due_on = excluded.due_on, met_on = excluded.met_on, held = excluded.held, live = excluded.live;
END $$;
`;

/**
 * What a new rule makes of a page of cases, in columns: as texts that appends bring they would be parsed, and each tried as a new
 * row first, which costs half as much again. The page is locked, looked at and moved by one statement, so nothing is held
 * while the client is busy, and no row of `cases` is written for a lock: the row of `case_clocks` is locked instead, which
 * every append to a case locks too once it has written the case. So whoever has it sees in its next statement whether the case
 * is still the one that was read. The rows of a page are found by one walk through each index, and not by a descent for each
 * row; deadlines that a case has no more, or not yet, are looked for in the cases alone whose set of deadlines changed.
 */
export const MOVE_CLOCKS = `
CREATE FUNCTION move_case_clocks(line text, page uuid[], versions int[], lines text[], next_due date[],
  cases_of uuid[], keys text[], occurrences int[], due date[], met date[], helds boolean[], reshaped uuid[])
RETURNS uuid[] LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_nestloop = off SET enable_mergejoin = off AS $$
DECLARE
  left_alone uuid[];
BEGIN
  -- In the order in which an append locks them, so that neither waits for the other in a circle.
  PERFORM FROM case_clocks WHERE case_id = ANY (page) ORDER BY case_id FOR NO KEY UPDATE;
  left_alone := ARRAY(SELECT unnest(page) EXCEPT
    SELECT case_id FROM unnest(page, versions) AS told(id, version)
    JOIN cases AS standing USING (id, version) JOIN case_clocks ON case_id = id
    WHERE standing.id = ANY (page) AND case_id = ANY (page) AND reckoned_by = line);

  UPDATE case_clocks SET next_due_on = told.next_due_on, reckoned_by = told.reckoned_by, late = false
  FROM unnest(page, lines, next_due) AS told(id, reckoned_by, next_due_on)
  WHERE case_id = told.id AND case_id = ANY (page) AND case_id <> ALL (left_alone);

  DELETE FROM deadlines AS old WHERE case_id = ANY (reshaped) AND case_id <> ALL (left_alone)
    AND NOT EXISTS (SELECT FROM unnest(cases_of, keys, occurrences) AS told(id, key, occurrence)
      WHERE told.id = old.case_id AND told.key = old.key AND told.occurrence = old.occurrence);
  UPDATE deadlines AS old SET due_on = told.due_on, met_on = told.met_on, held = told.held
  FROM unnest(cases_of, keys, occurrences, due, met, helds) AS told(id, key, occurrence, due_on, met_on, held)
  WHERE old.case_id = told.id AND old.key = told.key AND old.occurrence = told.occurrence
    AND case_id = ANY (page) AND case_id <> ALL (left_alone)
    AND (old.due_on, old.met_on, old.held) IS DISTINCT FROM (told.due_on, told.met_on, told.held);
  INSERT INTO deadlines (case_id, key, occurrence, due_on, met_on, held, live)
  SELECT id, key, occurrence, due_on, met_on, held, true
  FROM unnest(cases_of, keys, occurrences, due, met, helds) AS told(id, key, occurrence, due_on, met_on, held)
  WHERE id = ANY (reshaped) AND id <> ALL (left_alone) AND NOT EXISTS (SELECT FROM deadlines AS known
    WHERE known.case_id = ANY (reshaped) AND known.case_id = told.id AND known.key = told.key
      AND known.occurrence = told.occurrence);

  UPDATE case_clocks SET late = true WHERE NOT late AND case_id <> ALL (left_alone) AND case_id = ANY (ARRAY(
    SELECT id FROM unnest(cases_of, due, met) AS told(id, due_on, met_on) WHERE met_on > due_on));
  RETURN left_alone;
END $$;
COMMENT ON FUNCTION move_case_clocks IS
  'Answers the cases that it left alone: somebody wrote to them since they were read, or they are reckoned by another line.';
`;
