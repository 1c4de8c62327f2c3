import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { dayIn, endOfDay, isDate } from '../clocks/days.js';
import { PolicyBook } from '../clocks/policy.queries.js';
import { InvalidInput } from '../event-store/errors.js';
import { catchUp, type Follower } from '../event-store/followers.js';
import { Clock } from '../platform/clock.js';
import { POOL } from '../platform/database.js';
import { caseVersions } from './case-versions.follower.js';
import type { Knowledge } from '../audit/known-then.reader.js';
import type { Basis, Moment } from './moment.js';

/** Longer than anybody waits at a door; on the command line the question waits for as long as it takes. */
const AT_A_DOOR = 20_000;

/**
 * Moments of the past, and what was kept for questions about them: brought up to date by whoever asks, so that no answer
 * is silently old.
 */
@Injectable()
export class AsOf {
  private readonly follower: Follower;
  private patience = AT_A_DOOR;

  constructor(
    @Inject(POOL) private readonly pool: Pool,
    @Inject(PolicyBook) policies: PolicyBook,
    @Inject(Clock) private readonly clock: Clock,
  ) {
    this.follower = caseVersions(policies);
  }

  /** The same for somebody who waits. */
  static patient(pool: Pool, policies: PolicyBook, clock: Clock): AsOf {
    const asOf = new AsOf(pool, policies, clock);
    asOf.patience = Infinity;
    return asOf;
  }

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

  /** The same position, when all until there was followed. Errors: Unavailable `still-following`. */
  async followed(position: number): Promise<number> {
    await catchUp(this.pool, this.follower, position, this.patience);
    return position;
  }

  /** The latest position of the log. */
  async head(): Promise<number> {
    const { rows } = await this.pool.query<{ position: string }>(
      'SELECT coalesce(max(position), 0) AS position FROM events',
    );
    return Number(rows[0]?.position ?? 0);
  }

  /** What counts of a single case at that moment. */
  async known(moment: Moment, basis: Basis): Promise<Knowledge> {
    return basis === 'known-then' ? { position: await this.positionAt(moment) } : { day: moment.day };
  }

  /** What lists of that moment are read from. */
  async knowledge(moment: Moment, basis: Basis): Promise<Knowledge> {
    if (basis === 'known-then') return { position: await this.followed(await this.positionAt(moment)) };
    await this.followed(await this.head());
    return { day: moment.day };
  }
}
