import { Inject, Injectable } from '@nestjs/common';
import { Situations } from '../access/circumstances.js';
import { PolicyBook } from '../clocks/policy.queries.js';
import { CaseSight } from '../complaints/case-sight.reader.js';
import { ComplaintCommand } from '../complaints/complaint.command.js';
import { complaint } from '../complaints/complaint.js';
import { ComplaintSlice } from '../complaints/complaint.slice.js';
import { absent as noComplaint, type Complaint } from '../complaints/complaint.state.js';
import type { ReadRow } from '../event-store/append.js';
import type { Command } from '../event-store/command.js';
import { noneOf } from '../event-store/decider.js';
import { Desk, type Gathered, type Seen, type Slice } from '../event-store/desk.js';
import type { Told } from '../event-store/told.js';
import { HearingSight } from '../complaints/hearing-sight.reader.js';
import { hearing } from '../hearings/hearing.js';
import type { Hearing } from '../hearings/hearing.state.js';
import { PartyQueries } from '../parties/party.queries.js';
import { hearingFacts, type HearingFacts, type ResolutionContext } from './resolution.context.js';
import type { ResolutionEvent } from './resolution.events.js';
import { resolution } from './resolution.js';
import { resolutionRow } from './resolution.projection.js';
import { standingOf } from './resolution.standing.js';
import { decidersOf, sentBackBy, type Resolution, type SentBack } from './resolution.state.js';

/** What other streams say about a decision; `told` are those that must not have changed. */
interface Around {
  readonly complaint: Complaint;
  readonly hearings: readonly HearingFacts[];
  readonly foundElsewhere: readonly string[];
  readonly sentBackElsewhere: readonly SentBack[];
  readonly decidedElsewhere: readonly string[];
  readonly decidedEarlier: readonly string[];
  readonly begunEarlier: boolean;
  readonly told: readonly Told<unknown>[];
}

const alone = {
  hearings: [],
  foundElsewhere: [],
  sentBackElsewhere: [],
  decidedElsewhere: [],
  decidedEarlier: [],
  begunEarlier: false,
  told: [],
};
const noLists = { hearings: [], resolutions: [], earlierResolutions: undefined };

/** The acts that need to know what was heard and decided elsewhere in the case, and by whom. */
const restOnTheOthers = [
  'MakeFinding',
  'VerifyDecision',
  'VetoDecision',
  'ImposeSanction',
  'OfferRemedy',
  'SubmitForReview',
  'AdmitAppeal',
  'RefuseAppeal',
  'DetermineAppeal',
  'VarySanction',
  'QuashSanction',
  'StaySanction',
];

/** What surrounds a decision about a resolution, for its own commands and for the import. */
@Injectable()
export class ResolutionSlice implements Slice<Resolution, ResolutionContext, ResolutionEvent> {
  readonly decider = resolution;

  constructor(
    @Inject(Desk) private readonly desk: Desk,
    @Inject(Situations) private readonly situations: Situations,
    @Inject(PolicyBook) private readonly policies: PolicyBook,
    @Inject(PartyQueries) private readonly parties: PartyQueries,
    @Inject(ComplaintSlice) private readonly complaints: ComplaintSlice,
    @Inject(CaseSight) private readonly sight: CaseSight,
    @Inject(HearingSight) private readonly hearingSight: HearingSight,
  ) {}

  row(id: string, version: number, state: Resolution): ReadRow {
    return resolutionRow(id, version, state);
  }

  async hides({ envelope }: Command, { state }: Told<Resolution>): Promise<boolean> {
    if (state.phase === 'absent') return false;
    const told = await this.desk.load(complaint, state.complaintId);
    return this.sight.hides(told.state, envelope.actor.id);
  }

  async gather(
    command: Command,
    own: Told<Resolution, ResolutionEvent>,
  ): Promise<Gathered<ResolutionContext>> {
    const { circumstances, occurred } = await this.situations.around(command, own);
    const complaintId = complaintOf(command, own.state);
    const { id: staffId } = circumstances.actor;
    const { told, ...facts } = await this.around(command, complaintId, own.state, staffId);
    return {
      context: {
        ...circumstances,
        ...facts,
        complaint:
          own.state.phase === 'absent'
            ? await this.seenWithHearing(command, facts.complaint)
            : await this.sight.stillSeenBy(staffId, facts.complaint, noneOf(resolution, command.id)),
        people: await this.people(command),
        policy: (await this.policies.ofCase(facts.complaint))?.policy,
      },
      occurred,
      ...(complaintId === undefined ? {} : { subject: `case:${complaintId}` }),
      unchanged: told,
      also: command.act === 'Open' && complaintId !== undefined ? [this.attach(command, complaintId)] : [],
    };
  }

