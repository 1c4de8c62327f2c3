import type { MigrationInterface, QueryRunner } from 'typeorm';

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
-- From now on its lag can be told, also where nothing follows.
INSERT INTO checkpoints (follower, position) VALUES ('case-activity', 0);

-- The primary key finds the hearings of a case; an act of a hearing concerns each of its cases.
CREATE INDEX hearing_cases_by_hearing ON hearing_cases (hearing_id);
`;

export class CaseActivity0000000000010 implements MigrationInterface {
  readonly name = 'CaseActivity0000000000010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ACTIVITY);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX hearing_cases_by_hearing; DROP TABLE case_activity;
      DELETE FROM checkpoints WHERE follower = 'case-activity'`);
  }
}
