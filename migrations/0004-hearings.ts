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

CREATE TABLE hearing_cases (
  hearing_id uuid NOT NULL,
  case_id uuid NOT NULL,
  PRIMARY KEY (case_id, hearing_id)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON hearings, hearing_cases TO redress_app;
`;

export const UPSERT = `
CREATE FUNCTION upsert_hearings(rows text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  -- Each row is parsed once: in a subquery it would be parsed anew for every column.
  parsed jsonb[] := ARRAY(SELECT r::jsonb FROM unnest(rows) AS r);
BEGIN
  INSERT INTO hearings (id, version, kind, status, starts_at, detail)
  SELECT (j->>'id')::uuid, (j->>'version')::int, j->>'kind', j->>'status', (j->>'startsAt')::timestamptz, r
  FROM unnest(rows, parsed) AS given(r, j)
  ON CONFLICT (id) DO UPDATE SET
    version = excluded.version, kind = excluded.kind, status = excluded.status, starts_at = excluded.starts_at,
    detail = excluded.detail;

  -- Which cases a hearing hears is fixed by its request.
  INSERT INTO hearing_cases (hearing_id, case_id)
  SELECT (j->>'id')::uuid, c::uuid
  FROM unnest(parsed) AS j, jsonb_array_elements_text(j->'complaintIds') AS c
  ON CONFLICT DO NOTHING;
END $$;
`;

export class Hearings0000000000004 implements MigrationInterface {
  readonly name = 'Hearings0000000000004';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [HEARINGS, UPSERT]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION upsert_hearings; DROP TABLE hearing_cases, hearings');
  }
}
