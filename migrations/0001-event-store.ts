import type { MigrationInterface, QueryRunner } from 'typeorm';
import { APPEND_BATCH } from './event-store/append-batch.js';
import { APPEND_ONE } from './event-store/append-one.js';
import { makeRole, NOTHING_FOR_EVERYBODY } from './event-store/roles.js';
import { ERASURE, RETIREMENT, SUBJECT_KEYS } from './event-store/subject-keys.js';
import { IMMUTABILITY, KEPT_RECORDS, RECORDING_TIME, TABLES } from './event-store/tables.js';

export class EventStore0000000000001 implements MigrationInterface {
  readonly name = 'EventStore0000000000001';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [makeRole('redress_app'), NOTHING_FOR_EVERYBODY, TABLES, IMMUTABILITY, KEPT_RECORDS])
      await runner.query(sql);
    for (const sql of [SUBJECT_KEYS, RETIREMENT, ERASURE, RECORDING_TIME, APPEND_BATCH, APPEND_ONE])
      await runner.query(sql);
  }

  async down(): Promise<void> {
    throw new Error('The event store is never dropped: history is not rewritten.');
  }
}
