import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What was uploaded, not what was submitted: no event stands behind it, so it is kept like the bytes themselves, and removed
 * with them when the key of its case is destroyed.
 */
const DOCUMENTS = `
CREATE TABLE documents (
  id uuid PRIMARY KEY,
  case_id uuid NOT NULL,
  address text COLLATE "C" NOT NULL,
  sha256 text COLLATE "C" NOT NULL,
  size bigint NOT NULL,
  name text NOT NULL,
  uploaded_by text NOT NULL,
  uploaded_at timestamptz NOT NULL,
  UNIQUE (case_id, address)
);
COMMENT ON COLUMN documents.name IS 'Sealed under the key of the case.';
COMMENT ON COLUMN documents.sha256 IS 'Of the plain bytes, as evidence cites it.';
CREATE INDEX documents_of_case ON documents (case_id, id);
GRANT SELECT, INSERT, UPDATE (address), DELETE ON documents TO redress_app;
`;

export class Documents0000000000007 implements MigrationInterface {
  readonly name = 'Documents0000000000007';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(DOCUMENTS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE documents');
  }
}
