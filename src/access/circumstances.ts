import { Inject, Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { dayIn } from '../clocks/days.js';
import type { Command } from '../event-store/command.js';
import type { Circumstances } from '../event-store/decider.js';
import type { Told } from '../event-store/desk.js';
import type { Occurred } from '../event-store/event.js';
import { PartyQueries } from '../parties/party.queries.js';
import { Clock } from '../platform/clock.js';

export interface Situation {
  readonly circumstances: Circumstances;
  readonly occurred: Occurred;
}

/** What is true around every decision: who acts, what day it is, and when the act happened. */
@Injectable()
export class Situations {
  constructor(
    @Inject(Clock) private readonly clock: Clock,
    @Inject(PartyQueries) private readonly parties: PartyQueries,
  ) {}

  /** `occurred` of the envelope, or `stated` by the act itself, or now. */
  async around({ envelope, id }: Command, own: Told<unknown>, stated?: Occurred): Promise<Situation> {
    const now = this.clock.now();
    const occurred = stated ?? envelope.occurred ?? { at: now, zone: this.clock.zone };
    const circumstances: Circumstances = {
      id,
      actor: envelope.actor,
      actorParties: await this.parties.ofStaff(envelope.actor.id),
      today: dayIn(now, this.clock.zone),
      on: 'date' in occurred ? occurred.date : dayIn(occurred.at, occurred.zone),
      now,
      history: own.history,
      idFor: () => uuidv7(),
    };
    return { circumstances, occurred };
  }
}
