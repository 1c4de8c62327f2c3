import type { MigrationInterface, QueryRunner } from 'typeorm';

const PUSHES = `
-- How far checkpoints were taken off this host, by each way there is; whoever moves its next turn takes it.
CREATE TABLE checkpoint_pushes (
  way text COLLATE "C" PRIMARY KEY,
  size bigint NOT NULL DEFAULT 0,
  next_at timestamptz NOT NULL,
  failing_since timestamptz
);
COMMENT ON COLUMN checkpoint_pushes.size IS 'How many events the checkpoint covers that was taken last.';
GRANT SELECT, INSERT, UPDATE ON checkpoint_pushes TO redress_app;
`;

export class CheckpointPushes0000000000050 implements MigrationInterface {
  readonly name = 'CheckpointPushes0000000000050';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(PUSHES);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE checkpoint_pushes');
  }
}
