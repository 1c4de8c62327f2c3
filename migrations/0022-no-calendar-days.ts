import type { MigrationInterface, QueryRunner } from 'typeorm';
import { CALENDAR_DAYS } from './0012-calendars.js';

/** Nothing ever wrote or read it: ages are counted by the calendars in the engine, from the dates that SQL groups. */
export class NoCalendarDays0000000000022 implements MigrationInterface {
  readonly name = 'NoCalendarDays0000000000022';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE calendar_days');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(CALENDAR_DAYS);
  }
}
