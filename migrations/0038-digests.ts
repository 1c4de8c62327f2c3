import type { MigrationInterface, QueryRunner } from 'typeorm';
import { UPSERT_REMINDERS } from './0034-reminder-snoozes.js';

const DIGESTS = `
-- The day of the digest in which a reminder was sent; null where it came by itself.
ALTER TABLE reminders ADD COLUMN digest date;
CREATE INDEX reminders_by_digest ON reminders (digest, recipient) WHERE digest IS NOT NULL;
`;

export const UPSERT_WITH_DIGESTS = UPSERT_REMINDERS.replace(
  'id, state, at, reason)',
  'id, state, at, reason, digest)',
)
  .replace("e->>'state', e->>'at', e->>'reason'", "e->>'state', e->>'at', e->>'reason', (e->>'digest')::date")
  .replace('reason = excluded.reason;', 'reason = excluded.reason, digest = excluded.digest;');

export class Digests0000000000038 implements MigrationInterface {
  readonly name = 'Digests0000000000038';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [DIGESTS, UPSERT_WITH_DIGESTS]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(UPSERT_REMINDERS);
    await runner.query('ALTER TABLE reminders DROP COLUMN digest');
  }
}
