import type { MigrationInterface, QueryRunner } from 'typeorm';

/** As migration 0043 has it: acts of people after an entry of one of these types took them off the case; `but` says which do not count. */
const actedAfter = (types: string, but: string): string => `
CREATE OR REPLACE VIEW audit.acted_after_recusal AS
SELECT a.position, r.case_id, r.reference, r.person, a.recorded_at, a.type,
  min(r.position) AS recused_at, array_agg(DISTINCT r.position) || a.position AS positions
FROM (
  SELECT e.case_id, e.reference, e.stream, e.type, e.position, coalesce((
    SELECT c.data::json->>'new' FROM events c
    WHERE c.stream = e.stream AND c.type = 'EntryCorrected' AND c.data::json->>'eventId' = e.event_id::text
      AND c.data::json->'path'->>0 = 'staffId' ORDER BY c.position DESC LIMIT 1
  ), e.data::json->>'staffId') AS person
  FROM audit.case_events e WHERE e.type IN (${types})
) AS r
-- Case by case: recusals are few.
CROSS JOIN LATERAL (
  SELECT * FROM audit.case_events e
  WHERE e.case_id = r.case_id AND e.actor_id = r.person AND e.position > r.position
    AND (r.type <> 'PanelMemberRecused' OR e.stream = r.stream) OFFSET 0
) AS a
${but}
GROUP BY a.position, r.case_id, r.reference, r.person, a.recorded_at, a.type;
`;

const RECUSALS = `'HandlerRecused', 'ConflictDeclared', 'PanelMemberRecused'`;

/**
 * What follows from a leaving is recorded with it: off the panels, and handed on. Whoever says who a party is may be recused
 * from a case that this takes somebody off, and acts on none by that.
 */
const FOLLOWS = `WHERE a.type <> 'StaffImplicated' AND (a.type NOT IN ('PanelMemberRecused', 'CaseRestricted') OR NOT EXISTS (
  SELECT FROM events s
  WHERE s.type IN ('HandlerRecused', 'ConflictDeclared', 'StaffImplicated') AND s.correlation_id = a.correlation_id
    AND s.stream IN (
      SELECT 'complaint-' || a.case_id
      UNION ALL SELECT 'complaint-' || h.case_id FROM hearing_cases h
      WHERE h.hearing_id = CASE WHEN a.stream LIKE 'hearing-%' THEN substr(a.stream, 9)::uuid END)))`;

/** Whoever turns out to be a party must act no more than whoever was recused. */
export class ActedAfterImplication0000000000076 implements MigrationInterface {
  readonly name = 'ActedAfterImplication0000000000076';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(actedAfter(`${RECUSALS}, 'StaffImplicated'`, FOLLOWS));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(actedAfter(RECUSALS, ''));
  }
}
