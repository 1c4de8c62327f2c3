import type { MigrationInterface, QueryRunner } from 'typeorm';

const REMINDERS = `
CREATE TABLE reminders (
  case_id uuid NOT NULL,
  deadline text COLLATE "C" NOT NULL,
  due_on date NOT NULL,
  step text COLLATE "C" NOT NULL,
  recipient text COLLATE "C" NOT NULL,
  id uuid NOT NULL UNIQUE,
  state text NOT NULL,
  at text NOT NULL,
  reason text,
  PRIMARY KEY (case_id, deadline, due_on, step, recipient)
);
CREATE INDEX reminders_by_state ON reminders (state, id);
GRANT SELECT, INSERT, UPDATE, DELETE ON reminders TO redress_app;
`;

const MISSED = `
CREATE TABLE missed_deadlines (
  case_id uuid NOT NULL,
  deadline text COLLATE "C" NOT NULL,
  due_on date NOT NULL,
  id uuid NOT NULL UNIQUE,
  due_at timestamptz NOT NULL,
  PRIMARY KEY (case_id, deadline, due_on)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON missed_deadlines TO redress_app;

-- Met, or its case closed, only after the due day: missed all the same.
CREATE INDEX deadlines_late ON deadlines (due_on, case_id)
  WHERE met_on > due_on OR (met_on IS NULL AND NOT live);
`;

const CLAIMS = `
-- Who is at a reminder just now. No read table: it says nothing about any case, and may be emptied at any time.
CREATE TABLE reminder_claims (
  reminder text COLLATE "C" PRIMARY KEY,
  claim uuid NOT NULL DEFAULT gen_random_uuid(),
  until timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON reminder_claims TO redress_app;
`;

const UPSERT = `
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
`;

export class Reminders0000000000007 implements MigrationInterface {
  readonly name = 'Reminders0000000000007';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [REMINDERS, MISSED, CLAIMS, UPSERT]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'DROP FUNCTION upsert_reminders; DROP INDEX deadlines_late; DROP TABLE reminder_claims, missed_deadlines, reminders',
    );
  }
}
