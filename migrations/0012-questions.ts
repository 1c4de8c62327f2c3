import type { MigrationInterface, QueryRunner } from 'typeorm';
import {
  BACKDATED,
  CORRECTED,
  EXTENDED_AFTER_MISS,
  HEARING_TO_DECISION,
  OUTSIDE_CONTACTS,
  OVERRIDDEN,
} from './audit/history.js';
import {
  ACTED_AFTER_RECUSAL,
  ACTS_OF_PERSON,
  DECISIONS_BY_PERSON,
  LOOKS,
  WHO_TOUCHED,
} from './audit/people.js';
import { CASE_EVENTS, HIDDEN } from './audit/seen.js';
import { makeRole } from './event-store/roles.js';

/** Found without reading the whole log, and so rare that an append hardly notices. */
const RARE = `
CREATE INDEX events_asked_about ON events (type, position) WHERE type IN ('EntryCorrected', 'DecisionVetoed',
  'AppealDetermined', 'SanctionVaried', 'SanctionQuashed', 'OutsideContactRecorded', 'HandlerRecused', 'ConflictDeclared',
  'PanelMemberRecused', 'DeadlineExtended', 'HearingConcluded');
`;

const GRANTS = `
GRANT USAGE ON SCHEMA audit TO redress_app, redress_auditor;
GRANT SELECT ON audit.who_touched, audit.backdated, audit.corrected, audit.overridden, audit.outside_contacts,
  audit.acted_after_recusal, audit.extended_after_miss, audit.decisions_by_person, audit.hearing_to_decision,
  audit.acts_of_person, audit.who_looked, audit.who_looked_at_party, audit.looks_of_person TO redress_app, redress_auditor;
`;

const OF_HISTORY = [
  BACKDATED,
  CORRECTED,
  OVERRIDDEN,
  OUTSIDE_CONTACTS,
  EXTENDED_AFTER_MISS,
  HEARING_TO_DECISION,
];
const OF_PEOPLE = [WHO_TOUCHED, ACTED_AFTER_RECUSAL, DECISIONS_BY_PERSON, ACTS_OF_PERSON, LOOKS];

/**
 * One view for each question of an auditor. Each row has the position it is about, its case and person where there are such, when
 * that was recorded, and all positions that prove it. Days are those of the session's time zone.
 */
export class Questions0000000000012 implements MigrationInterface {
  readonly name = 'Questions0000000000012';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(makeRole('redress_auditor'));
    await runner.query(`CREATE SCHEMA audit; ${RARE}`);
    for (const sql of [HIDDEN, CASE_EVENTS, ...OF_HISTORY, ...OF_PEOPLE, GRANTS]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP SCHEMA audit CASCADE; DROP INDEX events_asked_about');
  }
}
