import { Inject, Injectable } from '@nestjs/common';
import { KnownThen } from '../audit/known-then.reader.js';
import { dayIn } from '../clocks/days.js';
import { PolicyBook } from '../clocks/policy.queries.js';
import type { PolicySet } from '../clocks/policy-set.js';
import type { KnownComplaint } from '../complaints/complaint.state.js';
import { References } from '../complaints/reference.queries.js';
import { InvalidInput, NotFound } from '../event-store/errors.js';
import { Clock } from '../platform/clock.js';
import { fileOn, type CaseParts, type CaseView } from './case-file.js';
import { CaseFileQueries } from './case-file.queries.js';

/** The file that people see, and what rules say of the case as it stands. */
interface CaseRead {
  readonly file: CaseView;
  readonly complaint: KnownComplaint;
  readonly policy: PolicySet | undefined;
}

/** One case in full: as it stands, from the read rows; as it was known at an instant, from the events recorded by then. */
@Injectable()
export class CaseReader {
  constructor(
    @Inject(CaseFileQueries) private readonly queries: CaseFileQueries,
    @Inject(KnownThen) private readonly knownThen: KnownThen,
    @Inject(References) private readonly references: References,
    @Inject(PolicyBook) private readonly policies: PolicyBook,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** `name` is an id or a reference. Errors: NotFound, InvalidInput `as-of-in-future`. */
  async one(name: string, asOf: string | undefined): Promise<CaseRead> {
    const today = this.clock.today();
    const day = asOf === undefined ? today : dayIn(asOf, this.clock.zone);
    if (day > today)
      throw new InvalidInput(
        'as-of-in-future',
        `${asOf} is in the future; nobody knows what will be recorded by then.`,
      );
    const id = await this.references.idOf(name);
    const parts = asOf === undefined ? await this.queries.parts(id) : await this.partsThen(id, name, asOf);
    const policy = await this.policies.load(parts.row.policySet);
    const { calendar } = this.policies;
    const policyCalendar = this.policies.calendarOf(policy);
    return { file: fileOn(parts, day, { calendar, policy, policyCalendar }), complaint: parts.row, policy };
  }

  private async partsThen(id: string, name: string, asOf: string): Promise<CaseParts> {
    const then = await this.knownThen.rowsOf(id, asOf);
    if (!then) throw new NotFound('case', `${name} that had been recorded by ${asOf}`);
    return {
      lastActivityOn: then.lastActivityOn,
      row: JSON.parse(then.row) as CaseParts['row'],
      hearings: then.hearings.map((text) => JSON.parse(text) as CaseParts['hearings'][number]),
      resolutions: then.resolutions.map((text) => JSON.parse(text) as CaseParts['resolutions'][number]),
    };
  }
}
