import { Inject, Injectable } from '@nestjs/common';
import { KnownThen, type CaseThen } from '../audit/known-then.reader.js';
import { isOpenOn } from '../clocks/ages.js';
import { PolicyBook } from '../clocks/policy.queries.js';
import { RuleBroken } from '../event-store/errors.js';
import { Clock } from '../platform/clock.js';
import { BacklogQueries } from './backlog.queries.js';
import {
  backlogOf,
  questionOf,
  type BacklogRequest,
  type BacklogView,
  type OpenCases,
} from './backlog-view.js';

const OLDEST = 10;

const inOrder = (one: string, other: string): number => (one < other ? -1 : Number(one > other));

/** Ties by source id, as text. */
const oldestFirst = (one: CaseThen, other: CaseThen): number =>
  inOrder(one.receivedOn, other.receivedOn) ||
  inOrder(one.source?.id ?? one.reference, other.source?.id ?? other.reference) ||
  inOrder(one.reference, other.reference);

/** The backlog on a day: with what is known now from the read rows, with what was known then from the events. */
@Injectable()
export class Backlog {
  constructor(
    @Inject(BacklogQueries) private readonly queries: BacklogQueries,
    @Inject(KnownThen) private readonly knownThen: KnownThen,
    @Inject(PolicyBook) private readonly policies: PolicyBook,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Errors: InvalidInput `as-of-in-future`, RuleBroken `unknown-calendar`, `unknown-source`. */
  async on(asked: BacklogRequest): Promise<BacklogView> {
    const { calendar } = this.policies;
    const question = questionOf(asked, { today: this.clock.today(), calendar });
    const { asOf, source, basis } = question;
    const open =
      basis === 'known-now' ? await this.queries.openOn(asOf, source) : await this.openThen(asOf, source);
    if (source !== undefined && open.oldest.length === 0 && !(await this.queries.isSource(source)))
      throw new RuleBroken(
        'unknown-source',
        `No case was imported from a register ${source}. Give the name that its mapping gives it.`,
      );
    return backlogOf(question, open);
  }

  private async openThen(asOf: string, source: string | undefined): Promise<OpenCases> {
    const cases = await this.knownThen.casesBy(asOf);
    const open = cases.filter(
      (each) => isOpenOn(each, asOf) && (source === undefined || each.source?.name === source),
    );
    return {
      buckets: open.map(({ receivedOn }) => ({ receivedOn, open: 1 })),
      oldest: open
        .toSorted(oldestFirst)
        .slice(0, OLDEST)
        .map(({ reference, source: from, receivedOn }) => ({
          reference,
          sourceId: from?.id ?? null,
          receivedOn,
        })),
    };
  }
}
