import { Inject, Injectable } from '@nestjs/common';
import { PolicyBook } from '../clocks/policy.queries.js';
import { RuleBroken } from '../event-store/errors.js';
import { Clock } from '../platform/clock.js';
import { BacklogQueries } from './backlog.queries.js';
import { backlogOf, questionOf, type BacklogRequest, type BacklogView } from './backlog-view.js';

/** The backlog on a day: with what is known now from the read rows, with what was known then from the events. */
@Injectable()
export class Backlog {
  constructor(
    @Inject(BacklogQueries) private readonly queries: BacklogQueries,
    @Inject(PolicyBook) private readonly policies: PolicyBook,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Errors: InvalidInput `as-of-in-future`, RuleBroken `unknown-calendar`, `unknown-source`, `basis-not-available`. */
  async on(asked: BacklogRequest): Promise<BacklogView> {
    const { calendar } = this.policies;
    const question = questionOf(asked, { today: this.clock.today(), calendar });
    const { asOf, source, basis } = question;
    if (basis === 'known-then')
      throw new RuleBroken(
        'basis-not-available',
        'The backlog as it was known then cannot be told yet. Ask with the basis known-now.',
      );
    const open = await this.queries.openOn(asOf, source);
    if (source !== undefined && open.oldest.length === 0 && !(await this.queries.isSource(source)))
      throw new RuleBroken(
        'unknown-source',
        `No case was imported from a register ${source}. Give the name that its mapping gives it.`,
      );
    return backlogOf(question, open);
  }
}
