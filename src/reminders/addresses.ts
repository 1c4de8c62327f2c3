import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { Sealing } from '../event-store/sealing.js';
import { PartyQueries } from '../parties/party.queries.js';
import { CONFIG, type Config } from '../platform/config.js';

const address = z.email();
const addressIn = (text: string | undefined): string | undefined => address.safeParse(text).data;

/**
 * Where a member of staff is written to: the mail address of the party that they were identified as; else the staff
 * reference itself, where the identity provider makes references of addresses; else REDRESS_INTAKE_MAIL.
 */
@Injectable()
export class Addresses {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(PartyQueries) private readonly parties: PartyQueries,
    @Inject(Sealing) private readonly sealing: Sealing,
  ) {}

  async of(staffRef: string): Promise<string | undefined> {
    const ids = await this.parties.ofStaff(staffRef);
    const parties = await this.sealing.open(await Promise.all(ids.map((id) => this.parties.one(id))));
    const known = parties.map(({ email }) => addressIn(email)).find((email) => email !== undefined);
    return known ?? addressIn(staffRef) ?? this.config.REDRESS_INTAKE_MAIL;
  }
}
