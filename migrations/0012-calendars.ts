import type { MigrationInterface, QueryRunner } from 'typeorm';

const CALENDARS = `
CREATE TABLE calendars (
  name text COLLATE "C" PRIMARY KEY,
  version int NOT NULL,
  detail text NOT NULL
);

CREATE FUNCTION upsert_calendars(rows text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  -- Each row is parsed once: in a subquery it would be parsed anew for every column.
  parsed jsonb[] := ARRAY(SELECT r::jsonb FROM unnest(rows) AS r);
BEGIN
  INSERT INTO calendars (name, version, detail)
  SELECT j->>'name', (j->>'version')::int, r
  FROM unnest(rows, parsed) AS given(r, j)
  ON CONFLICT (name) DO UPDATE SET version = excluded.version, detail = excluded.detail;
END $$;
GRANT SELECT, INSERT, UPDATE, DELETE ON calendars TO redress_app;
`;

export const CALENDAR_DAYS = `
-- Each day's running working-day number: a working-day age is a subtraction. Made from a calendar, never revised itself.
CREATE TABLE calendar_days (
  calendar text COLLATE "C" NOT NULL,
  revision int NOT NULL,
  day date NOT NULL,
  running int NOT NULL,
  PRIMARY KEY (calendar, revision, day) INCLUDE (running)
);
GRANT SELECT, INSERT, DELETE ON calendar_days TO redress_app;
`;

const RECKONED = `
-- By which policy version and calendar revisions the row was reckoned; told by the row itself.
ALTER TABLE cases ADD COLUMN reckoned_by text COLLATE "C"
  GENERATED ALWAYS AS (substring(detail FROM '"reckonedBy":"([^"]+)"')) STORED;
-- To find those of another reckoning than the one in force costs nothing while there are none.
CREATE INDEX cases_by_reckoning ON cases (reckoned_by, id) WHERE closed_on IS NULL AND reckoned_by IS NOT NULL;

-- Policies that were published with one calendar.
UPDATE policies SET detail = regexp_replace(detail, '"calendar":("[^"]+")', '"calendars":[\\1],"combine":"intersection"', 'g');
-- Open cases say from now on what they were reckoned by: the version that they cite, and its calendar as shipped.
UPDATE cases SET detail = replace(detail, ',"deadlines":', format(',"reckonedBy":"%s %s@0","deadlines":',
    cases.detail::jsonb->>'policySet', told.version->'calendars'->>0))
FROM (SELECT (p.detail::jsonb->>'key') || '@' || (v->>'version') AS name, v AS version
  FROM policies p, jsonb_array_elements(p.detail::jsonb->'versions') AS v) AS told
WHERE cases.detail::jsonb->>'policySet' = told.name;
`;

export class Calendars0000000000012 implements MigrationInterface {
  readonly name = 'Calendars0000000000012';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [CALENDARS, CALENDAR_DAYS, RECKONED]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX cases_by_reckoning; ALTER TABLE cases DROP COLUMN reckoned_by;
      DROP TABLE calendar_days; DROP FUNCTION upsert_calendars; DROP TABLE calendars`);
  }
}