  /** For the question what may be done to it: asked of the decider, on the streams that it decides on. */
  async seenBy(staffId: string, id: string): Promise<Seen<Resolution, ResolutionContext>> {
    const { state } = await this.desk.load(resolution, id);
    const complaintId = state.phase === 'absent' ? undefined : state.complaintId;
    // A finding rests on all there is.
    const asked = { act: 'MakeFinding', id };
    const [moment, { told: _, ...facts }] = await Promise.all([
      this.situations.seenBy(staffId),
      this.around(asked, complaintId, state, staffId),
    ]);
    const rules = await this.policies.ofCase(facts.complaint);
    return { state, context: { ...moment, ...facts, policy: rules?.policy } };
  }

  /** A case that is imported is written in the same append: it is not there to be asked, and nothing is asked of it. */
  private async around(
    { act, id }: Pick<Command, 'act' | 'id'>,
    complaintId: string | undefined,
    state: Resolution,
    staffId: string,
  ): Promise<Around> {
    if (complaintId === undefined || act === 'RecordLegacyResolution')
      return { ...alone, complaint: noComplaint };
    const told = await this.desk.load(complaint, complaintId);
    const lists = told.state.phase === 'absent' || state.phase === 'absent' ? noLists : told.state;
    const rests = restOnTheOthers.includes(act);
    const heard = rests ? await this.hearings(lists.hearings) : [];
    const otherIds = lists.resolutions.filter((each) => each !== id);
    const others = rests ? await this.resolutions(otherIds) : [];
    const isEarlier = (each = ''): boolean => lists.earlierResolutions?.includes(each) === true;
    const earlier = others.filter((_, index) => isEarlier(otherIds[index]));
    return {
      complaint: told.state,
      hearings: await this.facts(lists.hearings, heard, staffId),
      foundElsewhere: others.flatMap(
        (other, index) => standingOf(other.state, isEarlier(otherIds[index])).found,
      ),
      sentBackElsewhere: others.flatMap((other) => sentBackBy(other.state)),
      decidedElsewhere: others.flatMap((other) => decidersOf(other.state)),
      decidedEarlier: earlier.flatMap((other) => decidersOf(other.state)),
      begunEarlier: isEarlier(id),
      told: [told, ...heard, ...others],
    };
  }

  private people({ input }: Command): Promise<ResolutionContext['people'][number][]> {
    const { by = [] } = input as { by?: readonly string[] | string };
    const staff = typeof by === 'string' ? [] : by;
    return Promise.all(staff.map((id) => this.parties.person(id)));
  }

  private async facts(
    ids: readonly string[],
    heard: readonly Told<Hearing>[],
    staffId: string,
  ): Promise<HearingFacts[]> {
    const facts = heard.map(async ({ state }, index) => {
      const hidden = await this.hearingSight.hides(state, staffId);
      return hearingFacts(ids[index] ?? '', state).map((each) => (hidden ? { ...each, hidden } : each));
    });
    return (await Promise.all(facts)).flat();
  }

  /** The case that a resolution is to be of; a hearing that the act names and must not know of is none of its hearings. */
  private async seenWithHearing({ input, envelope }: Command, own: Complaint): Promise<Complaint> {
    const { id: staffId } = envelope.actor;
    const { hearingId } = input as { readonly hearingId?: string };
    const seen = await this.sight.seenBy(staffId, own);
    if (hearingId === undefined || seen.phase === 'absent') return seen;
    const { state } = await this.desk.load(hearing, hearingId);
    if (!(await this.hearingSight.hides(state, staffId))) return seen;
    return { ...seen, hearings: seen.hearings.filter((each) => each !== hearingId) };
  }

  private hearings(ids: readonly string[]): Promise<Told<Hearing>[]> {
    return Promise.all(ids.map((id) => this.desk.load(hearing, id)));
  }

  private resolutions(ids: readonly string[]): Promise<Told<Resolution>[]> {
    return Promise.all(ids.map((id) => this.desk.load(resolution, id)));
  }

  /** With it the case's own stream says which resolutions it has. */
  private attach({ id, envelope }: Command, complaintId: string) {
    const { once: _, expectedVersion: __, ...around } = envelope;
    return this.desk.part(
      this.complaints,
      new ComplaintCommand('AttachResolution', complaintId, { resolutionId: id }, around),
    );
  }
}

const complaintOf = ({ input }: Command, state: Resolution): string | undefined =>
  state.phase === 'absent' ? (input as { complaintId?: string }).complaintId : state.complaintId;
