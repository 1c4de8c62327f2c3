import type { MigrationInterface, QueryRunner } from 'typeorm';

/** As migration 0043 has views for the questions about events: these have the number of a look in the place of positions. */
const QUESTIONS = `
CREATE VIEW audit.who_looked AS
SELECT max(l.look) AS look, l.case_id, c.reference, l.actor_id AS person, max(l.at) AS recorded_at,
  array_agg(DISTINCT l.actor_role) AS roles, count(*) AS looks, array_agg(DISTINCT l.question) AS asked,
  array_agg(DISTINCT l.door) AS doors, min(l.at) AS first_recorded_at
FROM looks l LEFT JOIN cases c ON c.id = l.case_id WHERE l.case_id IS NOT NULL
GROUP BY l.case_id, c.reference, l.actor_id;

CREATE VIEW audit.who_looked_at_party AS
SELECT max(look) AS look, NULL::uuid AS case_id, NULL::text AS reference, thing AS party_id, actor_id AS person,
  max(at) AS recorded_at, array_agg(DISTINCT actor_role) AS roles, count(*) AS looks, array_agg(DISTINCT question) AS asked,
  array_agg(DISTINCT door) AS doors, min(at) AS first_recorded_at
FROM looks WHERE kind = 'party' GROUP BY thing, actor_id;

CREATE VIEW audit.looks_of_person AS
SELECT l.look, l.case_id, c.reference, l.actor_id AS person, l.at AS recorded_at, l.actor_role AS role, l.question AS asked,
  l.kind, l.thing, l.door, l.request_id, l.reason
FROM looks l LEFT JOIN cases c ON c.id = l.case_id;

GRANT SELECT ON audit.who_looked, audit.who_looked_at_party, audit.looks_of_person TO redress_app, redress_auditor;
`;

export class LookQuestions0000000000062 implements MigrationInterface {
  readonly name = 'LookQuestions0000000000062';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(QUESTIONS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP VIEW audit.who_looked, audit.who_looked_at_party, audit.looks_of_person');
  }
}
