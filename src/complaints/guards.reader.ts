import { Inject, Injectable } from '@nestjs/common';
import type { Command } from '../event-store/command.js';
import { PartyQueries } from '../parties/party.queries.js';
import { INTAKE } from '../reminders/recipients.js';
import { Addresses } from '../reminders/addresses.js';
import { Clock } from '../platform/clock.js';
import { CONFIG, type Config } from '../platform/config.js';
import { StaffQueries } from '../staff/staff.queries.js';
import { leftOn, onlyFor } from './complaint.confidential.js';
import { barredFrom, type Guarding } from './complaint.context.js';
import type { Complaint } from './complaint.state.js';

/** What is around a case that is restricted or sealed, or is about to be. */
@Injectable()
export class Guards {
  constructor(
    @Inject(StaffQueries) private readonly staff: StaffQueries,
    @Inject(PartyQueries) private readonly parties: PartyQueries,
    @Inject(Addresses) private readonly addresses: Addresses,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async around({ act, input, envelope: { actor } }: Command, state: Complaint): Promise<Guarding> {
    const today = this.clock.today();
    const { people = [] } = input as { readonly people?: readonly string[] };
    const [heirs, notEnrolled] = await Promise.all([
      this.free(state, today),
      act === 'RestrictCase' ? this.notEnrolledOf(people) : [],
    ]);
    const heard = act !== 'BreakGlass' || (await this.isHeard(state, today, heirs, actor.id));
    return { heirs, notEnrolled, heard, glassHours: this.config.REDRESS_BREAK_GLASS_HOURS };
  }

  /** Whether one of those who are told of a broken glass can be written to. */
  private async isHeard(
    state: Complaint,
    today: string,
    heads: readonly string[],
    by: string,
  ): Promise<boolean> {
    const named = state.phase === 'absent' ? [] : (leftOn(state, today) ?? []);
    const told = [...heads, ...named].filter((each) => each !== by);
    // Where there is none of them, whoever reads the intake's mail is.
    const all = await Promise.all([...told, INTAKE].map((each) => this.addresses.of(each)));
    return all.some((address) => address !== undefined);
  }

  /** Heads of casework who have no part in it. */
  private async free(state: Complaint, today: string): Promise<readonly string[]> {
    if (state.phase === 'absent' || onlyFor(state, { today }) === undefined) return [];
    const barred = barredFrom(state);
    const heads = await this.staff.holders('casework-head');
    const people = await Promise.all(heads.map((each) => this.parties.person(each)));
    return people
      .filter(({ id, parties, alsoAs }) => ![id, ...parties, ...alsoAs].some((each) => barred.includes(each)))
      .map(({ id }) => id);
  }

  private async notEnrolledOf(people: readonly string[]): Promise<readonly string[]> {
    const ids = await Promise.all(people.map((each) => this.staff.idOf(each)));
    return people.filter((_, index) => ids[index] === undefined);
  }
}
