import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Takes somebody off a case. */
const LEAVING = `('HandlerRecused', 'ConflictDeclared', 'StaffImplicated')`;

/**
 * As migration 0095 has it, but that what was recorded with any leaving, a declared conflict or a recusal too, is no act after it: off
 * the panels, and handed on.
 */
const ACTED_AFTER = `
CREATE OR REPLACE VIEW audit.acted_after_recusal AS
SELECT a.position, r.case_id, r.reference, r.person, a.recorded_at, a.type,
  min(r.position) AS recused_at, array_agg(DISTINCT r.position) || a.position AS positions
FROM (
  SELECT e.case_id, e.reference, e.stream, e.type, e.position, coalesce((
    SELECT c.data::json->>'new' FROM events c
    WHERE c.stream = e.stream AND c.type = 'EntryCorrected' AND c.data::json->>'eventId' = e.event_id::text
      AND c.data::json->'path'->>0 = 'staffId' ORDER BY c.position DESC LIMIT 1
  ), e.data::json->>'staffId') AS person
  FROM audit.case_events e
  WHERE e.type IN ('HandlerRecused', 'ConflictDeclared', 'PanelMemberRecused', 'StaffImplicated')
) AS r
-- Case by case: recusals are few.
CROSS JOIN LATERAL (
  SELECT * FROM audit.case_events e
  WHERE e.case_id = r.case_id AND e.actor_id = r.person AND e.position > r.position
    AND (r.type <> 'PanelMemberRecused' OR e.stream = r.stream) OFFSET 0
) AS a
WHERE a.type <> 'StaffImplicated' AND (a.type NOT IN ('PanelMemberRecused', 'CaseRestricted') OR NOT EXISTS (
  SELECT FROM events s
  WHERE s.type IN ${LEAVING} AND s.correlation_id = a.correlation_id AND s.stream IN (
    SELECT 'complaint-' || a.case_id
    UNION ALL SELECT 'complaint-' || h.case_id FROM hearing_cases h
    WHERE h.hearing_id = CASE WHEN a.stream LIKE 'hearing-%' THEN substr(a.stream, 9)::uuid END)))
GROUP BY a.position, r.case_id, r.reference, r.person, a.recorded_at, a.type;
`;

export class ActedAfterLeaving0000000000096 implements MigrationInterface {
  readonly name = 'ActedAfterLeaving0000000000096';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ACTED_AFTER);
  }

  /** It corrects what the view says, and takes nothing from whoever goes back: it stays. */
  async down(): Promise<void> {}
}
