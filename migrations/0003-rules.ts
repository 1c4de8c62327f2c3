import type { MigrationInterface, QueryRunner } from 'typeorm';
import { readRows } from './event-store/read-rows.js';

const POLICIES = `
CREATE TABLE policies (
  key text PRIMARY KEY,
  version int NOT NULL,
  detail text NOT NULL
);
${readRows('policies', 'key', { key: "j->>'key'", version: "(j->>'version')::int", detail: 'r' })}`;

const CALENDARS = `
CREATE TABLE calendars (
  name text COLLATE "C" PRIMARY KEY,
  version int NOT NULL,
  detail text NOT NULL
);
${readRows('calendars', 'name', { name: "j->>'name'", version: "(j->>'version')::int", detail: 'r' })}`;

const RELEASES = `
CREATE TABLE releases (
  id uuid PRIMARY KEY,
  version int NOT NULL,
  detail text NOT NULL
);
${readRows('releases', 'id', { id: "(j->>'id')::uuid", version: "(j->>'version')::int", detail: 'r' })}`;

/** What is counted by: policies and calendars, and the figures that were published. */
export class Rules0000000000003 implements MigrationInterface {
  readonly name = 'Rules0000000000003';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [POLICIES, CALENDARS, RELEASES]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP FUNCTION upsert_policies, upsert_calendars, upsert_releases;
      DROP TABLE policies, calendars, releases`);
  }
}
