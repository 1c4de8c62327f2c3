import { Inject, Injectable } from '@nestjs/common';
import { Situations } from '../access/circumstances.js';
import { Sights } from '../access/sights.js';
import { PolicyBook } from '../clocks/policy.queries.js';
import { CaseSight } from '../complaints/case-sight.reader.js';
import { ComplaintCommand } from '../complaints/complaint.command.js';
import { complaint } from '../complaints/complaint.js';
import { ComplaintSlice } from '../complaints/complaint.slice.js';
import type { Complaint } from '../complaints/complaint.state.js';
import { HearingSight } from '../complaints/hearing-sight.reader.js';
import type { ReadRow } from '../event-store/append.js';
import type { Command } from '../event-store/command.js';
import { noneOf } from '../event-store/decider.js';
import { Desk, type Gathered, type Seen, type Slice } from '../event-store/desk.js';
import type { Told } from '../event-store/told.js';
import { party } from '../parties/party.js';
import { PartyQueries } from '../parties/party.queries.js';
import { resolution } from '../resolutions/resolution.js';
import type { Resolution } from '../resolutions/resolution.state.js';
import type { HeardCase, HearingContext } from './hearing.context.js';
import type { HearingEvent } from './hearing.events.js';
import { hearing } from './hearing.js';
import { hearingRow } from './hearing.projection.js';
import { toldToCases, type ToldToCases } from './hearing.told.js';
import { known, type Hearing } from './hearing.state.js';

interface Input {
  readonly complaintIds?: readonly string[];
  readonly members?: readonly { readonly staffId: string }[];
  readonly present?: readonly string[];
  readonly companionRef?: string;
  readonly appealIds?: readonly string[];
}

interface Companion {
  readonly standing: HearingContext['companion'];
  readonly unchanged: readonly Told<unknown>[];
}

/**
 * What surrounds a decision about a hearing. Every case that it hears is read and asserted unchanged, so that a case is
 * never closed in the same moment; what matters to a case is also entered in its own stream.
 */
@Injectable()
export class HearingSlice implements Slice<Hearing, HearingContext, HearingEvent> {
  readonly decider = hearing;
  readonly row: (id: string, version: number, state: Hearing) => ReadRow = hearingRow;

  constructor(
    @Inject(Desk) private readonly desk: Desk,
    @Inject(Situations) private readonly situations: Situations,
    @Inject(PolicyBook) private readonly policies: PolicyBook,
    @Inject(PartyQueries) private readonly parties: PartyQueries,
    @Inject(ComplaintSlice) private readonly complaints: ComplaintSlice,
    @Inject(CaseSight) private readonly sight: CaseSight,
    @Inject(HearingSight) private readonly hearings: HearingSight,
    @Inject(Sights) private readonly sights: Sights,
  ) {}

  /** With any of the cases that it hears. */
  hides({ envelope }: Command, { state }: Told<Hearing>): Promise<boolean> {
    return this.hearings.hides(state, envelope.actor.id);
  }

  async gather(command: Command, own: Told<Hearing, HearingEvent>): Promise<Gathered<HearingContext>> {
    const input = command.input as Input;
    const { circumstances, occurred } = await this.situations.around(command, own);
    const complaintIds =
      own.state.phase === 'absent' ? (input.complaintIds ?? []) : known(own.state).complaintIds;
    const complaints = await Promise.all(complaintIds.map((id) => this.caseFor(command, id, own.state)));
    const staff = [...(input.members ?? []).map(({ staffId }) => staffId), ...(input.present ?? [])];
    const decided = input.appealIds === undefined ? [] : await this.resolutions(complaints);
    const companion = await this.companion(input.companionRef, circumstances.actor.id);
    const others = staff.length === 0 ? [] : await this.otherHearings(command.id, complaints);
    return {
      context: {
        ...circumstances,
        cases: await Promise.all(
          complaints.map(({ state }, index) => this.heard(complaintIds[index] ?? '', state)),
        ),
        people: await Promise.all(staff.map((id) => this.parties.person(id))),
        appeals: decided.flatMap(({ state }) => (state.phase === 'absent' ? [] : state.appeals)),
        otherHearings: others.map(({ state }) => state),
        companion: companion.standing,
      },
      occurred,
      subject: `hearing:${command.id}`,
      unchanged: [...complaints, ...others, ...decided, ...companion.unchanged],
      also: this.told(command, toldToCases(command.act, command.id, own.state), complaintIds),
    };
  }

  /** For the question what may be done to it: asked of the decider, on the streams that it decides on. */
  async seenBy(staffId: string, id: string): Promise<Seen<Hearing, HearingContext>> {
    const { state } = await this.desk.load(hearing, id);
    const ids = state.phase === 'absent' ? [] : state.complaintIds;
    const [moment, ...cases] = await Promise.all([
      this.situations.seenBy(staffId),
      ...ids.map((each) => this.heardNow(each)),
    ]);
    return { state, context: { ...moment, cases } };
  }

  private async caseFor(command: Command, id: string, { phase }: Hearing): Promise<Told<Complaint>> {
    const { id: staffId } = command.envelope.actor;
    const told = await this.desk.load(complaint, id);
    const state =
      phase === 'absent'
        ? await this.sight.seenBy(staffId, told.state)
        : await this.sight.stillSeenBy(staffId, told.state, noneOf(hearing, command.id));
    return { ...told, state };
  }

  private async heardNow(complaintId: string): Promise<HeardCase> {
    const { state } = await this.desk.load(complaint, complaintId);
    return this.heard(complaintId, state);
  }

  private async heard(complaintId: string, state: Complaint): Promise<HeardCase> {
    const rules = await this.policies.ofCase(state);
    return { complaintId, complaint: state, procedure: rules?.policy.procedure };
  }

  /** Who is brought along, and that they must not be erased meanwhile. */
  private async companion(id: string | undefined, staffId: string): Promise<Companion> {
    const isSeen = id !== undefined && (await this.parties.isSeen(id, await this.sights.ofActor(staffId)));
    if (!isSeen) return { standing: 'unknown', unchanged: [] };
    const told = await this.desk.load(party, id);
    const isErased = told.state.phase === 'open' && told.state.erased === true;
    return { standing: isErased ? 'erased' : 'registered', unchanged: [told] };
  }

  private otherHearings(own: string, complaints: readonly Told<Complaint>[]): Promise<Told<Hearing>[]> {
    const ids = complaints.flatMap(({ state }) => (state.phase === 'absent' ? [] : state.hearings));
    const others = [...new Set(ids)].filter((id) => id !== own);
    return Promise.all(others.map((id) => this.desk.load(hearing, id)));
  }

  private resolutions(complaints: readonly Told<Complaint>[]): Promise<Told<Resolution>[]> {
    const ids = complaints.flatMap(({ state }) => (state.phase === 'absent' ? [] : state.resolutions));
    return Promise.all(ids.map((id) => this.desk.load(resolution, id)));
  }

  private told({ envelope }: Command, told: ToldToCases | undefined, complaintIds: readonly string[]) {
    if (!told) return [];
    const { once: _, expectedVersion: __, ...around } = envelope;
    return complaintIds.map((complaintId) =>
      this.desk.part(this.complaints, new ComplaintCommand(told.act, complaintId, told.input, around)),
    );
  }
}
