import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Asked once by a statement, not for each row. */
const HIDDEN_CASES = '((SELECT cases FROM audit.hidden)::uuid[])';

/** What follows from who somebody is: whoever says it, and may be recused from the case, acts on no case by that. */
const ACTED = `
    AND a.type <> 'StaffImplicated' AND (a.type <> 'PanelMemberRecused' OR NOT EXISTS (
      SELECT FROM hearing_cases h JOIN events s ON s.stream = 'complaint-' || h.case_id
      WHERE h.hearing_id = CASE WHEN a.stream LIKE 'hearing-%' THEN substr(a.stream, 9)::uuid END
        AND s.type = 'StaffImplicated' AND s.correlation_id = a.correlation_id))`;

/** As migration 0043 has it. */
const actedAfterRecusal = (acted: string): string => `
CREATE OR REPLACE VIEW audit.acted_after_recusal AS
SELECT a.position, r.case_id, r.reference, r.person, a.recorded_at, a.type,
  min(r.position) AS recused_at, array_agg(DISTINCT r.position) || a.position AS positions
FROM (
  SELECT e.case_id, e.reference, e.stream, e.type, e.position, coalesce((
    SELECT c.data::json->>'new' FROM events c
    WHERE c.stream = e.stream AND c.type = 'EntryCorrected' AND c.data::json->>'eventId' = e.event_id::text
      AND c.data::json->'path'->>0 = 'staffId' ORDER BY c.position DESC LIMIT 1
  ), e.data::json->>'staffId') AS person
  FROM audit.case_events e WHERE e.type IN ('HandlerRecused', 'ConflictDeclared', 'PanelMemberRecused')
) AS r
-- Case by case: recusals are few.
CROSS JOIN LATERAL (
  SELECT * FROM audit.case_events e
  WHERE e.case_id = r.case_id AND e.actor_id = r.person AND e.position > r.position
    AND (r.type <> 'PanelMemberRecused' OR e.stream = r.stream) OFFSET 0
) AS a
WHERE true${acted}
GROUP BY a.position, r.case_id, r.reference, r.person, a.recorded_at, a.type;
`;

/** A party that stands on hidden cases alone is hidden with them. */
const PARTIES = `
  AND (e.stream NOT LIKE 'party-%'
    OR NOT EXISTS (SELECT FROM case_people p WHERE p.person = substr(e.stream, 7) AND p.case_id = ANY ${HIDDEN_CASES})
    OR EXISTS (SELECT FROM case_people p WHERE p.person = substr(e.stream, 7) AND p.case_id <> ALL ${HIDDEN_CASES}))`;

/** As migration 0058 has it. */
const actsOfPerson = (parties: string): string => `
CREATE OR REPLACE VIEW audit.acts_of_person AS
SELECT e.position, c.id AS case_id, c.reference, e.actor_id AS person, e.recorded_at, e.type, e.stream,
  e.actor_role AS role, e.on_behalf_of, e.occurred_on AS happened_on, ARRAY[e.position] AS positions
FROM events e
LEFT JOIN resolutions r ON r.id = CASE WHEN e.stream LIKE 'resolution-%' THEN substr(e.stream, 12)::uuid END
LEFT JOIN cases c ON c.id = CASE WHEN e.stream LIKE 'complaint-%' OR e.stream LIKE 'deadlines-%'
  THEN substr(e.stream, 11)::uuid ELSE r.case_id END
WHERE coalesce(c.id <> ALL ${HIDDEN_CASES}, true) AND (e.stream NOT LIKE 'hearing-%' OR NOT EXISTS (
  SELECT FROM hearing_cases o
  WHERE o.hearing_id = CASE WHEN e.stream LIKE 'hearing-%' THEN substr(e.stream, 9)::uuid END
    AND o.case_id = ANY ${HIDDEN_CASES}))${parties};
`;

export class QuestionsOfParties0000000000072 implements MigrationInterface {
  readonly name = 'QuestionsOfParties0000000000072';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [actedAfterRecusal(ACTED), actsOfPerson(PARTIES)]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const sql of [actedAfterRecusal(''), actsOfPerson('')]) await runner.query(sql);
  }
}
