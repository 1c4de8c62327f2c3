import type { MigrationInterface, QueryRunner } from 'typeorm';
import { UPSERT_WITH_DIGESTS } from './0038-digests.js';
import { alsoDoing, MARK_MISSED, UPSERT_REMINDERS } from './0045-missed-cases.js';

/** Migration 0045 forgot the days of digests, and what says the same is not written again. */
const UPSERT = alsoDoing(
  UPSERT_WITH_DIGESTS.replace(
    'INSERT INTO missed_deadlines (',
    'INSERT INTO missed_deadlines AS known (',
  ).replace(
    'next_due_on = excluded.next_due_on;',
    `next_due_on = excluded.next_due_on
  WHERE (known.id, known.due_at, known.next_due_on) IS DISTINCT FROM (excluded.id, excluded.due_at, excluded.next_due_on);`,
  ),
  MARK_MISSED,
);

export class RecordWithDigests0000000000047 implements MigrationInterface {
  readonly name = 'RecordWithDigests0000000000047';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UPSERT);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(UPSERT_REMINDERS);
  }
}
