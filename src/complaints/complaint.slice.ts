import { Inject, Injectable } from '@nestjs/common';
import { Situations } from '../access/circumstances.js';
import { policyName } from '../clocks/policy.js';
import { PolicyBook } from '../clocks/policy.queries.js';
import type { Rules } from '../clocks/reckoned-by.js';
import { DocumentQueries } from '../documents/document.queries.js';
import type { ReadRow } from '../event-store/append.js';
import type { Command } from '../event-store/command.js';
import { Desk, type Gathered, type Seen, type Slice } from '../event-store/desk.js';
import type { Occurred } from '../event-store/event.js';
import type { Told } from '../event-store/told.js';
import { CasePeople } from './case-people.reader.js';
import { seenByReview, type Guard } from './complaint.confidential.js';
import { isErased, type ComplaintContext } from './complaint.context.js';
import { deadlinesOf, type CaseDeadline } from './complaint.deadlines.js';
import type { ComplaintEvent } from './complaint.events.js';
import { complaint } from './complaint.js';
import { complaintRow } from './complaint.projection.js';
import { known, type Complaint } from './complaint.state.js';
import { ErasureReader } from './erasure.reader.js';
import { nothingPending, ProceedingsReader } from './proceedings.reader.js';
import { References } from './reference.queries.js';

interface Input {
  readonly receivedOn?: string;
  readonly acknowledgedOn?: string;
  readonly requestedOn?: string;
  readonly complaintId?: string;
  readonly documentId?: string;
}

/** The day that an act states in its own words; it then need not be said around it. */
const statedDay = (
  { act, envelope }: Command,
  { receivedOn, acknowledgedOn, requestedOn }: Input,
): Occurred | undefined => {
  const stated: Readonly<Record<string, string | undefined>> = {
    Acknowledge: acknowledgedOn,
    Escalate: requestedOn,
    AcknowledgeEscalation: acknowledgedOn,
  };
  const date = act in stated ? stated[act] : receivedOn;
  return envelope.occurred === undefined && date !== undefined ? { date } : undefined;
};

const noErasure = { erasure: undefined, unchanged: [] };

/** What somebody may do to a restricted case for which they are not named. */
const pastGuards = ({ act, input, envelope }: Command, state: Complaint): readonly Guard[] => {
  if (act === 'BreakGlass') return ['restriction'];
  if (act !== 'ReviewBreakGlass' || state.phase === 'absent') return [];
  return seenByReview(state, (input as { readonly openingId: string }).openingId, envelope.actor.id);
};

/** Acts that look at the hearings and resolutions of the case, and hold only while those stay as they are. */
const RESTS_ON_PROCEEDINGS: ReadonlySet<string> = new Set([
  'Close',
  'AmendAllegation',
  'WithdrawAllegation',
  'RestrictCase',
  'SealCase',
]);

/** What surrounds a decision about a complaint, for its own commands and for those of others that touch it. */
@Injectable()
export class ComplaintSlice implements Slice<Complaint, ComplaintContext, ComplaintEvent> {
  readonly decider = complaint;

  constructor(
    @Inject(Desk) private readonly desk: Desk,
    @Inject(Situations) private readonly situations: Situations,
    @Inject(PolicyBook) private readonly policies: PolicyBook,
    @Inject(CasePeople) private readonly people: CasePeople,
    @Inject(ProceedingsReader) private readonly proceedings: ProceedingsReader,
    @Inject(DocumentQueries) private readonly documents: DocumentQueries,
    @Inject(References) private readonly references: References,
    @Inject(ErasureReader) private readonly erasures: ErasureReader,
  ) {}

  row(id: string, version: number, state: Complaint): ReadRow {
    return complaintRow(this.policies)(id, version, state);
  }

  referenceOf(state: Complaint): string {
    return known(state).reference;
  }

