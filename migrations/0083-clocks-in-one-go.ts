import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ClocksByKey0000000000071 } from './0071-clocks-by-key.js';

/**
 * A page of cases is locked, looked at and moved by one statement, so nothing is held while the client is busy, and no row of
 * `cases` is written for a lock: the row of `case_clocks` is locked instead, which every append to a case locks too once it
 * has written the case. So whoever has it sees in its next statement whether the case is still the one that was read.
 * The rows of a page are found by one walk through each index, and not by a descent for each row.
 */
const IN_ONE_GO = `
DROP FUNCTION move_case_clocks;
CREATE FUNCTION move_case_clocks(line text, page uuid[], versions int[], lines text[], next_due date[],
  cases_of uuid[], keys text[], occurrences int[], due date[], met date[], helds boolean[], reshaped uuid[])
RETURNS uuid[] LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_nestloop = off SET enable_mergejoin = off AS $$
DECLARE
  left_alone uuid[];
BEGIN
  -- In the order in which an append locks them, so that neither waits for the other in a circle.
  PERFORM FROM case_clocks WHERE case_id = ANY (page) ORDER BY case_id FOR NO KEY UPDATE;
  left_alone := ARRAY(SELECT unnest(page) EXCEPT
    SELECT case_id FROM unnest(page, versions) AS told(id, version)
    JOIN cases AS standing USING (id, version) JOIN case_clocks ON case_id = id
    WHERE standing.id = ANY (page) AND case_id = ANY (page) AND reckoned_by = line);

  UPDATE case_clocks SET next_due_on = told.next_due_on, reckoned_by = told.reckoned_by, late = false
  FROM unnest(page, lines, next_due) AS told(id, reckoned_by, next_due_on)
  WHERE case_id = told.id AND case_id = ANY (page) AND case_id <> ALL (left_alone);

  DELETE FROM deadlines AS old WHERE case_id = ANY (reshaped) AND case_id <> ALL (left_alone)
    AND NOT EXISTS (SELECT FROM unnest(cases_of, keys, occurrences) AS told(id, key, occurrence)
      WHERE told.id = old.case_id AND told.key = old.key AND told.occurrence = old.occurrence);
  UPDATE deadlines AS old SET due_on = told.due_on, met_on = told.met_on, held = told.held
  FROM unnest(cases_of, keys, occurrences, due, met, helds) AS told(id, key, occurrence, due_on, met_on, held)
  WHERE old.case_id = told.id AND old.key = told.key AND old.occurrence = told.occurrence
    AND case_id = ANY (page) AND case_id <> ALL (left_alone)
    AND (old.due_on, old.met_on, old.held) IS DISTINCT FROM (told.due_on, told.met_on, told.held);
  INSERT INTO deadlines (case_id, key, occurrence, due_on, met_on, held, live)
  SELECT id, key, occurrence, due_on, met_on, held, true
  FROM unnest(cases_of, keys, occurrences, due, met, helds) AS told(id, key, occurrence, due_on, met_on, held)
  WHERE id = ANY (reshaped) AND id <> ALL (left_alone) AND NOT EXISTS (SELECT FROM deadlines AS known
    WHERE known.case_id = ANY (reshaped) AND known.case_id = told.id AND known.key = told.key
      AND known.occurrence = told.occurrence);

  UPDATE case_clocks SET late = true WHERE NOT late AND case_id <> ALL (left_alone) AND case_id = ANY (ARRAY(
    SELECT id FROM unnest(cases_of, due, met) AS told(id, due_on, met_on) WHERE met_on > due_on));
  RETURN left_alone;
END $$;
COMMENT ON FUNCTION move_case_clocks IS
  'Answers the cases that it left alone: somebody wrote to them since they were read, or they are reckoned by another line.';
`;

export class ClocksInOneGo0000000000083 implements MigrationInterface {
  readonly name = 'ClocksInOneGo0000000000083';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(IN_ONE_GO);
  }

  async down(runner: QueryRunner): Promise<void> {
    await new ClocksByKey0000000000071().up(runner);
  }
}
