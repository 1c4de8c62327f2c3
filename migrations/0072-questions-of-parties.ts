import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Asked once by a statement, not for each row. */
const HIDDEN_CASES = '((SELECT cases FROM audit.hidden)::uuid[])';

/** A party that stands on hidden cases alone is hidden with them. */
const PARTIES = `
  AND (e.stream NOT LIKE 'party-%'
    OR NOT EXISTS (SELECT FROM case_people p WHERE p.person = substr(e.stream, 7) AND p.case_id = ANY ${HIDDEN_CASES})
    OR EXISTS (SELECT FROM case_people p WHERE p.person = substr(e.stream, 7) AND p.case_id <> ALL ${HIDDEN_CASES}))`;

/** As migration 0058 has it. */
export const actsOfPerson = (parties: string): string => `
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
    await runner.query(actsOfPerson(PARTIES));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(actsOfPerson(''));
  }
}
