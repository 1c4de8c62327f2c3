import type { MigrationInterface, QueryRunner } from 'typeorm';
import { UPSERT_PARTIES } from './0002-parties-and-policies.js';

/** A party may be known by several staff references: each of them is barred from its cases. */
const TABLE = `
CREATE TABLE party_staff (
  party_id uuid NOT NULL,
  staff_id text COLLATE "C" NOT NULL,
  PRIMARY KEY (party_id, staff_id)
);
CREATE INDEX party_staff_by_staff ON party_staff (staff_id, party_id);
COMMENT ON TABLE party_staff IS 'Which member of staff a party is, by every reference that they are known by.';
GRANT SELECT, INSERT, UPDATE, DELETE ON party_staff TO redress_app;
`;

/** Of what is recorded already, as now corrected. */
const FROM_EVENTS = `
INSERT INTO party_staff
SELECT DISTINCT substr(stream, 7)::uuid, told#>>'{}' FROM events AS said, LATERAL (
  SELECT coalesce((
    SELECT data::json->'new' FROM events AS c
    WHERE c.stream = said.stream AND type = 'EntryCorrected' AND data::json->>'eventId' = said.event_id::text
      AND data::json->'path'->>0 = 'staffId' ORDER BY position DESC LIMIT 1
  ), said.data::json->'staffId') AS told) AS now
WHERE type = 'StaffIdentified' AND json_typeof(told) = 'string';
UPDATE parties SET detail = regexp_replace(detail, ',"staffId":"([^"\\\\]|\\\\.)*"', '') WHERE staff_id IS NOT NULL;
ALTER TABLE parties DROP COLUMN staff_id;
-- Whoever was replaced by another reference may have been given a case of theirs since: they are taken off it.
UPDATE checkpoints SET position = 0 WHERE follower = 'late-implications';
`;

const UPSERT = `
CREATE OR REPLACE FUNCTION upsert_parties(rows text[]) RETURNS void LANGUAGE plpgsql AS $$
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

/** As migration 0002 had it. */
const ONE_EACH = `
ALTER TABLE parties ADD staff_id text;
UPDATE parties SET staff_id = (SELECT max(staff_id) FROM party_staff WHERE party_id = id);
UPDATE parties SET detail = regexp_replace(detail, '}$', ',"staffId":' || to_json(staff_id) || '}') WHERE staff_id IS NOT NULL;
CREATE INDEX parties_of_staff ON parties (staff_id) WHERE staff_id IS NOT NULL;
DROP TABLE party_staff;
`;

export class StaffOfParties0000000000085 implements MigrationInterface {
  readonly name = 'StaffOfParties0000000000085';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [TABLE, FROM_EVENTS, UPSERT]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(ONE_EACH);
    await runner.query(UPSERT_PARTIES.replace('CREATE FUNCTION', 'CREATE OR REPLACE FUNCTION'));
  }
}
