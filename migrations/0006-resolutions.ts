import type { MigrationInterface, QueryRunner } from 'typeorm';
import { readRows } from './event-store/read-rows.js';

const RESOLUTIONS = `
CREATE TABLE resolutions (
  id uuid PRIMARY KEY,
  version int NOT NULL,
  case_id uuid NOT NULL,
  kind text NOT NULL,
  status text NOT NULL,
  detail text NOT NULL
);
CREATE INDEX resolutions_of_case ON resolutions (case_id, id);
CREATE INDEX resolutions_by_status ON resolutions (status, id);
${readRows('resolutions', 'id', {
  id: "(j->>'id')::uuid",
  version: "(j->>'version')::int",
  case_id: "(j->>'complaintId')::uuid",
  kind: "j->>'kind'",
  status: "j->>'status'",
  detail: 'r',
})}`;

export class Resolutions0000000000006 implements MigrationInterface {
  readonly name = 'Resolutions0000000000006';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(RESOLUTIONS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION upsert_resolutions; DROP TABLE resolutions');
  }
}
