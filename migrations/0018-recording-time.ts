import type { MigrationInterface, QueryRunner } from 'typeorm';
import { APPEND_BATCH } from './event-store/append-batch.js';
import { APPEND_ONE } from './event-store/append-one.js';

/** What the database takes for now when it records: the one place, so that its owner can replay what happened on other days. */
const RECORDING_TIME = `
CREATE FUNCTION recording_time() RETURNS timestamptz LANGUAGE sql VOLATILE AS 'SELECT clock_timestamp()';
GRANT EXECUTE ON FUNCTION recording_time TO redress_app;`;

const REPLACED = [APPEND_BATCH, APPEND_ONE].map((procedure) =>
  procedure.replace('CREATE PROCEDURE', 'CREATE OR REPLACE PROCEDURE'),
);

export class RecordingTime0000000000018 implements MigrationInterface {
  readonly name = 'RecordingTime0000000000018';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(RECORDING_TIME);
    for (const procedure of REPLACED) await runner.query(procedure);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const procedure of REPLACED)
      await runner.query(procedure.replace('recording_time()', 'clock_timestamp()'));
    await runner.query('DROP FUNCTION recording_time');
  }
}
