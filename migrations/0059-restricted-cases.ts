import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = `
-- Only of cases that were restricted or sealed at some time. A day that is over is left standing: whoever looks asks for it.
CREATE TABLE case_restrictions (
  case_id uuid PRIMARY KEY,
  people text[] NOT NULL,
  until date,
  sealed_by text,
  sealed_until date
);
CREATE INDEX case_restrictions_in_force ON case_restrictions (greatest(until, sealed_until));

-- Who saw a restricted case without being named.
CREATE TABLE case_openings (
  opening_id uuid PRIMARY KEY,
  case_id uuid NOT NULL,
  staff_id text NOT NULL,
  opened_on date NOT NULL,
  until timestamptz NOT NULL,
  reason text NOT NULL,
  reviewed_by text,
  finding text
);
CREATE INDEX case_openings_by_case ON case_openings (case_id, staff_id);
CREATE INDEX case_openings_to_review ON case_openings (opening_id) WHERE reviewed_by IS NULL;
GRANT SELECT, INSERT, UPDATE, DELETE ON case_restrictions, case_openings TO redress_app;
`;

const PEOPLE = `
  DELETE FROM case_people AS old USING unnest(files) AS j
  WHERE old.case_id = (j->>'id')::uuid AND old.person NOT IN (SELECT people_of_case(j));
  INSERT INTO case_people (case_id, person)
  SELECT (j->>'id')::uuid, person FROM unnest(files) AS j, people_of_case(j) AS person
  ON CONFLICT DO NOTHING;`;

/** Nothing of it goes away again, so rows are only added and told anew. */
const CONFIDENTIAL = `
  IF NOT EXISTS (SELECT FROM unnest(files) AS j WHERE j ? 'confidential') THEN
    RETURN;
  END IF;
  INSERT INTO case_restrictions (case_id, people, until, sealed_by, sealed_until)
  SELECT (j->>'id')::uuid, ARRAY(SELECT jsonb_array_elements_text(j#>'{confidential,restriction,people}')),
    (j#>>'{confidential,restriction,until}')::date, j#>>'{confidential,seal,by}',
    (j#>>'{confidential,seal,until}')::date
  FROM unnest(files) AS j WHERE j ? 'confidential'
  ON CONFLICT (case_id) DO UPDATE SET people = excluded.people, until = excluded.until,
    sealed_by = excluded.sealed_by, sealed_until = excluded.sealed_until;
  INSERT INTO case_openings (opening_id, case_id, staff_id, opened_on, until, reason, reviewed_by, finding)
  SELECT (o->>'openingId')::uuid, (j->>'id')::uuid, o->>'staffId', (o->>'openedOn')::date, (o->>'until')::timestamptz,
    o->>'reason', o->>'reviewedBy', o->>'finding'
  FROM unnest(files) AS j, jsonb_array_elements(j#>'{confidential,openings}') AS o
  ON CONFLICT (opening_id) DO UPDATE SET reviewed_by = excluded.reviewed_by, finding = excluded.finding;`;

const upsert = (body: string): string => `
CREATE OR REPLACE FUNCTION upsert_case_people(files jsonb[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN${body}
END $$;
`;

/** Whoever asks the views in SQL, as an auditor may, is asked for by no door: what is sealed is hidden from them. */
const hiddenCases = (otherwise: string): string => `
CREATE OR REPLACE VIEW audit.hidden AS
SELECT coalesce(nullif(current_setting('redress.hidden', true), '')::uuid[], ${otherwise}) AS cases;
`;

const SEALED = 'ARRAY(SELECT case_id FROM case_restrictions WHERE sealed_until >= current_date)';

export class RestrictedCases0000000000059 implements MigrationInterface {
  readonly name = 'RestrictedCases0000000000059';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
    await runner.query(upsert(PEOPLE + CONFIDENTIAL));
    await runner.query(hiddenCases(SEALED));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(hiddenCases("'{}'::uuid[]"));
    await runner.query(upsert(PEOPLE));
    await runner.query('DROP TABLE case_openings, case_restrictions');
  }
}
