import type { MigrationInterface, QueryRunner } from 'typeorm';

const OPEN = `
-- The order in which open cases are listed by age. Without it an index of all cases is walked, past the whole archive.
CREATE INDEX cases_open_by_age ON cases (received_on, id) WHERE closed_on IS NULL;
`;

export class OpenCasesByAge0000000000019 implements MigrationInterface {
  readonly name = 'OpenCasesByAge0000000000019';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(OPEN);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX cases_open_by_age');
  }
}
