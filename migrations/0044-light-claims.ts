import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A claim is worth nothing after a crash, so none is waited for on disk: it was a third of what a delivery waits for. */
export class LightClaims0000000000044 implements MigrationInterface {
  readonly name = 'LightClaims0000000000044';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE reminder_claims SET UNLOGGED');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE reminder_claims SET LOGGED');
  }
}
