import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A statement on a partition by its name is not one on the whole, so each is kept by itself. */
const LOOKS = `
-- Who looked at what (docs/adr/0019-who-looked.md): one row for each thing that an answer showed. Only added to.
CREATE SEQUENCE look_numbers;
CREATE TABLE looks (
  look bigint NOT NULL DEFAULT nextval('look_numbers'),
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  request_id text NOT NULL,
  actor_id text NOT NULL,
  actor_role text COLLATE "C" NOT NULL,
  door text COLLATE "C" NOT NULL,
  question text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  thing text COLLATE "C" NOT NULL,
  case_id uuid,
  reason text
) PARTITION BY RANGE (at);
COMMENT ON COLUMN looks.thing IS 'What was looked at: an id, or the positions of an export or a feed.';
COMMENT ON COLUMN looks.reason IS 'Why, where that was said: sealed.';
CREATE INDEX looks_at_case ON looks (case_id, look) WHERE case_id IS NOT NULL;
CREATE INDEX looks_at_party ON looks (thing, look) WHERE kind = 'party';
CREATE INDEX looks_of_person ON looks (actor_id, look);
GRANT INSERT ON looks TO redress_app;
GRANT USAGE ON SEQUENCE look_numbers TO redress_app;

CREATE TABLE looks_rest PARTITION OF looks DEFAULT;
SELECT keep_record('looks'), keep_record('looks_rest');
`;

/** With the owner's rights: the application has none to make a table. */
const MONTHS = `
CREATE FUNCTION make_look_months(ahead int) RETURNS SETOF text LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  month timestamptz;
  name text;
BEGIN
  PERFORM pg_advisory_xact_lock(7236838);
  FOR i IN 0 .. least(ahead, 24) LOOP
    month := date_trunc('month', now()) + make_interval(months => i);
    name := to_char(month, '"looks_"YYYY_MM');
    -- A month that began in the rest is kept there: nothing that was recorded is moved.
    CONTINUE WHEN to_regclass(name) IS NOT NULL
      OR EXISTS (SELECT FROM looks_rest WHERE at >= month AND at < month + interval '1 month');
    EXECUTE format('CREATE TABLE %I PARTITION OF looks FOR VALUES FROM (%L) TO (%L)',
      name, month, month + interval '1 month');
    PERFORM keep_record(name::regclass);
    RETURN NEXT name;
  END LOOP;
END $$;
SELECT make_look_months(3);
`;

export class Looks0000000000010 implements MigrationInterface {
  readonly name = 'Looks0000000000010';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [LOOKS, MONTHS]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION make_look_months; DROP TABLE looks; DROP SEQUENCE look_numbers');
  }
}
