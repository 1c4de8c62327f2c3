import type { MigrationInterface, QueryRunner } from 'typeorm';
import { BACKLOG_NOW, BACKLOG_THEN } from './backlog/backlog-of-a-day.js';
import { EXTERNAL_VERSIONS, POSITION, VERSIONS } from './backlog/versions.js';

const ACTIVITY = `
-- Kept by a follower, so apart from the rows that appends write.
CREATE TABLE case_activity (
  case_id uuid PRIMARY KEY,
  last_on date NOT NULL,
  last_position bigint NOT NULL
);
COMMENT ON COLUMN case_activity.last_on IS 'The latest day on which a person did something about the case.';
CREATE INDEX case_activity_by_day ON case_activity (last_on, case_id);
GRANT SELECT, INSERT, UPDATE, DELETE ON case_activity TO redress_app;
`;

/** From now on the lag of each can be told, also where nothing follows. */
const CHECKPOINTS = `
INSERT INTO checkpoints (follower, position) VALUES ('case-activity', 0), ('case-versions', 0), ('external-versions', 0);
`;

export class Backlog0000000000008 implements MigrationInterface {
  readonly name = 'Backlog0000000000008';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [ACTIVITY, VERSIONS, EXTERNAL_VERSIONS, CHECKPOINTS]) await runner.query(sql);
    for (const sql of [POSITION, BACKLOG_NOW, BACKLOG_THEN]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP FUNCTION backlog_then, backlog_on, position_before;
      DROP TABLE external_versions, case_misses, case_days, case_versions, case_activity;
      DELETE FROM checkpoints WHERE follower IN ('case-activity', 'case-versions', 'external-versions')`);
  }
}
