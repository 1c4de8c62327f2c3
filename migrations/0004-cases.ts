import type { MigrationInterface, QueryRunner } from 'typeorm';
import { CLOCKS, DEADLINES, MOVE_CLOCKS, UPSERT_CLOCKS } from './cases/clocks.js';
import { CONFIDENTIAL, PEOPLE, UPSERT_PEOPLE } from './cases/people.js';
import { CASES, GAPS, UPSERT_CASES } from './cases/tables.js';

export class Cases0000000000004 implements MigrationInterface {
  readonly name = 'Cases0000000000004';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [CASES, GAPS, CLOCKS, DEADLINES, PEOPLE, CONFIDENTIAL]) await runner.query(sql);
    for (const sql of [UPSERT_CASES, UPSERT_CLOCKS, MOVE_CLOCKS, UPSERT_PEOPLE]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION upsert_cases, upsert_case_clocks, move_case_clocks, upsert_case_people, people_of_case;
      DROP TABLE case_openings, case_restrictions, case_named, case_people, deadlines, case_clocks, case_gaps, cases;
      DROP SEQUENCE case_references`);
  }
}
