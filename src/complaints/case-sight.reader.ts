import { Inject, Injectable } from '@nestjs/common';
import { isHouse } from '../event-store/schema.js';
import type { Refusal } from '../event-store/errors.js';
import { PartyQueries } from '../parties/party.queries.js';
import { Clock } from '../platform/clock.js';
import { isRestrictedFrom, isSealedFrom, type Guard } from './complaint.confidential.js';
import { partiesOf } from './complaint.context.js';
import { absent, type Complaint, type KnownComplaint } from './complaint.state.js';

/** What somebody who acts sees of a case, by its own stream: `Sights` tells the same of the read tables to whoever asks. */
@Injectable()
export class CaseSight {
  constructor(
    @Inject(PartyQueries) private readonly parties: PartyQueries,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** `past`: what hides nothing from this act. */
  async hides(complaint: Complaint, staffId: string, past: readonly Guard[] = []): Promise<boolean> {
    // The house itself does what the clock asks for, such as the end of retention.
    if (complaint.phase === 'absent' || isHouse(staffId)) return false;
    if (await this.isRecused(complaint, staffId)) return true;
    const moment = { today: this.clock.today(), now: this.clock.now() };
    if (!past.includes('seal') && isSealedFrom(complaint, staffId, moment)) return true;
    if (!past.includes('restriction') && isRestrictedFrom(complaint, staffId, moment)) return true;
    const parties = partiesOf(complaint);
    if (parties.length === 0) return false;
    const own = await this.parties.ofStaff(staffId);
    return parties.some((party) => own.includes(party));
  }

  /** Under whichever of their references. */
  private async isRecused(complaint: KnownComplaint, staffId: string): Promise<boolean> {
    if (complaint.recused.length === 0) return false;
    const names = [staffId, ...(await this.parties.alsoKnownAs(staffId))];
    return names.some((each) => complaint.recused.includes(each));
  }

  /** The case of something that is there already: `none` is thrown when it was hidden only now. */
  async stillSeenBy(staffId: string, complaint: Complaint, none: Refusal): Promise<Complaint> {
    if (await this.hides(complaint, staffId)) throw none;
    return complaint;
  }

  /** The case, or none at all for somebody who must not know of it. */
  async seenBy(staffId: string, complaint: Complaint): Promise<Complaint> {
    return (await this.hides(complaint, staffId)) ? absent : complaint;
  }
}
