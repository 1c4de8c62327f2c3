import type { MigrationInterface, QueryRunner } from 'typeorm';

const DEADLINES = `
-- A deadline that recurs has a row for each occurrence that was missed, and for the one that runs.
ALTER TABLE deadlines ADD COLUMN occurrence int NOT NULL DEFAULT 1;
ALTER TABLE deadlines DROP CONSTRAINT deadlines_pkey;
ALTER TABLE deadlines ADD PRIMARY KEY (case_id, key, occurrence);
`;

const MISSED = `
-- When what was missed falls due next, unless something meets it: the history tells of none that passed since.
ALTER TABLE missed_deadlines ADD COLUMN next_due_on date;
CREATE INDEX missed_deadlines_next ON missed_deadlines (next_due_on) WHERE next_due_on IS NOT NULL;
`;

export const UPSERT_CASES = `
CREATE OR REPLACE FUNCTION upsert_cases(rows text[]) RETURNS void LANGUAGE plpgsql AS $$
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

  -- What a case has no more: it was triaged anew or corrected, or an occurrence was met in time and tells nothing more.
  DELETE FROM deadlines AS old USING unnest(parsed) AS j
  WHERE old.case_id = (j->>'id')::uuid AND NOT EXISTS (
    SELECT FROM jsonb_array_elements(j->'deadlines') AS d
    WHERE d->>'key' = old.key AND (d->>'occurrence')::int = old.occurrence);
  INSERT INTO deadlines (case_id, key, occurrence, due_on, met_on, held, live)
  SELECT (j->>'id')::uuid, d->>'key', (d->>'occurrence')::int, (d->>'dueOn')::date, (d->>'metOn')::date,
    (d->>'held')::boolean, j->>'phase' = 'open'
  FROM unnest(parsed) AS j, jsonb_array_elements(j->'deadlines') AS d
  ON CONFLICT (case_id, key, occurrence) DO UPDATE SET
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

export const UPSERT_REMINDERS = `
CREATE OR REPLACE FUNCTION upsert_reminders(rows text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  -- Each row is parsed once: in a subquery it would be parsed anew for every column.
  parsed jsonb[] := ARRAY(SELECT r::jsonb FROM unnest(rows) AS r);
BEGIN
  INSERT INTO reminders (case_id, deadline, due_on, step, recipient, id, state, at, reason)
  SELECT (j->>'caseId')::uuid, e->>'deadline', (e->>'dueOn')::date, e->>'step', e->>'recipient', (e->>'id')::uuid,
    e->>'state', e->>'at', e->>'reason'
  FROM unnest(parsed) AS j, jsonb_array_elements(j->'reminders') AS e
  ON CONFLICT (case_id, deadline, due_on, step, recipient) DO UPDATE SET
    id = excluded.id, state = excluded.state, at = excluded.at, reason = excluded.reason;

  INSERT INTO missed_deadlines (case_id, deadline, due_on, id, due_at, next_due_on)
  SELECT (j->>'caseId')::uuid, e->>'deadline', (e->>'dueOn')::date, (e->>'id')::uuid, (e->>'dueAt')::timestamptz,
    (e->>'nextDueOn')::date
  FROM unnest(parsed) AS j, jsonb_array_elements(j->'missed') AS e
  ON CONFLICT (case_id, deadline, due_on) DO UPDATE SET
    id = excluded.id, due_at = excluded.due_at, next_due_on = excluded.next_due_on;
END $$;
`;

const UPSERTS_BEFORE = [
  `
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
`,
  `
CREATE FUNCTION upsert_reminders(rows text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  -- Each row is parsed once: in a subquery it would be parsed anew for every column.
  parsed jsonb[] := ARRAY(SELECT r::jsonb FROM unnest(rows) AS r);
BEGIN
  INSERT INTO reminders (case_id, deadline, due_on, step, recipient, id, state, at, reason)
  SELECT (j->>'caseId')::uuid, e->>'deadline', (e->>'dueOn')::date, e->>'step', e->>'recipient', (e->>'id')::uuid,
    e->>'state', e->>'at', e->>'reason'
  FROM unnest(parsed) AS j, jsonb_array_elements(j->'reminders') AS e
  ON CONFLICT (case_id, deadline, due_on, step, recipient) DO UPDATE SET
    id = excluded.id, state = excluded.state, at = excluded.at, reason = excluded.reason;

  INSERT INTO missed_deadlines (case_id, deadline, due_on, id, due_at)
  SELECT (j->>'caseId')::uuid, e->>'deadline', (e->>'dueOn')::date, (e->>'id')::uuid, (e->>'dueAt')::timestamptz
  FROM unnest(parsed) AS j, jsonb_array_elements(j->'missed') AS e
  ON CONFLICT (case_id, deadline, due_on) DO UPDATE SET id = excluded.id, due_at = excluded.due_at;
END $$;
`,
];

export class RecurringDeadlines0000000000016 implements MigrationInterface {
  readonly name = 'RecurringDeadlines0000000000016';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [DEADLINES, MISSED, UPSERT_CASES, UPSERT_REMINDERS]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION upsert_cases; DROP FUNCTION upsert_reminders');
    for (const sql of UPSERTS_BEFORE) await runner.query(sql);
    await runner.query(`
      ALTER TABLE missed_deadlines DROP COLUMN next_due_on;
      DELETE FROM deadlines WHERE occurrence > 1;
      ALTER TABLE deadlines DROP CONSTRAINT deadlines_pkey;
      ALTER TABLE deadlines DROP COLUMN occurrence;
      ALTER TABLE deadlines ADD PRIMARY KEY (case_id, key)`);
  }
}
