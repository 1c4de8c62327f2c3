import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Who must not see which case, written with the case itself: its parties by their ids, and the staff who declared a
 * conflict or were recused by their references. Which member of staff a party is stands in `parties`.
 */
const PEOPLE = `
CREATE TABLE case_people (
  case_id uuid NOT NULL,
  person text COLLATE "C" NOT NULL,
  PRIMARY KEY (case_id, person)
);
CREATE INDEX case_people_by_person ON case_people (person, case_id);
COMMENT ON COLUMN case_people.person IS 'A party to the case, or a member of staff who is recused from it.';

CREATE FUNCTION people_of_case(j jsonb) RETURNS SETOF text LANGUAGE sql IMMUTABLE AS $$
  SELECT j->>'complainantRef' WHERE j ? 'complainantRef'
  UNION SELECT jsonb_array_elements_text(j->'respondentRefs')
  UNION SELECT a->>'respondentRef' FROM jsonb_array_elements(j->'allegations') AS a WHERE a ? 'respondentRef'
  UNION SELECT jsonb_array_elements_text(j->'recused')
$$;

INSERT INTO case_people SELECT id, person FROM cases, people_of_case(detail::jsonb) AS person;
GRANT SELECT, INSERT, UPDATE, DELETE ON case_people TO redress_app;
GRANT EXECUTE ON FUNCTION people_of_case TO redress_app;
`;

/** As migration 0023 left it, and with the people at its end where \`people\` is given. */
export const upsertCases = (people: string): string => `
CREATE OR REPLACE FUNCTION upsert_cases(rows text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  files text[] := ARRAY(SELECT split_part(r, E'\\n', 1) FROM unnest(rows) AS r);
  -- Each row is parsed once: in a subquery it would be parsed anew for every column.
  parsed jsonb[] := ARRAY(SELECT f::jsonb FROM unnest(files) AS f);
  changed uuid[];
BEGIN
  INSERT INTO cases (id, version, reference, status, category, severity, handler_id, received_on, closed_on,
    outcome, source, sort_id, detail)
  SELECT (j->>'id')::uuid, (j->>'version')::int, j->>'reference', j->>'status', j->>'category', j->>'severity',
    j->>'handlerId', (j->>'receivedOn')::date, (j->>'closedOn')::date, j->>'outcome',
    j->>'sourceName', j->>'sortId', f
  FROM unnest(files, parsed) AS given(f, j)
  ON CONFLICT (id) DO UPDATE SET
    version = excluded.version, reference = excluded.reference, status = excluded.status,
    category = excluded.category, severity = excluded.severity, handler_id = excluded.handler_id,
    received_on = excluded.received_on, closed_on = excluded.closed_on, outcome = excluded.outcome,
    source = excluded.source, sort_id = excluded.sort_id, detail = excluded.detail;

  PERFORM upsert_case_clocks(ARRAY(SELECT split_part(r, E'\\n', 2) FROM unnest(rows) AS r));

  -- Only a correction can take a gap away again, so whatever a case has is simply told anew.
  SELECT array_agg((j->>'id')::uuid) INTO changed
  FROM unnest(parsed) AS j WHERE jsonb_array_length(j->'gaps') > 0;
  IF changed IS NOT NULL THEN
    DELETE FROM case_gaps WHERE case_id = ANY (changed);
    INSERT INTO case_gaps (case_id, closed_on, reopened_on)
    SELECT (j->>'id')::uuid, (g->>'closedOn')::date, (g->>'reopenedOn')::date
    FROM unnest(parsed) AS j, jsonb_array_elements(j->'gaps') AS g;
  END IF;${people}
END $$;
`;

/** Parties come and go: an allegation is amended, an entry corrected. */
const UPSERT_PEOPLE = `
CREATE FUNCTION upsert_case_people(files jsonb[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM case_people AS old USING unnest(files) AS j
  WHERE old.case_id = (j->>'id')::uuid AND old.person NOT IN (SELECT people_of_case(j));
  INSERT INTO case_people (case_id, person)
  SELECT (j->>'id')::uuid, person FROM unnest(files) AS j, people_of_case(j) AS person
  ON CONFLICT DO NOTHING;
END $$;
`;

export const TELL_PEOPLE = '\n\n  PERFORM upsert_case_people(parsed);';

export class CasePeople0000000000056 implements MigrationInterface {
  readonly name = 'CasePeople0000000000056';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [PEOPLE, UPSERT_PEOPLE, upsertCases(TELL_PEOPLE)]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(upsertCases(''));
    await runner.query('DROP FUNCTION upsert_case_people, people_of_case; DROP TABLE case_people');
  }
}
