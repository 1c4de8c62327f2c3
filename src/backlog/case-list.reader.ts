import { Inject, Injectable } from '@nestjs/common';
import type { Sight } from '../access/sight.js';
import { InvalidInput } from '../event-store/errors.js';
import type { Page } from '../platform/page.js';
import { AsOf } from './as-of.reader.js';
import type { CaseListRequest } from './case-list.js';
import type { CaseSummary } from './case-view.js';
import { CaseQueries } from './case.queries.js';
import { knowledgeIn } from './list-statement.js';

/** The case list: as cases stand, or as they stood at a moment of the past. */
@Injectable()
export class CaseList {
  constructor(
    @Inject(CaseQueries) private readonly queries: CaseQueries,
    @Inject(AsOf) private readonly asOf: AsOf,
  ) {}

  /** Errors: InvalidInput `bad-cursor`, `as-of-in-future`, `not-as-of`, Unavailable `still-following`. */
  async page(asked: CaseListRequest, sight: Sight): Promise<Page<CaseSummary>> {
    if (asked.asOf === undefined) return this.queries.page(asked, sight);
    if (asked.quietSince !== undefined)
      throw new InvalidInput(
        'not-as-of',
        'Which cases were quiet in the past is not kept. Ask for quietSince without asOf.',
      );
    const moment = this.asOf.moment(asked.asOf);
    // What is recorded while somebody pages through the list is not in it.
    const known = knowledgeIn(asked) ?? (await this.asOf.knowledge(moment, asked.basis));
    return this.queries.page(asked, sight, { day: moment.day, known });
  }
}
