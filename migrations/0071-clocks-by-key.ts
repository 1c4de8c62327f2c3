import type { MigrationInterface, QueryRunner } from 'typeorm';
import { MOVE } from './0045-missed-cases.js';

/**
 * Deadlines that a case has no more, or not yet, are looked for in the cases alone whose set of deadlines changed, and by
 * key. As migrations 0030 and 0045 had it, a list of all that a page's cases have was hashed while the table was small, and walked
 * from its start for each deadline once the planner thought it large.
 */
const BY_KEY = `
DROP FUNCTION move_case_clocks;
CREATE FUNCTION move_case_clocks(cases uuid[], lines text[], next_due date[],
  cases_of uuid[], keys text[], occurrences int[], due date[], met date[], helds boolean[], reshaped uuid[])
RETURNS void LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
  UPDATE case_clocks SET next_due_on = told.next_due_on, reckoned_by = told.reckoned_by, late = false
  FROM unnest(cases, lines, next_due) AS told(id, reckoned_by, next_due_on) WHERE case_id = told.id;

  DELETE FROM deadlines WHERE case_id = ANY (reshaped)
    AND (case_id, key, occurrence) NOT IN (SELECT * FROM unnest(cases_of, keys, occurrences));
  UPDATE deadlines AS old SET due_on = told.due_on, met_on = told.met_on, held = told.held
  FROM unnest(cases_of, keys, occurrences, due, met, helds) AS told(id, key, occurrence, due_on, met_on, held)
  WHERE old.case_id = told.id AND old.key = told.key AND old.occurrence = told.occurrence
    AND (old.due_on, old.met_on, old.held) IS DISTINCT FROM (told.due_on, told.met_on, told.held);
  INSERT INTO deadlines (case_id, key, occurrence, due_on, met_on, held, live)
  SELECT id, key, occurrence, due_on, met_on, held, true
  FROM unnest(cases_of, keys, occurrences, due, met, helds) AS told(id, key, occurrence, due_on, met_on, held)
  WHERE id = ANY (reshaped) AND NOT EXISTS (SELECT FROM deadlines AS known
    WHERE known.case_id = told.id AND known.key = told.key AND known.occurrence = told.occurrence);

  UPDATE case_clocks SET late = true FROM unnest(cases_of, due, met) AS told(id, due_on, met_on)
  WHERE case_id = told.id AND told.met_on > told.due_on AND NOT late;
END $$;
`;

export class ClocksByKey0000000000071 implements MigrationInterface {
  readonly name = 'ClocksByKey0000000000071';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(BY_KEY);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION move_case_clocks');
    await runner.query(MOVE);
  }
}
