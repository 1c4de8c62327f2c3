import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { everything } from '../access/sight.js';
import { Sealing } from '../event-store/sealing.js';
import { PartyQueries } from '../parties/party.queries.js';
import { CONFIG, type Config } from '../platform/config.js';
import { StaffQueries } from '../staff/staff.queries.js';

const address = z.email();
const addressIn = (text: string | undefined): string | undefined => address.safeParse(text).data;

/** Where somebody is told: at the organisation's webhook, or by mail. `isTheirs`: false of the intake's in place of one not known. */
export type Address =
  { readonly by: 'webhook' } | { readonly by: 'mail'; readonly to: string; readonly isTheirs: boolean };

/**
 * Where a member of staff is told: through the webhook where they arranged so and there is one. Else by mail: to the address of
 * the party that they were identified as; else to the staff reference itself, where the identity provider makes references of
 * addresses; else to REDRESS_INTAKE_MAIL.
 */
@Injectable()
export class Addresses {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(PartyQueries) private readonly parties: PartyQueries,
    @Inject(StaffQueries) private readonly staff: StaffQueries,
    @Inject(Sealing) private readonly sealing: Sealing,
  ) {}

  async of(staffRef: string): Promise<Address | undefined> {
    if (this.config.REDRESS_WEBHOOK_URL) {
      const { by } = (await this.staff.roster()).arrangementOf(staffRef);
      if (by === 'webhook') return { by };
    }
    const theirs = await this.mailOf(staffRef);
    const to = theirs ?? this.config.REDRESS_INTAKE_MAIL;
    return to === undefined ? undefined : { by: 'mail', to, isTheirs: theirs !== undefined };
  }

  private async mailOf(staffRef: string): Promise<string | undefined> {
    const ids = await this.parties.ofStaff(staffRef);
    const parties = await this.sealing.open(
      await Promise.all(ids.map((id) => this.parties.one(id, everything))),
    );
    const known = parties.map(({ email }) => addressIn(email)).find((email) => email !== undefined);
    return known ?? addressIn(staffRef);
  }
}