  hides(command: Command, { state }: Told<Complaint>): Promise<boolean> {
    return this.people.sight.hides(state, command.envelope.actor.id, pastGuards(command, state));
  }

  async gather(command: Command, own: Told<Complaint, ComplaintEvent>): Promise<Gathered<ComplaintContext>> {
    const input = command.input as Input;
    const { circumstances, occurred } = this.situations.timeAndActor(command, own, statedDay(command, input));
    const [people, rules, { proceedings, unchanged }, uploaded, referenced, reference, toErase] =
      await Promise.all([
        this.people.around(command, own),
        this.rulesFor(command, own.state, circumstances.on),
        this.proceedingsFor(command, own.state),
        this.uploaded(command),
        this.isKnown(input.complaintId, command.envelope.actor.id),
        command.act === 'Receive' ? this.references.next(circumstances.today) : '',
        command.act === 'Erase' ? this.erasures.of(command.id, own.state, circumstances.today) : noErasure,
      ]);
    return {
      context: {
        reference,
        policy: rules?.policy,
        policyName: rules && policyName(rules.policy),
        reckonedBy: rules?.reckonedBy,
        deadlines: this.deadlines(own.state, rules, circumstances.today),
        proceedings,
        erasure: toErase.erasure,
        actorParties: people.known.actorParties,
        assigneeParties: people.known.assigneeParties,
        assigneeNames: people.known.assigneeNames,
        unknownParties: people.known.unknownParties,
        erasedParties: people.known.erasedParties,
        implicated: people.known.implicated,
        uploaded,
        guarding: people.known.guarding,
        referenced,
        ...circumstances, // Last: each field that is added behind a spread costs microseconds.
      },
      occurred,
      subject: `case:${command.id}`,
      erased: isErased(own.state),
      unchanged: [...unchanged, ...people.unchanged, ...toErase.unchanged],
      also: people.also,
    };
  }

  /** For the question what may be done to it: asked of the decider, on the streams that it decides on. */
  async seenBy(staffId: string, id: string): Promise<Seen<Complaint, ComplaintContext>> {
    const { state } = await this.desk.load(complaint, id);
    const [moment, rules, { proceedings }] = await Promise.all([
      this.situations.seenBy(staffId),
      this.policies.ofCase(state),
      this.proceedings.of(state, staffId),
    ]);
    const deadlines = this.deadlines(state, rules, moment.today);
    return { state, context: { ...moment, policy: rules?.policy, deadlines, proceedings } };
  }

  /** The case's own; the one in force for a case that is received or adopted now. */
  private async rulesFor({ act }: Command, state: Complaint, on: string): Promise<Rules | undefined> {
    if (act === 'Receive' || act === 'Adopt')
      return this.policies.rulesUnder(await this.policies.inForce(on));
    return this.policies.ofCase(state);
  }

  private deadlines(state: Complaint, rules: Rules | undefined, today: string): readonly CaseDeadline[] {
    if (state.phase === 'absent' || !rules) return [];
    return deadlinesOf(state, rules.policy, rules.calendar, today);
  }

  private proceedingsFor({ act, envelope }: Command, state: Complaint): ReturnType<ProceedingsReader['of']> {
    return RESTS_ON_PROCEEDINGS.has(act)
      ? this.proceedings.of(state, envelope.actor.id)
      : Promise.resolve({ proceedings: nothingPending, unchanged: [] });
  }

  private async uploaded({ act, id, input }: Command): Promise<ComplaintContext['uploaded']> {
    const { documentId } = input as Input;
    if (act !== 'SubmitEvidence' || documentId === undefined) return undefined;
    return this.documents.ofCase(id, documentId);
  }

  private async isKnown(complaintId: string | undefined, staffId: string): Promise<boolean> {
    if (complaintId === undefined) return false;
    const { state } = await this.desk.load(complaint, complaintId);
    return (await this.people.sight.seenBy(staffId, state)).phase !== 'absent';
  }
}
