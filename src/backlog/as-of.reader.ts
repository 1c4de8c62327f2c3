import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import type { Knowledge } from '../audit/known-then.reader.js';
import { Moments } from '../audit/moments.reader.js';
import { PolicyBook } from '../clocks/policy.queries.js';
import { catchUp, type Follower } from '../event-store/followers.js';
import { Clock } from '../platform/clock.js';
import { POOL } from '../platform/database.js';
import { caseVersions } from './case-versions.follower.js';
import type { Basis, Moment } from './moment.js';

/** Longer than anybody waits at a door; on the command line the question waits for as long as it takes. */
const AT_A_DOOR = 20_000;

/**
 * Moments of the past, and what was kept for questions about them: brought up to date by whoever asks, so that no answer
 * is silently old.
 */
@Injectable()
export class AsOf extends Moments {
  private readonly follower: Follower;
  private patience = AT_A_DOOR;

  constructor(
    @Inject(POOL) pool: Pool,
    @Inject(PolicyBook) policies: PolicyBook,
    @Inject(Clock) clock: Clock,
  ) {
    super(pool, clock);
    this.follower = caseVersions(policies);
  }

  /** The same for somebody who waits. */
  static patient(pool: Pool, policies: PolicyBook, clock: Clock): AsOf {
    const asOf = new AsOf(pool, policies, clock);
    asOf.patience = Infinity;
    return asOf;
  }

  /** The same position, when all until there was followed. Errors: Unavailable `still-following`. */
  async followed(position: number): Promise<number> {
    await catchUp(this.pool, this.follower, position, this.patience);
    return position;
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
