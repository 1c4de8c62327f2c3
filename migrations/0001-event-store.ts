import type { MigrationInterface, QueryRunner } from 'typeorm';
import { APPEND_BATCH } from './event-store/append-batch.js';
import { APP_ROLE, GRANTS, IMMUTABILITY, TABLES } from './event-store/tables.js';

export class EventStore0000000000001 implements MigrationInterface {
  readonly name = 'EventStore0000000000001';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [APP_ROLE, TABLES, IMMUTABILITY, APPEND_BATCH, GRANTS]) await runner.query(sql);
  }

  async down(): Promise<void> {
    throw new Error('The event store is never dropped: history is not rewritten.');
  }
}
