import type { MigrationInterface, QueryRunner } from 'typeorm';
import { UPSERT as UPSERT_HEARINGS } from './0004-hearings.js';
import { TELL_PEOPLE, upsertCases } from './0056-case-people.js';
import { actsOfPerson, QuestionsOfParties0000000000072 } from './0072-questions-of-parties.js';

/**
 * Whom a case and a hearing name without their being a side: who gave evidence, a companion, whoever wrote from outside, a side
 * of before that an entry was corrected about. Whoever must not see what names a party must not see the party.
 */
const TABLES = `
CREATE TABLE case_named (
  case_id uuid NOT NULL,
  person text COLLATE "C" NOT NULL,
  PRIMARY KEY (case_id, person)
);
CREATE INDEX case_named_by_person ON case_named (person, case_id);
CREATE TABLE hearing_named (
  hearing_id uuid NOT NULL,
  person text COLLATE "C" NOT NULL,
  PRIMARY KEY (hearing_id, person)
);
CREATE INDEX hearing_named_by_person ON hearing_named (person, hearing_id);
GRANT SELECT, INSERT, UPDATE, DELETE ON case_named, hearing_named TO redress_app;

CREATE VIEW named_parties AS
SELECT person, case_id AS thing FROM case_people
UNION ALL SELECT person, case_id FROM case_named
UNION ALL SELECT person, hearing_id FROM hearing_named;
COMMENT ON VIEW named_parties IS 'Which case or hearing names whom.';
GRANT SELECT ON named_parties TO redress_app;
`;

/** Of what is recorded already. Where nothing is named nothing is parsed. */
const FROM_EVENTS = `
CREATE FUNCTION pg_temp.parties_in(type text, j jsonb) RETURNS SETOF text LANGUAGE sql IMMUTABLE AS $$
  WITH fields AS (SELECT '{agreedBy,by,companionRef,complainantRef,from,partyRef,respondentRef,submittedBy,to,whoRef}'::text[] AS names),
  told AS (
    SELECT j->name AS value FROM fields, unnest(names) AS name WHERE type <> 'EntryCorrected'
    UNION ALL SELECT j->side FROM fields, unnest('{old,new}'::text[]) AS side WHERE type = 'EntryCorrected' AND (
      SELECT step FROM jsonb_array_elements_text(j->'path') WITH ORDINALITY AS path(step, nth)
      WHERE step !~ '^[0-9]+$' ORDER BY nth DESC LIMIT 1) = ANY (names)
  ),
  each AS (
    SELECT value FROM told WHERE jsonb_typeof(value) = 'string'
    UNION ALL SELECT e FROM told, jsonb_array_elements(CASE jsonb_typeof(value) WHEN 'array' THEN value ELSE '[]' END) AS e
  )
  SELECT value#>>'{}' FROM each WHERE value#>>'{}' ~ '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$'
$$;
INSERT INTO case_named
SELECT DISTINCT substr(stream, 11)::uuid, person FROM events, pg_temp.parties_in(type, data::jsonb) AS person
WHERE stream LIKE 'complaint-%' AND type IN ('AllegationAdded', 'AllegationAmended', 'StaffImplicated',
  'InterimSuspensionImposed', 'EvidenceSubmitted', 'DisclosureMade', 'ResponseReceived', 'AccuracyCheckCompleted',
  'ProgressUpdateSent', 'OutsideContactRecorded', 'ComplaintWithdrawn', 'EntryCorrected');
INSERT INTO hearing_named
SELECT DISTINCT substr(stream, 9)::uuid, person FROM events, pg_temp.parties_in(type, data::jsonb) AS person
WHERE stream LIKE 'hearing-%' AND type IN ('NoticeServed', 'CompanionNominated', 'PostponementRequested', 'EntryCorrected');
DROP FUNCTION pg_temp.parties_in;
`;

/** Nobody who was named is taken away again. */
const TELL_NAMED = `${TELL_PEOPLE}
  INSERT INTO case_named (case_id, person)
  SELECT (j->>'id')::uuid, person
  FROM unnest(rows, parsed) AS given(r, j), string_to_table(split_part(r, E'\\n', 3), ' ') AS person
  ON CONFLICT DO NOTHING;`;

const HEARINGS = `
CREATE OR REPLACE FUNCTION upsert_hearings(rows text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  files text[] := ARRAY(SELECT split_part(r, E'\\n', 1) FROM unnest(rows) AS r);
  -- Each row is parsed once: in a subquery it would be parsed anew for every column.
  parsed jsonb[] := ARRAY(SELECT f::jsonb FROM unnest(files) AS f);
BEGIN
  INSERT INTO hearings (id, version, kind, status, starts_at, detail)
  SELECT (j->>'id')::uuid, (j->>'version')::int, j->>'kind', j->>'status', (j->>'startsAt')::timestamptz, f
  FROM unnest(files, parsed) AS given(f, j)
  ON CONFLICT (id) DO UPDATE SET
    version = excluded.version, kind = excluded.kind, status = excluded.status, starts_at = excluded.starts_at,
    detail = excluded.detail;

  -- Which cases a hearing hears is fixed by its request.
  INSERT INTO hearing_cases (hearing_id, case_id)
  SELECT (j->>'id')::uuid, c::uuid
  FROM unnest(parsed) AS j, jsonb_array_elements_text(j->'complaintIds') AS c
  ON CONFLICT DO NOTHING;

  INSERT INTO hearing_named (hearing_id, person)
  SELECT (j->>'id')::uuid, person
  FROM unnest(rows, parsed) AS given(r, j), string_to_table(split_part(r, E'\\n', 2), ' ') AS person
  ON CONFLICT DO NOTHING;
END $$;
`;

const HIDDEN = `
CREATE VIEW audit.hidden_things AS
SELECT cases || ARRAY(SELECT hearing_id FROM hearing_cases WHERE case_id = ANY (cases)) AS things FROM audit.hidden;
COMMENT ON VIEW audit.hidden_things IS 'The cases that whoever asks must not see, and the hearings that hear any of them.';
`;

/** Asked once by a statement, not for each row. */
const HIDDEN_THINGS = '((SELECT things FROM audit.hidden_things)::uuid[])';

const PARTIES = `
  AND (e.stream NOT LIKE 'party-%'
    OR NOT EXISTS (SELECT FROM named_parties p WHERE p.person = substr(e.stream, 7) AND p.thing = ANY ${HIDDEN_THINGS})
    OR EXISTS (SELECT FROM named_parties p WHERE p.person = substr(e.stream, 7) AND p.thing <> ALL ${HIDDEN_THINGS}))`;

export class NamedParties0000000000084 implements MigrationInterface {
  readonly name = 'NamedParties0000000000084';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [TABLES, FROM_EVENTS, upsertCases(TELL_NAMED), HEARINGS, HIDDEN, actsOfPerson(PARTIES)])
      await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(upsertCases(TELL_PEOPLE));
    await runner.query(UPSERT_HEARINGS.replace('CREATE FUNCTION', 'CREATE OR REPLACE FUNCTION'));
    await new QuestionsOfParties0000000000072().up(runner);
    await runner.query('DROP VIEW audit.hidden_things, named_parties; DROP TABLE case_named, hearing_named');
  }
}
