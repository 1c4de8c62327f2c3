import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Acts of people after an entry of one of these types took them off the case; as migration 0043 has it, but for the types. */
const actedAfter = (types: readonly string[]): string => `
CREATE OR REPLACE VIEW audit.acted_after_recusal AS
SELECT a.position, r.case_id, r.reference, r.person, a.recorded_at, a.type,
  min(r.position) AS recused_at, array_agg(DISTINCT r.position) || a.position AS positions
FROM (
  SELECT e.case_id, e.reference, e.stream, e.type, e.position, coalesce((
    SELECT c.data::json->>'new' FROM events c
    WHERE c.stream = e.stream AND c.type = 'EntryCorrected' AND c.data::json->>'eventId' = e.event_id::text
      AND c.data::json->'path'->>0 = 'staffId' ORDER BY c.position DESC LIMIT 1
  ), e.data::json->>'staffId') AS person
  FROM audit.case_events e WHERE e.type IN (${types.map((type) => `'${type}'`).join(', ')})
) AS r
-- Case by case: recusals are few.
CROSS JOIN LATERAL (
  SELECT * FROM audit.case_events e
  WHERE e.case_id = r.case_id AND e.actor_id = r.person AND e.position > r.position
    AND (r.type <> 'PanelMemberRecused' OR e.stream = r.stream) OFFSET 0
) AS a
GROUP BY a.position, r.case_id, r.reference, r.person, a.recorded_at, a.type;
`;

const RECUSALS = ['HandlerRecused', 'ConflictDeclared', 'PanelMemberRecused'];

/** Whoever turns out to be a party must act no more than whoever was recused. */
export class ActedAfterImplication0000000000076 implements MigrationInterface {
  readonly name = 'ActedAfterImplication0000000000076';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(actedAfter([...RECUSALS, 'StaffImplicated']));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(actedAfter(RECUSALS));
  }
}
