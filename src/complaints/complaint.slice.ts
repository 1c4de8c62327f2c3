import { Inject, Injectable } from '@nestjs/common';
import { Situations } from '../access/circumstances.js';
import { policyName, PolicyBook } from '../clocks/policy.queries.js';
import type { PolicySet } from '../clocks/policy-set.js';
import type { ReadRow } from '../event-store/append.js';
import type { Command } from '../event-store/command.js';
import { Desk, type Gathered, type Slice, type Told } from '../event-store/desk.js';
import { PartyQueries } from '../parties/party.queries.js';
import type { ComplaintContext } from './complaint.context.js';
import { deadlinesOf, type CaseDeadline } from './complaint.deadlines.js';
import type { ComplaintEvent } from './complaint.events.js';
import { complaint } from './complaint.js';
import { complaintRow } from './complaint.projection.js';
import { known, type Complaint } from './complaint.state.js';
import { nothingPending, ProceedingsReader } from './proceedings.reader.js';
import { References } from './reference.queries.js';

interface Input {
  readonly receivedOn?: string;
  readonly handlerId?: string;
  readonly investigatorId?: string;
  readonly complaintId?: string;
  readonly respondentRef?: string;
}

/** What surrounds a decision about a complaint, for its own commands and for those of others that touch it. */
@Injectable()
export class ComplaintSlice implements Slice<Complaint, ComplaintContext, ComplaintEvent> {
  readonly decider = complaint;

  constructor(
    @Inject(Desk) private readonly desk: Desk,
    @Inject(Situations) private readonly situations: Situations,
    @Inject(PolicyBook) private readonly policies: PolicyBook,
    @Inject(PartyQueries) private readonly parties: PartyQueries,
    @Inject(ProceedingsReader) private readonly proceedings: ProceedingsReader,
    @Inject(References) private readonly references: References,
  ) {}

  row(id: string, version: number, state: Complaint): ReadRow {
    return complaintRow(this.policies)(id, version, state);
  }

  referenceOf(state: Complaint): string {
    return known(state).reference;
  }

  async gather(command: Command, own: Told<Complaint, ComplaintEvent>): Promise<Gathered<ComplaintContext>> {
    const input = command.input as Input;
    const received =
      own.state.phase === 'absent' && input.receivedOn ? { date: input.receivedOn } : undefined;
    const { circumstances, occurred } = await this.situations.around(command, own, received);
    const policy = await this.policyFor(command, own.state, circumstances.on);
    const { proceedings, unchanged } = await this.proceedingsFor(command, own.state);
    return {
      context: {
        ...circumstances,
        reference: command.act === 'Receive' ? await this.references.next(circumstances.today) : '',
        policy,
        policyName: policy && policyName(policy),
        deadlines: this.deadlines(own.state, policy, circumstances.today),
        proceedings,
        assigneeParties: await this.partiesOf(input.handlerId ?? input.investigatorId),
        referenced: await this.isKnown(input),
      },
      occurred,
      subject: `case:${command.id}`,
      unchanged,
    };
  }

  /** The case's own; the one in force for a case that is received or adopted now. */
  private policyFor({ act }: Command, state: Complaint, on: string): Promise<PolicySet | undefined> {
    if (act === 'Receive' || act === 'Adopt') return this.policies.inForce(on);
    return this.policies.load(state.phase === 'absent' ? undefined : state.policySet);
  }

  private deadlines(state: Complaint, policy: PolicySet | undefined, today: string): readonly CaseDeadline[] {
    if (state.phase === 'absent') return [];
    return deadlinesOf(state, policy, this.policies.calendarOf(policy), today);
  }

  private proceedingsFor({ act }: Command, state: Complaint): ReturnType<ProceedingsReader['of']> {
    return act === 'Close'
      ? this.proceedings.of(state)
      : Promise.resolve({ proceedings: nothingPending, unchanged: [] });
  }

  private async partiesOf(staffId: string | undefined): Promise<readonly string[]> {
    return staffId === undefined ? [] : this.parties.ofStaff(staffId);
  }

  private async isKnown({ complaintId, respondentRef }: Input): Promise<boolean> {
    if (complaintId !== undefined) return (await this.desk.load(complaint, complaintId)).version > 0;
    return respondentRef === undefined || this.parties.exists(respondentRef);
  }
}
