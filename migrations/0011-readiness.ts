import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The server, which has no owner's rights, can tell whether the schema is up to date. */
export class Readiness0000000000011 implements MigrationInterface {
  readonly name = 'Readiness0000000000011';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('GRANT SELECT ON migrations TO redress_app');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('REVOKE SELECT ON migrations FROM redress_app');
  }
}
