import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import type { Moment } from '../backlog/moment.js';
import { dayIn, endOfDay, instantAt, isDate } from '../clocks/days.js';
import { InvalidInput } from '../event-store/errors.js';
import { headOf } from '../event-store/loader.js';
import { Clock } from '../platform/clock.js';
import { POOL } from '../platform/database.js';

/** Moments of the past, and what of the log had been recorded by then. */
@Injectable()
export class Moments {
  constructor(
    @Inject(POOL) protected readonly pool: Pool,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** `asOf` is a day, which ends in the organisation's zone, or an instant; now, when absent. Errors: InvalidInput `as-of-in-future`. */
  moment(asOf: string | undefined): Moment {
    const { zone } = this.clock;
    const today = this.clock.today();
    if (asOf === undefined) return { asOf: today, day: today, before: endOfDay(today, zone) };
    const isDay = isDate(asOf);
    const day = isDay ? asOf : dayIn(asOf, zone);
    if (day > today)
      throw new InvalidInput(
        'as-of-in-future',
        `${asOf} is in the future; nobody knows yet what will be then. Give ${today} or an earlier day.`,
      );
    return isDay ? { asOf, day, before: endOfDay(day, zone) } : { asOf, day, until: asOf };
  }

  /** The last position that was recorded by then; 0 when nothing was. */
  async positionAt(moment: Moment): Promise<number> {
    const [limit, by] = 'before' in moment ? [moment.before, '0'] : [moment.until, '1 microsecond'];
    const { rows } = await this.pool.query<{ position: string }>(
      'SELECT position_before($1::timestamptz + $2::interval) AS position',
      [limit, by],
    );
    return Number(rows[0]?.position ?? 0);
  }

  /** The last position that was recorded before a day began in the organisation's zone, or before an instant; 0 when none was. */
  async positionBefore(given: string): Promise<number> {
    const limit = isDate(given) ? instantAt(given, '00:00', this.clock.zone) : given;
    const { rows } = await this.pool.query<{ position: string }>(
      'SELECT position_before($1::timestamptz) AS position',
      [limit],
    );
    return Number(rows[0]?.position ?? 0);
  }

  /** The latest position of the log. */
  head(): Promise<number> {
    return headOf(this.pool);
  }

  /** The same position. Errors: InvalidInput `position-not-reached`. */
  async reached(position: number): Promise<number> {
    const head = await this.head();
    if (position > head)
      throw new InvalidInput(
        'position-not-reached',
        `The log has no position ${position} yet; its latest is ${head}. Give that or an earlier one.`,
      );
    return position;
  }
}
