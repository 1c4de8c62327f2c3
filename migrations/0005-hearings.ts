import type { MigrationInterface, QueryRunner } from 'typeorm';

const HEARINGS = `
CREATE TABLE hearings (
  id uuid PRIMARY KEY,
  version int NOT NULL,
  kind text NOT NULL,
  status text NOT NULL,
  starts_at timestamptz,
  detail text NOT NULL
);
-- The order in which hearings are held and paged: those without a listing come last.
CREATE INDEX hearings_by_start ON hearings (coalesce(starts_at, 'infinity'::timestamptz), id);
-- At which hearings somebody sits, for their calendar feed.
CREATE INDEX hearings_by_panel ON hearings USING gin (((detail::jsonb)->'panel') jsonb_path_ops);

CREATE TABLE hearing_cases (
  hearing_id uuid NOT NULL,
  case_id uuid NOT NULL,
  PRIMARY KEY (case_id, hearing_id)
);
-- The primary key finds the hearings of a case; an act of a hearing concerns each of its cases.
CREATE INDEX hearing_cases_by_hearing ON hearing_cases (hearing_id);

-- Whom a hearing names without their being a side to a case of it, as in case_named.
CREATE TABLE hearing_named (
  hearing_id uuid NOT NULL,
  person text COLLATE "C" NOT NULL,
  PRIMARY KEY (hearing_id, person)
);
CREATE INDEX hearing_named_by_person ON hearing_named (person, hearing_id);
GRANT SELECT, INSERT, UPDATE, DELETE ON hearings, hearing_cases, hearing_named TO redress_app;

CREATE VIEW named_parties AS
SELECT person, case_id AS thing FROM case_people
UNION ALL SELECT person, case_id FROM case_named
UNION ALL SELECT person, hearing_id FROM hearing_named;
COMMENT ON VIEW named_parties IS 'Which case or hearing names whom.';
GRANT SELECT ON named_parties TO redress_app;
`;

/** A row's text is two lines: the hearing, and whom it names. */
const UPSERT = `
CREATE FUNCTION upsert_hearings(rows text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  files text[] := ARRAY(SELECT split_part(r, E'\\n', 1) FROM unnest(rows) AS r);
  -- Each row is parsed once: in a subquery it would be parsed anew for every column.
  parsed jsonb[] := ARRAY(SELECT f::jsonb FROM unnest(files) AS f);
BEGIN
  INSERT INTO hearings (id, version, kind, status, starts_at, detail)
  SELECT (j->>'id')::uuid, (j->>'version')::int, j->>'kind', j->>'status', (j->>'startsAt')::timestamptz, f
  FROM unnest(files, parsed) AS given(f, j)
  ON CONFLICT (id) DO UPDATE SET
    version = excluded.version, kind = excluded.kind, status = excluded.status, starts_at = excluded.starts_at,
    detail = excluded.detail;

  -- Which cases a hearing hears is fixed by its request.
  INSERT INTO hearing_cases (hearing_id, case_id)
  SELECT (j->>'id')::uuid, c::uuid
  FROM unnest(parsed) AS j, jsonb_array_elements_text(j->'complaintIds') AS c
  ON CONFLICT DO NOTHING;

  INSERT INTO hearing_named (hearing_id, person)
  SELECT (j->>'id')::uuid, person
  FROM unnest(rows, parsed) AS given(r, j), string_to_table(split_part(r, E'\\n', 2), ' ') AS person
  ON CONFLICT DO NOTHING;
END $$;
`;

/**
 * Whoever erases a party looks at the cases that name it, and a case that names it in that moment is not among them. What
 * names a party locks its stream, as its erasure does: so here every such case is seen, and the erasure is decided anew.
 */
const NEEDED_PARTIES = `
CREATE FUNCTION refuse_to_erase_needed_party() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM named_parties LEFT JOIN hearing_cases ON hearing_id = thing
      JOIN cases ON cases.id = coalesce(case_id, thing)
      WHERE person = substring(NEW.stream FROM 7) AND closed_on IS NULL) THEN
    RAISE 'an open case names this party' USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER erasure_leaves_needed_parties AFTER INSERT ON events
  FOR EACH ROW WHEN (NEW.type = 'PersonalDataErased' AND NEW.stream LIKE 'party-%')
  EXECUTE FUNCTION refuse_to_erase_needed_party();
`;

export class Hearings0000000000005 implements MigrationInterface {
  readonly name = 'Hearings0000000000005';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [HEARINGS, UPSERT, NEEDED_PARTIES]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TRIGGER erasure_leaves_needed_parties ON events;
      DROP FUNCTION refuse_to_erase_needed_party, upsert_hearings; DROP VIEW named_parties;
      DROP TABLE hearing_named, hearing_cases, hearings`);
  }
}
