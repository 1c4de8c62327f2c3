import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How often a reminder did not get away so far, why, and when it is tried again: kept with its claim, and as little worth after a crash. */
export class FailedAttempts0000000000080 implements MigrationInterface {
  readonly name = 'FailedAttempts0000000000080';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE reminder_claims ADD COLUMN failures int NOT NULL DEFAULT 0,
      ADD COLUMN reason text, ADD COLUMN again_at timestamptz`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE reminder_claims DROP COLUMN failures, DROP COLUMN reason, DROP COLUMN again_at',
    );
  }
}
