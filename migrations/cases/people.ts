/**
 * Who must not see which case, written with the case itself: its parties by their ids, and the staff who declared a
 * conflict or were recused by their references. Which member of staff a party is stands in `parties`.
 */
export const PEOPLE = `
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

-- Whom a case names without their being a side: who gave evidence, a companion, whoever wrote from outside, a side of before
-- that an entry was corrected about. Whoever must not see what names a party must not see the party.
CREATE TABLE case_named (
  case_id uuid NOT NULL,
  person text COLLATE "C" NOT NULL,
  PRIMARY KEY (case_id, person)
);
CREATE INDEX case_named_by_person ON case_named (person, case_id);
GRANT SELECT, INSERT, UPDATE, DELETE ON case_people, case_named TO redress_app;
`;

export const CONFIDENTIAL = `
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

export const UPSERT_PEOPLE = `
CREATE FUNCTION upsert_case_people(files jsonb[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  -- Parties come and go: an allegation is amended, an entry corrected.
  DELETE FROM case_people AS old USING unnest(files) AS j
  WHERE old.case_id = (j->>'id')::uuid AND old.person NOT IN (SELECT people_of_case(j));
  INSERT INTO case_people (case_id, person)
  SELECT (j->>'id')::uuid, person FROM unnest(files) AS j, people_of_case(j) AS person
  ON CONFLICT DO NOTHING;

  -- Nothing of it goes away again, so rows are only added and told anew.
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
  ON CONFLICT (opening_id) DO UPDATE SET reviewed_by = excluded.reviewed_by, finding = excluded.finding;
END $$;
`;
