import type { MigrationInterface, QueryRunner } from 'typeorm';
import { FEWER_LOOKS, LINES, SETTINGS } from './0028-fresh-clocks.js';
import { MOVE_CLOCKS } from './0030-clocks-by-columns.js';
import { UPSERT_REMINDERS as BEFORE } from './0034-reminder-snoozes.js';

const onRecord = (caseId: string): string =>
  `EXISTS (SELECT FROM missed_deadlines WHERE case_id = ${caseId})`;

/** Each of the two facts has one writer, so that a command and a sweep that meet at a case overwrite nothing of each other. */
const COLUMNS = `
ALTER TABLE case_clocks ADD COLUMN began_on date, ADD COLUMN ended_on date,
  ADD COLUMN late boolean NOT NULL DEFAULT false, ADD COLUMN on_record boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN case_clocks.began_on IS 'When the case was received, as in cases: the order of lists stands beside what they ask for.';
COMMENT ON COLUMN case_clocks.ended_on IS 'When it was closed, as in cases.';
COMMENT ON COLUMN case_clocks.late IS 'A deadline was met, or the case closed, only after the due day.';
COMMENT ON COLUMN case_clocks.on_record IS 'Something is on record as missed.';
UPDATE case_clocks SET began_on = received_on, ended_on = closed_on, on_record = ${onRecord('id')},
  late = EXISTS (SELECT FROM deadlines d
    WHERE d.case_id = id AND (d.met_on > d.due_on OR (d.met_on IS NULL AND NOT d.held AND closed_on > d.due_on)))
FROM cases WHERE case_id = id;
ALTER TABLE case_clocks ALTER COLUMN began_on SET NOT NULL,
  ADD COLUMN missed boolean GENERATED ALWAYS AS (late OR on_record) STORED;

CREATE INDEX case_clocks_by_missed ON case_clocks (missed, live, began_on, case_id);
CREATE INDEX case_clocks_ended_by_missed ON case_clocks (missed, (began_on - ended_on), case_id) WHERE NOT live;
-- What passed before the sweep has looked: little, however much is overdue.
CREATE INDEX case_clocks_unrecorded ON case_clocks (next_due_on) WHERE live AND NOT missed AND next_due_on IS NOT NULL;
`;

/** The case itself was written just before. */
const CLOCKS = `INSERT INTO case_clocks AS known
    (case_id, next_due_on, reckoned_by, live, began_on, ended_on, late, on_record)
  SELECT c.id, (j->>'nextDueOn')::date, j->>'reckonedBy', (j->>'live')::boolean, c.received_on, c.closed_on,
    jsonb_path_exists(j,
      '$.deadlines[*] ? (@.metOn > @.dueOn || (@.metOn == null && @.held == false && $ended > @.dueOn))',
      jsonb_build_object('ended', c.closed_on)),
    ${onRecord('c.id')}
  FROM unnest(parsed) AS j JOIN cases c ON c.id = (j->>'id')::uuid`;

const UPSERT_CLOCKS = `
CREATE OR REPLACE FUNCTION upsert_case_clocks(rows text[]) RETURNS void LANGUAGE plpgsql ${SETTINGS} AS $$
DECLARE
  -- Each row is parsed once: in a subquery it would be parsed anew for every column.
  parsed jsonb[] := ARRAY(SELECT r::jsonb FROM unnest(rows) AS r);
BEGIN
  IF NOT EXISTS (SELECT FROM unnest(parsed) AS j JOIN case_clocks ON case_id = (j->>'id')::uuid) THEN
    ${CLOCKS};
    ${LINES};
    RETURN;
  END IF;

  ${CLOCKS}
  ON CONFLICT (case_id) DO UPDATE SET
    next_due_on = excluded.next_due_on, reckoned_by = excluded.reckoned_by, live = excluded.live,
    began_on = excluded.began_on, ended_on = excluded.ended_on, late = excluded.late
  WHERE (known.next_due_on, known.reckoned_by, known.live, known.began_on, known.ended_on, known.late)
    IS DISTINCT FROM (excluded.next_due_on, excluded.reckoned_by, excluded.live, excluded.began_on,
      excluded.ended_on, excluded.late);

  -- What a case has no more: it was triaged anew or corrected, or an occurrence was met in time and tells nothing more.
  DELETE FROM deadlines AS old USING unnest(parsed) AS j
  WHERE old.case_id = (j->>'id')::uuid AND NOT EXISTS (
    SELECT FROM jsonb_array_elements(j->'deadlines') AS d
    WHERE d->>'key' = old.key AND (d->>'occurrence')::int = old.occurrence);
  ${LINES}
  LEFT JOIN deadlines AS known
    ON known.case_id = (j->>'id')::uuid AND known.key = d->>'key' AND known.occurrence = (d->>'occurrence')::int
  WHERE known.case_id IS NULL OR (known.due_on, known.met_on, known.held, known.live)
    IS DISTINCT FROM ((d->>'dueOn')::date, (d->>'metOn')::date, (d->>'held')::boolean, (j->>'live')::boolean)
  ON CONFLICT (case_id, key, occurrence) DO UPDATE SET
    due_on = excluded.due_on, met_on = excluded.met_on, held = excluded.held, live = excluded.live;
END $$;
`;

const END = 'END $$;';
/** The same function, which does that too in the end. */
export const alsoDoing = (text: string, more: string): string =>
  `${text.slice(0, text.lastIndexOf(END)).replace('CREATE FUNCTION', 'CREATE OR REPLACE FUNCTION')}${more}\n${END}\n`;

const STAND = 'SET next_due_on = told.next_due_on, reckoned_by = told.reckoned_by';

/** The cases that it is given are open. */
export const MOVE = alsoDoing(
  MOVE_CLOCKS.replace(STAND, `${STAND}, late = false`),
  `  UPDATE case_clocks SET late = true FROM unnest(cases_of, due, met) AS told(id, due_on, met_on)
  WHERE case_id = told.id AND told.met_on > told.due_on AND NOT late;`,
);

export const MARK_MISSED = `
  -- Locked in the order in which a new rule writes them.
  PERFORM FROM case_clocks WHERE NOT on_record AND case_id = ANY (ARRAY(
    SELECT (j->>'caseId')::uuid FROM unnest(parsed) AS j WHERE jsonb_array_length(j->'missed') > 0))
  ORDER BY case_id FOR NO KEY UPDATE;
  IF FOUND THEN
    UPDATE case_clocks SET on_record = true WHERE NOT on_record AND case_id = ANY (ARRAY(
      SELECT (j->>'caseId')::uuid FROM unnest(parsed) AS j WHERE jsonb_array_length(j->'missed') > 0));
  END IF;`;

export const UPSERT_REMINDERS = alsoDoing(BEFORE, MARK_MISSED);

export class MissedCases0000000000045 implements MigrationInterface {
  readonly name = 'MissedCases0000000000045';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [COLUMNS, UPSERT_CLOCKS, MOVE, UPSERT_REMINDERS]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(BEFORE);
    await runner.query(MOVE_CLOCKS.replace('CREATE FUNCTION', 'CREATE OR REPLACE FUNCTION'));
    await runner.query(FEWER_LOOKS);
    await runner.query(`ALTER TABLE case_clocks DROP COLUMN missed, DROP COLUMN late, DROP COLUMN on_record,
      DROP COLUMN began_on, DROP COLUMN ended_on`);
  }
}
