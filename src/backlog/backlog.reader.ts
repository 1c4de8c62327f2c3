import { Inject, Injectable } from '@nestjs/common';
import type { Sight } from '../access/sight.js';
import { PolicyBook } from '../clocks/policy.queries.js';
import { RuleBroken } from '../event-store/errors.js';
import { AsOf } from './as-of.reader.js';
import { BacklogQueries } from './backlog.queries.js';
import {
  backlogOf,
  questionOf,
  type BacklogRequest,
  type BacklogView,
  type OpenCases,
} from './backlog-view.js';
import type { Moment } from './moment.js';

/** The backlog on a day, with what is known now or with what was known then. */
@Injectable()
export class Backlog {
  constructor(
    @Inject(BacklogQueries) private readonly queries: BacklogQueries,
    @Inject(AsOf) private readonly asOf: AsOf,
    @Inject(PolicyBook) private readonly policies: PolicyBook,
  ) {}

  /** Errors: InvalidInput `as-of-in-future`, RuleBroken `unknown-calendar`, `unknown-source`, Unavailable `still-following`. */
  async on(asked: BacklogRequest, sight: Sight): Promise<BacklogView> {
    const moment = this.asOf.moment(asked.asOf);
    await this.policies.look();
    const { calendar } = asked;
    const question = questionOf(
      asked,
      moment,
      calendar === undefined ? this.policies.calendar : this.policies.calendarNamed(calendar),
    );
    const { source, basis } = question;
    const open =
      basis === 'known-now'
        ? await this.queries.openOn(moment.day, source, sight)
        : await this.openThen(moment, source, sight);
    if (source !== undefined && open.oldest.length === 0 && !(await this.queries.isSource(source, sight)))
      throw new RuleBroken(
        'unknown-source',
        `No case was imported from a register ${source}. Give the name that its mapping gives it.`,
      );
    return backlogOf(question, open);
  }

  private async openThen(moment: Moment, source: string | undefined, sight: Sight): Promise<OpenCases> {
    const position = await this.asOf.followed(await this.asOf.positionAt(moment));
    return this.queries.openThen(position, moment.day, source, sight);
  }
}
