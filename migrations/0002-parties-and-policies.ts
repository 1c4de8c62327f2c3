import type { MigrationInterface, QueryRunner } from 'typeorm';

export const UPSERT_PARTIES = `
CREATE FUNCTION upsert_parties(rows text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  -- Each row is parsed once: in a subquery it would be parsed anew for every column.
  parsed jsonb[] := ARRAY(SELECT r::jsonb FROM unnest(rows) AS r);
BEGIN
  INSERT INTO parties (id, version, staff_id, detail)
  SELECT (j->>'id')::uuid, (j->>'version')::int, j->>'staffId', r
  FROM unnest(rows, parsed) AS given(r, j)
  ON CONFLICT (id) DO UPDATE
  SET version = excluded.version, staff_id = excluded.staff_id, detail = excluded.detail;
END $$;
`;

const PARTIES = `
CREATE TABLE parties (
  id uuid PRIMARY KEY,
  version int NOT NULL,
  staff_id text,
  detail text NOT NULL
);
CREATE INDEX parties_of_staff ON parties (staff_id) WHERE staff_id IS NOT NULL;
${UPSERT_PARTIES}GRANT SELECT, INSERT, UPDATE, DELETE ON parties TO redress_app;
`;

const POLICIES = `
CREATE TABLE policies (
  key text PRIMARY KEY,
  version int NOT NULL,
  detail text NOT NULL
);

CREATE FUNCTION upsert_policies(rows text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  -- Each row is parsed once: in a subquery it would be parsed anew for every column.
  parsed jsonb[] := ARRAY(SELECT r::jsonb FROM unnest(rows) AS r);
BEGIN
  INSERT INTO policies (key, version, detail)
  SELECT j->>'key', (j->>'version')::int, r
  FROM unnest(rows, parsed) AS given(r, j)
  ON CONFLICT (key) DO UPDATE SET version = excluded.version, detail = excluded.detail;
END $$;
GRANT SELECT, INSERT, UPDATE, DELETE ON policies TO redress_app;
`;

export class PartiesAndPolicies0000000000002 implements MigrationInterface {
  readonly name = 'PartiesAndPolicies0000000000002';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [PARTIES, POLICIES]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION upsert_parties; DROP TABLE parties');
    await runner.query('DROP FUNCTION upsert_policies; DROP TABLE policies');
  }
}
