import type { MigrationInterface, QueryRunner } from 'typeorm';
import { UPSERT_CASES } from './0016-recurring-deadlines.js';

const TOLD_ANEW = 'live = excluded.live;';

/** Most commands move no deadline: a row that says the same is not written again. */
export const ONLY_WHAT_CHANGED = UPSERT_CASES.replace(
  TOLD_ANEW,
  `live = excluded.live
  WHERE (deadlines.due_on, deadlines.met_on, deadlines.held, deadlines.live)
    IS DISTINCT FROM (excluded.due_on, excluded.met_on, excluded.held, excluded.live);`,
);

export class UnchangedDeadlines0000000000020 implements MigrationInterface {
  readonly name = 'UnchangedDeadlines0000000000020';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ONLY_WHAT_CHANGED);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(UPSERT_CASES);
  }
}
