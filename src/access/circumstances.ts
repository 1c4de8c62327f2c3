import { Inject, Injectable } from '@nestjs/common';
import { dayIn } from '../clocks/days.js';
import { timeAndActor, type TimeAndActor } from '../clocks/surroundings.slice.js';
import type { Command } from '../event-store/command.js';
import type { Circumstances } from '../event-store/decider.js';
import type { Told } from '../event-store/told.js';
import type { Occurred } from '../event-store/event.js';
import { PartyQueries } from '../parties/party.queries.js';
import { Clock } from '../platform/clock.js';

export interface Situation {
  readonly circumstances: Circumstances;
  readonly occurred: Occurred;
}

/** What is true around somebody who only looks. */
export type Onlooking = Pick<Circumstances, 'actorParties' | 'today' | 'on' | 'now'>;

/** What is true around every decision: who acts, what day it is, and when the act happened. */
@Injectable()
export class Situations {
  constructor(
    @Inject(Clock) private readonly clock: Clock,
    @Inject(PartyQueries) private readonly parties: PartyQueries,
  ) {}

  async around(command: Command, own: Told<unknown>): Promise<Situation> {
    const actorParties = await this.parties.ofStaff(command.envelope.actor.id);
    const { circumstances, occurred } = this.timeAndActor(command, own);
    return { circumstances: { actorParties, ...circumstances }, occurred };
  }

  async seenBy(staffId: string): Promise<Onlooking> {
    const now = this.clock.now();
    const today = dayIn(now, this.clock.zone);
    return { actorParties: await this.parties.ofStaff(staffId), today, on: today, now };
  }

  /** `occurred` of the envelope, or `stated` by the act itself, or now. */
  timeAndActor(command: Command, own: Told<unknown>, stated?: Occurred): TimeAndActor {
    return timeAndActor(this.clock, command, own, stated);
  }
}
