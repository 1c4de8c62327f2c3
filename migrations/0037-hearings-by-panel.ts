import type { MigrationInterface, QueryRunner } from 'typeorm';

/** At which hearings somebody sits, for their calendar feed. */
export class HearingsByPanel0000000000037 implements MigrationInterface {
  readonly name = 'HearingsByPanel0000000000037';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE INDEX hearings_by_panel ON hearings USING gin (((detail::jsonb)->'panel') jsonb_path_ops)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX hearings_by_panel');
  }
}
