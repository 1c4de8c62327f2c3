import type { MigrationInterface, QueryRunner } from 'typeorm';

const STAFF = `
CREATE TABLE staff_members (
  id uuid PRIMARY KEY,
  version int NOT NULL,
  staff_id text NOT NULL UNIQUE,
  -- Of the calendar feed that is open.
  feed_id uuid UNIQUE,
  detail text NOT NULL
);

CREATE FUNCTION upsert_staff_members(rows text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  -- Each row is parsed once: in a subquery it would be parsed anew for every column.
  parsed jsonb[] := ARRAY(SELECT r::jsonb FROM unnest(rows) AS r);
BEGIN
  INSERT INTO staff_members (id, version, staff_id, feed_id, detail)
  SELECT (j->>'id')::uuid, (j->>'version')::int, j->>'staffId', (j->>'feedId')::uuid, r
  FROM unnest(rows, parsed) AS given(r, j)
  ON CONFLICT (id) DO UPDATE
  SET version = excluded.version, staff_id = excluded.staff_id, feed_id = excluded.feed_id,
    detail = excluded.detail;
END $$;
GRANT SELECT, INSERT, UPDATE, DELETE ON staff_members TO redress_app;
`;

export class Staff0000000000033 implements MigrationInterface {
  readonly name = 'Staff0000000000033';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(STAFF);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION upsert_staff_members; DROP TABLE staff_members');
  }
}
