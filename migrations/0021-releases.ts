import type { MigrationInterface, QueryRunner } from 'typeorm';

const RELEASES = `
CREATE TABLE releases (
  id uuid PRIMARY KEY,
  version int NOT NULL,
  detail text NOT NULL
);

CREATE FUNCTION upsert_releases(rows text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  -- Each row is parsed once: in a subquery it would be parsed anew for every column.
  parsed jsonb[] := ARRAY(SELECT r::jsonb FROM unnest(rows) AS r);
BEGIN
  INSERT INTO releases (id, version, detail)
  SELECT (j->>'id')::uuid, (j->>'version')::int, r
  FROM unnest(rows, parsed) AS given(r, j)
  ON CONFLICT (id) DO UPDATE SET version = excluded.version, detail = excluded.detail;
END $$;
GRANT SELECT, INSERT, UPDATE, DELETE ON releases TO redress_app;
`;

export class Releases0000000000021 implements MigrationInterface {
  readonly name = 'Releases0000000000021';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(RELEASES);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION upsert_releases; DROP TABLE releases');
  }
}
