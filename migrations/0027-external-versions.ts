import type { MigrationInterface, QueryRunner } from 'typeorm';

const VERSIONS = `
-- Kept by a follower: what each record of an observed register held, from one position of the log until another, and from
-- one copy of the register until another. A record that is not there has no row. Text in it stays sealed.
CREATE TABLE external_versions (
  record_id uuid NOT NULL,
  source text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  first_position bigint NOT NULL,
  from_position bigint NOT NULL,
  to_position bigint NOT NULL DEFAULT 9223372036854775807,
  seen_from timestamptz NOT NULL,
  seen_until timestamptz NOT NULL DEFAULT 'infinity',
  detail text NOT NULL,
  PRIMARY KEY (record_id, from_position)
);
COMMENT ON COLUMN external_versions.to_position IS 'The position that changed it; the largest bigint while it stands.';
COMMENT ON COLUMN external_versions.first_position IS 'The position that first had the record, before anything of it changed.';
COMMENT ON COLUMN external_versions.seen_from IS 'When the first copy was taken that showed it so; nobody knows since when it was so.';
-- In the order of a list; what held at a moment is found in the index itself.
CREATE INDEX external_versions_listed
  ON external_versions (source, name, record_id, from_position, to_position, seen_from, seen_until);
GRANT SELECT, INSERT, UPDATE, DELETE ON external_versions TO redress_app;

INSERT INTO checkpoints (follower, position) VALUES ('external-versions', 0);
`;

export class ExternalVersions0000000000027 implements MigrationInterface {
  readonly name = 'ExternalVersions0000000000027';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(VERSIONS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `DROP TABLE external_versions; DELETE FROM checkpoints WHERE follower = 'external-versions'`,
    );
  }
}
