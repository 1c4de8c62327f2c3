import type { MigrationInterface, QueryRunner } from 'typeorm';
import { UPSERT_REMINDERS as BEFORE } from './0016-recurring-deadlines.js';

const SNOOZES = `
-- Who put off the reminders of which deadline, and until when.
CREATE TABLE reminder_snoozes (
  case_id uuid NOT NULL,
  deadline text COLLATE "C" NOT NULL,
  due_on date NOT NULL,
  recipient text COLLATE "C" NOT NULL,
  until date NOT NULL,
  PRIMARY KEY (case_id, deadline, due_on, recipient)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON reminder_snoozes TO redress_app;

CREATE INDEX reminders_by_recipient ON reminders (recipient, id);
`;

export const UPSERT_REMINDERS = `${BEFORE.slice(0, BEFORE.lastIndexOf('END $$;'))}
  INSERT INTO reminder_snoozes (case_id, deadline, due_on, recipient, until)
  SELECT (j->>'caseId')::uuid, e->>'deadline', (e->>'dueOn')::date, e->>'recipient', (e->>'until')::date
  FROM unnest(parsed) AS j, jsonb_array_elements(j->'snoozes') AS e
  ON CONFLICT (case_id, deadline, due_on, recipient) DO UPDATE SET until = excluded.until;
END $$;
`;

export class ReminderSnoozes0000000000034 implements MigrationInterface {
  readonly name = 'ReminderSnoozes0000000000034';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [SNOOZES, UPSERT_REMINDERS]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(BEFORE);
    await runner.query('DROP INDEX reminders_by_recipient; DROP TABLE reminder_snoozes');
  }
}
