import type { MigrationInterface, QueryRunner } from 'typeorm';

const JOINS = ['enable_seqscan', 'enable_hashjoin', 'enable_mergejoin'];

/** Few rows of large tables: they are found one by one through indexes, whatever the statistics said when that was planned. */
export class ClocksByIndex0000000000024 implements MigrationInterface {
  readonly name = 'ClocksByIndex0000000000024';

  async up(runner: QueryRunner): Promise<void> {
    // A function keeps its plans for as long as the session lasts, so it must not depend on who calls it first.
    const settings = JOINS.map((setting) => `SET ${setting} = off`).join(' ');
    await runner.query(`ALTER FUNCTION upsert_case_clocks(text[]) ${settings}`);
    // A page in the order of due dates is fifty rows of an index: workers take longer to start than it takes.
    await runner.query('ALTER TABLE case_clocks SET (parallel_workers = 0)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER FUNCTION upsert_case_clocks(text[]) RESET ALL');
    await runner.query('ALTER TABLE case_clocks RESET (parallel_workers)');
  }
}
