import type { MigrationInterface, QueryRunner } from 'typeorm';
import { UPSERT_CLOCKS } from './0023-case-clocks.js';

const CLOCKS = `INSERT INTO case_clocks AS known (case_id, next_due_on, reckoned_by, live)
  SELECT (j->>'id')::uuid, (j->>'nextDueOn')::date, j->>'reckonedBy', (j->>'live')::boolean
  FROM unnest(parsed) AS j`;

export const LINES = `INSERT INTO deadlines (case_id, key, occurrence, due_on, met_on, held, live)
  SELECT (j->>'id')::uuid, d->>'key', (d->>'occurrence')::int, (d->>'dueOn')::date, (d->>'metOn')::date,
    (d->>'held')::boolean, (j->>'live')::boolean
  FROM unnest(parsed) AS j CROSS JOIN LATERAL jsonb_array_elements(j->'deadlines') AS d`;

/** As migration 0024 set them for the function before. */
export const SETTINGS = ['enable_seqscan', 'enable_hashjoin', 'enable_mergejoin']
  .map((name) => `SET ${name} = off`)
  .join(' ');

/** What nobody knew yet needs no look at what was there before, and what says the same is not even locked. */
export const FEWER_LOOKS = `
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
    next_due_on = excluded.next_due_on, reckoned_by = excluded.reckoned_by, live = excluded.live
  WHERE (known.next_due_on, known.reckoned_by, known.live)
    IS DISTINCT FROM (excluded.next_due_on, excluded.reckoned_by, excluded.live);

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

export class FreshClocks0000000000028 implements MigrationInterface {
  readonly name = 'FreshClocks0000000000028';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(FEWER_LOOKS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(UPSERT_CLOCKS.replace('CREATE FUNCTION', 'CREATE OR REPLACE FUNCTION'));
    await runner.query(`ALTER FUNCTION upsert_case_clocks(text[]) ${SETTINGS}`);
  }
}
