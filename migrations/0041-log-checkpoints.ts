import type { MigrationInterface, QueryRunner } from 'typeorm';

const CHECKPOINTS = `
-- What signs and what signed; never removed, so that whatever was signed once can be verified.
CREATE TABLE log_keys (
  key text COLLATE "C" PRIMARY KEY,
  first_used_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON COLUMN log_keys.key IS 'The public key as C2SP signed-note writes it: name+id+base64.';

CREATE TABLE log_checkpoints (
  size bigint NOT NULL,
  key text COLLATE "C" NOT NULL REFERENCES log_keys,
  note text NOT NULL,
  made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (size, key)
);
COMMENT ON COLUMN log_checkpoints.size IS 'How many events the log held: its last position.';
GRANT SELECT, INSERT ON log_keys, log_checkpoints TO redress_app;
`;

export class LogCheckpoints0000000000041 implements MigrationInterface {
  readonly name = 'LogCheckpoints0000000000041';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CHECKPOINTS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE log_checkpoints, log_keys');
  }
}
