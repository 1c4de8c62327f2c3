import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { POOL } from '../platform/database.js';
import { LOG } from '../platform/log.js';

const EVERY_MS = 3_600_000;
/** Whoever stops all workers for this long loses no look: those of later months go to the rest. */
const MONTHS_AHEAD = 3;

/** The worker role: makes the partitions of the months to come, before anybody looks in them. */
@Injectable()
export class LookMonths implements BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(POOL) private readonly pool: Pool,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  async start(): Promise<void> {
    await this.make();
    this.timer = setInterval(() => void this.make(), EVERY_MS);
    this.timer.unref();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private async make(): Promise<void> {
    await this.pool
      .query('SELECT make_look_months($1)', [MONTHS_AHEAD])
      .catch((error: Error) => this.log.error({ reason: error.message }, 'looks: no month was made ahead'));
  }
}
