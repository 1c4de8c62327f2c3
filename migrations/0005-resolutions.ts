import type { MigrationInterface, QueryRunner } from 'typeorm';

const RESOLUTIONS = `
CREATE TABLE resolutions (
  id uuid PRIMARY KEY,
  version int NOT NULL,
  case_id uuid NOT NULL,
  kind text NOT NULL,
  status text NOT NULL,
  detail text NOT NULL
);
CREATE INDEX resolutions_of_case ON resolutions (case_id, id);
CREATE INDEX resolutions_by_status ON resolutions (status, id);

CREATE FUNCTION upsert_resolutions(rows text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  -- Each row is parsed once: in a subquery it would be parsed anew for every column.
  parsed jsonb[] := ARRAY(SELECT r::jsonb FROM unnest(rows) AS r);
BEGIN
  INSERT INTO resolutions (id, version, case_id, kind, status, detail)
  SELECT (j->>'id')::uuid, (j->>'version')::int, (j->>'complaintId')::uuid, j->>'kind', j->>'status', r
  FROM unnest(rows, parsed) AS given(r, j)
  ON CONFLICT (id) DO UPDATE SET
    version = excluded.version, case_id = excluded.case_id, kind = excluded.kind, status = excluded.status,
    detail = excluded.detail;
END $$;
GRANT SELECT, INSERT, UPDATE, DELETE ON resolutions TO redress_app;
`;

export class Resolutions0000000000005 implements MigrationInterface {
  readonly name = 'Resolutions0000000000005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(RESOLUTIONS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION upsert_resolutions; DROP TABLE resolutions');
  }
}
