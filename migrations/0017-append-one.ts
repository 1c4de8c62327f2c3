import type { MigrationInterface, QueryRunner } from 'typeorm';
import { APPEND_ONE } from './event-store/append-one.js';

export class AppendOne0000000000017 implements MigrationInterface {
  readonly name = 'AppendOne0000000000017';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(APPEND_ONE);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP PROCEDURE append_one');
  }
}
