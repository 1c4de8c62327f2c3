import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A page in the order of due dates is fifty rows of an index: workers take longer to start than it takes. */
export class ClocksWithoutWorkers0000000000024 implements MigrationInterface {
  readonly name = 'ClocksWithoutWorkers0000000000024';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE case_clocks SET (parallel_workers = 0)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE case_clocks RESET (parallel_workers)');
  }
}
