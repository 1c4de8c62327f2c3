import { Inject, Injectable } from '@nestjs/common';
import { timeAndActor } from '../clocks/surroundings.slice.js';
import { Command, type Envelope } from '../event-store/command.js';
import { Desk, hidesNothing, type Gathered, type Slice } from '../event-store/desk.js';
import type { HearingContext } from '../hearings/hearing.context.js';
import type { HearingEvent } from '../hearings/hearing.events.js';
import { hearing } from '../hearings/hearing.js';
import { hearingRow } from '../hearings/hearing.projection.js';
import { actingPanel, isLive, known, type Hearing } from '../hearings/hearing.state.js';
import { Clock } from '../platform/clock.js';
import type { Complaint } from './complaint.state.js';

/** Somebody who must have no part in a case any more, and why. */
export interface Removed {
  readonly staffId: string;
  readonly reasons: string;
}

class RemovalCommand extends Command {}

/** Where no rule looks around. */
const NOTHING: Omit<HearingContext, keyof ReturnType<typeof timeAndActor>['circumstances']> = {
  actorParties: [],
  cases: [],
  people: [],
  otherHearings: [],
  appeals: [],
  companion: 'unknown',
};

const staysOn = (state: Hearing, { staffId }: Removed): boolean =>
  isLive(state) && actingPanel(known(state)).some((member) => member.staffId === staffId);

/** Takes people off the panels of hearings, in the very append that makes it so. */
@Injectable()
export class Removals {
  private readonly slice: Slice<Hearing, HearingContext, HearingEvent>;

  constructor(
    @Inject(Desk) private readonly desk: Desk,
    @Inject(Clock) clock: Clock,
  ) {
    this.slice = {
      decider: hearing,
      row: hearingRow,
      hides: hidesNothing,
      gather: async (command, own) => {
        const { circumstances, occurred } = timeAndActor(clock, command, own);
        const context = { ...NOTHING, ...circumstances };
        return { context, occurred, subject: `hearing:${command.id}` };
      },
    };
  }

  /** From the hearings of these cases; all of them must stay as they are meanwhile. */
  async fromPanels(
    cases: readonly Complaint[],
    removed: readonly Removed[],
    envelope: Envelope,
  ): Promise<Pick<Gathered<HearingContext>, 'unchanged' | 'also'>> {
    if (removed.length === 0) return {};
    const ids = new Set(cases.flatMap((each) => (each.phase === 'absent' ? [] : each.hearings)));
    const hearings = await Promise.all(
      [...ids].map(async (id) => ({ id, told: await this.desk.load(hearing, id) })),
    );
    return {
      unchanged: hearings.map(({ told }) => told),
      also: hearings.flatMap(({ id, told }) => {
        const members = removed.filter((each) => staysOn(told.state, each));
        return members.length > 0 ? [this.part(id, members, envelope)] : [];
      }),
    };
  }

  /** It happens now, whenever what led to it did. */
  private part(id: string, members: readonly Removed[], { actor, correlationId }: Envelope) {
    const around = { actor, correlationId };
    return this.desk.part(this.slice, new RemovalCommand('RemoveFromPanel', id, { members }, around));
  }
}
