import type { MigrationInterface, QueryRunner } from 'typeorm';
import { readRows } from './event-store/read-rows.js';

const PARTIES = `
CREATE TABLE parties (
  id uuid PRIMARY KEY,
  version int NOT NULL,
  detail text NOT NULL
);

-- A party may be known by several staff references: each of them is barred from its cases.
CREATE TABLE party_staff (
  party_id uuid NOT NULL,
  staff_id text COLLATE "C" NOT NULL,
  PRIMARY KEY (party_id, staff_id)
);
CREATE INDEX party_staff_by_staff ON party_staff (staff_id, party_id);
COMMENT ON TABLE party_staff IS 'Which member of staff a party is, by every reference that they are known by.';
GRANT SELECT, INSERT, UPDATE, DELETE ON parties, party_staff TO redress_app;
`;

/** A row's text is two lines: the party, and the staff references that it is known by. */
const UPSERT_PARTIES = `
CREATE FUNCTION upsert_parties(rows text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  files text[] := ARRAY(SELECT split_part(r, E'\\n', 1) FROM unnest(rows) AS r);
  -- Each row is parsed once: in a subquery it would be parsed anew for every column.
  parsed jsonb[] := ARRAY(SELECT f::jsonb FROM unnest(files) AS f);
BEGIN
  INSERT INTO parties (id, version, detail)
  SELECT (j->>'id')::uuid, (j->>'version')::int, f
  FROM unnest(files, parsed) AS given(f, j)
  ON CONFLICT (id) DO UPDATE SET version = excluded.version, detail = excluded.detail;

  -- A reference that was said by mistake is taken back by a correction.
  DELETE FROM party_staff AS old USING unnest(rows, parsed) AS given(r, j)
  WHERE old.party_id = (j->>'id')::uuid AND NOT split_part(r, E'\\n', 2)::jsonb ? old.staff_id;
  INSERT INTO party_staff (party_id, staff_id)
  SELECT (j->>'id')::uuid, staff_id
  FROM unnest(rows, parsed) AS given(r, j), jsonb_array_elements_text(split_part(r, E'\\n', 2)::jsonb) AS staff_id
  ON CONFLICT DO NOTHING;
END $$;
`;

const STAFF = `
CREATE TABLE staff_members (
  id uuid PRIMARY KEY,
  version int NOT NULL,
  staff_id text NOT NULL UNIQUE,
  -- Of the calendar feed that is open.
  feed_id uuid UNIQUE,
  detail text NOT NULL
);
${readRows('staff_members', 'id', {
  id: "(j->>'id')::uuid",
  version: "(j->>'version')::int",
  staff_id: "j->>'staffId'",
  feed_id: "(j->>'feedId')::uuid",
  detail: 'r',
})}`;

export class PartiesAndStaff0000000000002 implements MigrationInterface {
  readonly name = 'PartiesAndStaff0000000000002';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [PARTIES, UPSERT_PARTIES, STAFF]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'DROP FUNCTION upsert_parties, upsert_staff_members; DROP TABLE party_staff, parties, staff_members',
    );
  }
}
