import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import type { Sight } from '../access/sight.js';
import { PolicyBook } from '../clocks/policy.queries.js';
import { Clock } from '../platform/clock.js';
import { POOL } from '../platform/database.js';
import type { Page } from '../platform/page.js';
import type { CaseListRequest } from './case-list.js';
import { summaryOn, type CaseFacts, type CaseSummary } from './case-view.js';
import { listCursor, listStatement, walkedPast, type Then } from './list-statement.js';

/** The case list, from the read rows, or from those that tell how cases stood. */
@Injectable()
export class CaseQueries {
  constructor(
    @Inject(POOL) private readonly pool: Pool,
    @Inject(PolicyBook) private readonly policies: PolicyBook,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Errors: InvalidInput `bad-cursor`. */
  async page(asked: CaseListRequest, sight: Sight, then?: Then): Promise<Page<CaseSummary>> {
    const as = then ?? { day: this.clock.today() };
    const among = walkedPast(asked, as.known);
    const walked = among !== undefined && (await this.areMany(among, as.day));
    const { text, values, day } = listStatement(asked, as, { hidden: sight.hidden, walked });
    const { rows } = await this.pool.query<CaseFacts & { rank: string }>(text, [...values]);
    const shown = rows.slice(0, asked.first);
    const last = rows.length > asked.first && shown.at(-1);
    await this.policies.look();
    const { calendar } = this.policies;
    return {
      items: shown.map(({ rank: _, ...facts }) => summaryOn(facts, day, calendar)),
      next: last ? listCursor(asked, last, { day, ...then }) : null,
    };
  }

  /** It only chooses a plan: either way finds the same. */
  private async areMany(among: string, day: string): Promise<boolean> {
    const { rows } = await this.pool.query<{ many: boolean }>(among, [day]);
    return rows[0]?.many ?? false;
  }
}
