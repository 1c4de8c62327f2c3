import { Inject, Injectable } from '@nestjs/common';
import { PolicyBook } from '../clocks/policy.queries.js';
import type { Rules } from '../clocks/reckoned-by.js';
import { complaint } from '../complaints/complaint.js';
import type { KnownComplaint } from '../complaints/complaint.state.js';
import { Desk } from '../event-store/desk.js';
import { barredFromHeard, type HeardCase } from '../hearings/hearing.context.js';
import { hearing } from '../hearings/hearing.js';
import { known as knownHearing } from '../hearings/hearing.state.js';
import { PartyQueries } from '../parties/party.queries.js';
import { resolution } from '../resolutions/resolution.js';
import { known as knownResolution } from '../resolutions/resolution.state.js';
import type { Decided, HearingDeadline } from './hearing-ladder.js';
import { remindersOf } from './hearing-seats.js';
import type { Seat } from './recipients.js';

/** The deadlines that a case has from its hearings, by what their own streams say now. */
@Injectable()
export class HearingDeadlines {
  constructor(
    @Inject(Desk) private readonly desk: Desk,
    @Inject(PolicyBook) private readonly policies: PolicyBook,
    @Inject(PartyQueries) private readonly parties: PartyQueries,
  ) {}

  async of(
    complaintNow: KnownComplaint,
    rules: Rules,
    today: string,
  ): Promise<readonly (HearingDeadline & Seat)[]> {
    const decided = complaintNow.hearings.length === 0 ? [] : await this.decided(complaintNow);
    const found = complaintNow.hearings.map(async (id) => {
      const { listing, ...file } = knownHearing((await this.desk.load(hearing, id)).state);
      const cases = await Promise.all(file.complaintIds.map((each) => this.heard(each)));
      const staff = await this.parties.staffAmong([...barredFromHeard({ cases }), ...file.recused]);
      const together = { complaint: complaintNow, rules, cases, decided, staff };
      return remindersOf({ id, ...file, ...listing }, together, today);
    });
    return (await Promise.all(found)).flat();
  }

  private decided({ resolutions }: KnownComplaint): Promise<Decided[]> {
    return Promise.all(
      resolutions.map(async (id) => knownResolution((await this.desk.load(resolution, id)).state)),
    );
  }

  private async heard(complaintId: string): Promise<HeardCase> {
    const { state } = await this.desk.load(complaint, complaintId);
    const rules = await this.policies.ofCase(state);
    return { complaintId, complaint: state, procedure: rules?.policy.procedure };
  }
}
