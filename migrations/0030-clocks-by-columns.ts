import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a new rule makes of a page of cases, in columns: rows that are there are updated. As texts that appends bring they would be
 * parsed, and each tried as a new row first, which costs half as much again.
 */
export const MOVE_CLOCKS = `
CREATE FUNCTION move_case_clocks(cases uuid[], lines text[], next_due date[],
  cases_of uuid[], keys text[], occurrences int[], due date[], met date[], helds boolean[])
RETURNS void LANGUAGE plpgsql
-- Few rows of large tables: found one by one through indexes, whatever the statistics said when that was planned.
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
  UPDATE case_clocks SET next_due_on = told.next_due_on, reckoned_by = told.reckoned_by
  FROM unnest(cases, lines, next_due) AS told(id, reckoned_by, next_due_on) WHERE case_id = told.id;

  DELETE FROM deadlines WHERE case_id = ANY (cases)
    AND (case_id, key, occurrence) NOT IN (SELECT * FROM unnest(cases_of, keys, occurrences));
  UPDATE deadlines AS old SET due_on = told.due_on, met_on = told.met_on, held = told.held
  FROM unnest(cases_of, keys, occurrences, due, met, helds) AS told(id, key, occurrence, due_on, met_on, held)
  WHERE old.case_id = told.id AND old.key = told.key AND old.occurrence = told.occurrence
    AND (old.due_on, old.met_on, old.held) IS DISTINCT FROM (told.due_on, told.met_on, told.held);
  INSERT INTO deadlines (case_id, key, occurrence, due_on, met_on, held, live)
  SELECT id, key, occurrence, due_on, met_on, held, true
  FROM unnest(cases_of, keys, occurrences, due, met, helds) AS told(id, key, occurrence, due_on, met_on, held)
  WHERE (id, key, occurrence) NOT IN (
    SELECT case_id, known.key, known.occurrence FROM deadlines AS known WHERE case_id = ANY (cases));
END $$;
`;

export class ClocksByColumns0000000000030 implements MigrationInterface {
  readonly name = 'ClocksByColumns0000000000030';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(MOVE_CLOCKS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION move_case_clocks');
  }
}
