import type { MigrationInterface, QueryRunner } from 'typeorm';

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
`;

/** Fires for the owner and for superusers too. A statement on a partition by its name is not one on the whole. */
const ONLY_ADDED_TO = `
CREATE FUNCTION refuse_change_of_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is only added to: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION keep_record(kept regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE TRIGGER only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON %s
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_record()', kept);
  EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER only_added_to', kept);
END $$;
REVOKE EXECUTE ON FUNCTION keep_record FROM PUBLIC;

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
REVOKE EXECUTE ON FUNCTION make_look_months FROM PUBLIC;
GRANT EXECUTE ON FUNCTION make_look_months TO redress_app;
SELECT make_look_months(3);
`;

export class Looks0000000000061 implements MigrationInterface {
  readonly name = 'Looks0000000000061';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [LOOKS, ONLY_ADDED_TO, MONTHS]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP FUNCTION make_look_months, keep_record; DROP TABLE looks;
      DROP FUNCTION refuse_change_of_record; DROP SEQUENCE look_numbers`);
  }
}
