import { Inject, Injectable } from '@nestjs/common';
import { dayIn } from '../clocks/days.js';
import type { Command } from '../event-store/command.js';
import type { Circumstances } from '../event-store/decider.js';
import type { Told } from '../event-store/told.js';
import type { Occurred } from '../event-store/event.js';
import { freshId } from '../event-store/fresh-bytes.js';
import { PartyQueries } from '../parties/party.queries.js';
import { Clock } from '../platform/clock.js';

export interface Situation {
  readonly circumstances: Circumstances;
  readonly occurred: Occurred;
}

/** The same before anybody asked which parties the actor is. */
export interface TimeAndActor {
  readonly circumstances: Omit<Circumstances, 'actorParties'>;
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
  timeAndActor({ envelope, id }: Command, own: Told<unknown>, stated?: Occurred): TimeAndActor {
    const now = this.clock.now();
    const occurred = stated ?? envelope.occurred ?? { at: now, zone: this.clock.zone };
    const happened =
      'date' in occurred
        ? { on: occurred.date, at: undefined }
        : { on: dayIn(occurred.at, occurred.zone), at: occurred.at };
    const circumstances = {
      id,
      actor: envelope.actor,
      today: dayIn(now, this.clock.zone),
      on: happened.on,
      at: happened.at,
      now,
      history: own.history,
      idFor: freshId,
    };
    return { circumstances, occurred };
  }
}
