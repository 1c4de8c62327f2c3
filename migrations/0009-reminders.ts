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
  -- The day of the digest in which it was sent; null where it came by itself.
  digest date,
  PRIMARY KEY (case_id, deadline, due_on, step, recipient)
);
CREATE INDEX reminders_by_state ON reminders (state, id);
CREATE INDEX reminders_by_recipient ON reminders (recipient, id);
CREATE INDEX reminders_by_digest ON reminders (digest, recipient) WHERE digest IS NOT NULL;

-- Who put off the reminders of which deadline, and until when.
CREATE TABLE reminder_snoozes (
  case_id uuid NOT NULL,
  deadline text COLLATE "C" NOT NULL,
  due_on date NOT NULL,
  recipient text COLLATE "C" NOT NULL,
  until date NOT NULL,
  PRIMARY KEY (case_id, deadline, due_on, recipient)
);

CREATE TABLE missed_deadlines (
  case_id uuid NOT NULL,
  deadline text COLLATE "C" NOT NULL,
  due_on date NOT NULL,
  id uuid NOT NULL UNIQUE,
  due_at timestamptz NOT NULL,
  -- When it falls due next, unless something meets it: the history tells of none that passed since.
  next_due_on date,
  PRIMARY KEY (case_id, deadline, due_on)
);
CREATE INDEX missed_deadlines_next ON missed_deadlines (next_due_on) WHERE next_due_on IS NOT NULL;
GRANT SELECT, INSERT, UPDATE, DELETE ON reminders, reminder_snoozes, missed_deadlines TO redress_app;
`;

/** No read tables: they say nothing about any case. */
const DELIVERY = `
-- Who is at a reminder just now; how often it did not get away so far, why, and when it is tried again. Worth nothing after a
-- crash, so none is waited for on disk: that was a third of what a delivery waits for.
CREATE UNLOGGED TABLE reminder_claims (
  reminder text COLLATE "C" PRIMARY KEY,
  claim uuid NOT NULL DEFAULT gen_random_uuid(),
  until timestamptz NOT NULL,
  failures int NOT NULL DEFAULT 0,
  reason text,
  again_at timestamptz
);

-- What a digest said when it was first to be sent: sent again under its Message-ID it says that and nothing else.
CREATE TABLE digest_letters (
  recipient text COLLATE "C" NOT NULL,
  day date NOT NULL,
  lines text[] NOT NULL,
  PRIMARY KEY (recipient, day)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON reminder_claims, digest_letters TO redress_app;
`;

const UPSERT = `
CREATE FUNCTION upsert_reminders(rows text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  -- Each row is parsed once: in a subquery it would be parsed anew for every column.
  parsed jsonb[] := ARRAY(SELECT r::jsonb FROM unnest(rows) AS r);
BEGIN
  INSERT INTO reminders (case_id, deadline, due_on, step, recipient, id, state, at, reason, digest)
  SELECT (j->>'caseId')::uuid, e->>'deadline', (e->>'dueOn')::date, e->>'step', e->>'recipient', (e->>'id')::uuid,
    e->>'state', e->>'at', e->>'reason', (e->>'digest')::date
  FROM unnest(parsed) AS j, jsonb_array_elements(j->'reminders') AS e
  ON CONFLICT (case_id, deadline, due_on, step, recipient) DO UPDATE SET
    id = excluded.id, state = excluded.state, at = excluded.at, reason = excluded.reason, digest = excluded.digest;

  -- What says the same is not written again.
  INSERT INTO missed_deadlines AS known (case_id, deadline, due_on, id, due_at, next_due_on)
  SELECT (j->>'caseId')::uuid, e->>'deadline', (e->>'dueOn')::date, (e->>'id')::uuid, (e->>'dueAt')::timestamptz,
    (e->>'nextDueOn')::date
  FROM unnest(parsed) AS j, jsonb_array_elements(j->'missed') AS e
  ON CONFLICT (case_id, deadline, due_on) DO UPDATE SET
    id = excluded.id, due_at = excluded.due_at, next_due_on = excluded.next_due_on
  WHERE (known.id, known.due_at, known.next_due_on) IS DISTINCT FROM (excluded.id, excluded.due_at, excluded.next_due_on);

  INSERT INTO reminder_snoozes (case_id, deadline, due_on, recipient, until)
  SELECT (j->>'caseId')::uuid, e->>'deadline', (e->>'dueOn')::date, e->>'recipient', (e->>'until')::date
  FROM unnest(parsed) AS j, jsonb_array_elements(j->'snoozes') AS e
  ON CONFLICT (case_id, deadline, due_on, recipient) DO UPDATE SET until = excluded.until;

  -- Locked in the order in which a new rule writes them.
  PERFORM FROM case_clocks WHERE NOT on_record AND case_id = ANY (ARRAY(
    SELECT (j->>'caseId')::uuid FROM unnest(parsed) AS j WHERE jsonb_array_length(j->'missed') > 0))
  ORDER BY case_id FOR NO KEY UPDATE;
  IF FOUND THEN
    UPDATE case_clocks SET on_record = true WHERE NOT on_record AND case_id = ANY (ARRAY(
      SELECT (j->>'caseId')::uuid FROM unnest(parsed) AS j WHERE jsonb_array_length(j->'missed') > 0));
  END IF;
END $$;
`;

export class Reminders0000000000009 implements MigrationInterface {
  readonly name = 'Reminders0000000000009';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [REMINDERS, DELIVERY, UPSERT]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP FUNCTION upsert_reminders;
      DROP TABLE digest_letters, reminder_claims, missed_deadlines, reminder_snoozes, reminders`);
  }
}
