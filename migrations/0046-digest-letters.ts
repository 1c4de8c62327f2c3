import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a digest said when it was first to be sent: sent again under its Message-ID it says that and nothing else. */
const LETTERS = `
CREATE TABLE digest_letters (
  recipient text COLLATE "C" NOT NULL,
  day date NOT NULL,
  lines text[] NOT NULL,
  PRIMARY KEY (recipient, day)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON digest_letters TO redress_app;
`;

export class DigestLetters0000000000046 implements MigrationInterface {
  readonly name = 'DigestLetters0000000000046';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(LETTERS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE digest_letters');
  }
}
