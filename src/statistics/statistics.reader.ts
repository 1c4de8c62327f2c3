import { Inject, Injectable } from '@nestjs/common';
import type { Sight } from '../access/sight.js';
import { AsOf } from '../backlog/as-of.reader.js';
import { PolicyBook } from '../clocks/policy.queries.js';
import { InvalidInput } from '../event-store/errors.js';
import type { OpenGround } from '../platform/ground.js';
import { periodsIn } from './periods.js';
import { statisticsOf, type StatisticsRequest, type StatisticsView } from './statistics-view.js';
import { StatisticsQueries } from './statistics.queries.js';

/** Figures for publication, pinned to a position of the log. */
@Injectable()
export class Statistics {
  constructor(
    @Inject(StatisticsQueries) private readonly queries: StatisticsQueries,
    @Inject(AsOf) private readonly asOf: AsOf,
  ) {}

  /** Errors: InvalidInput `periods-unusable`, `as-of-in-future`, `unknown-position`, Unavailable `still-following`. */
  async of(asked: StatisticsRequest, sight: Sight): Promise<StatisticsView> {
    this.asOf.moment(asked.to);
    const periods = periodsIn(asked.from, asked.to, asked.period);
    const position = await this.asOf.followed(await this.position(asked.asKnown));
    const rows = await this.queries.rows(position, asked.source, periods, sight);
    return statisticsOf(asked, position, periods, rows);
  }

  private async position(asKnown: string | undefined): Promise<number> {
    const head = await this.asOf.head();
    if (asKnown === undefined) return head;
    if (!/^\d+$/.test(asKnown)) return this.asOf.positionAt(this.asOf.moment(asKnown));
    if (Number(asKnown) > head)
      throw new InvalidInput(
        'unknown-position',
        `The log ends at position ${head}. Give that or an earlier one.`,
      );
    return Number(asKnown);
  }
}

/** For the command line, which waits for as long as it takes. */
export const statisticsOn = ({
  pool,
  config,
  clock,
}: Pick<OpenGround, 'pool' | 'config' | 'clock'>): Statistics =>
  new Statistics(new StatisticsQueries(pool), AsOf.patient(pool, new PolicyBook(pool, config), clock));
