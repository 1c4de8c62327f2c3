import { Inject, Injectable } from '@nestjs/common';
import { Situations } from '../access/circumstances.js';
import { dayIn } from '../clocks/days.js';
import { dueAt } from '../clocks/deadline.js';
import { policyName } from '../clocks/policy.js';
import { PolicyBook } from '../clocks/policy.queries.js';
import { fromLine, type Rules } from '../clocks/reckoned-by.js';
import { complaint } from '../complaints/complaint.js';
import { binding, deadlinesThrough } from '../complaints/complaint.deadlines.js';
import type { ComplaintEvent } from '../complaints/complaint.events.js';
import type { Complaint } from '../complaints/complaint.state.js';
import type { Command } from '../event-store/command.js';
import { Desk, type Gathered, type Slice } from '../event-store/desk.js';
import type { Told } from '../event-store/told.js';
import { Clock } from '../platform/clock.js';
import type { ReminderEvent } from './reminder.events.js';
import { reminderRow } from './reminder.projection.js';
import { reminder, type DeadlineRecord, type ReminderContext, type Standing } from './reminder.js';
import { stepOn } from './step.js';

/** What surrounds a record about a case's deadlines: the case's own history, as it stands. */
@Injectable()
export class ReminderSlice implements Slice<DeadlineRecord, ReminderContext, ReminderEvent> {
  readonly decider = reminder;
  readonly row = reminderRow;

  constructor(
    @Inject(Desk) private readonly desk: Desk,
    @Inject(Situations) private readonly situations: Situations,
    @Inject(PolicyBook) private readonly policies: PolicyBook,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async gather(
    command: Command,
    own: Told<DeadlineRecord, ReminderEvent>,
  ): Promise<Gathered<ReminderContext>> {
    const { circumstances, occurred } = await this.situations.around(command, own);
    if (command.act !== 'RecordMissed')
      // It was sent, or it was not: a fact that rests on nothing.
      return { context: { ...circumstances, standing: undefined }, occurred };
    const told = await this.desk.load(complaint, command.id);
    const { reckonedBy } = command.input as { readonly reckonedBy?: string };
    await this.policies.look(undefined, reckonedBy === undefined ? undefined : fromLine(reckonedBy));
    // Missed by the reckoning that its row still shows, whatever holds since.
    const rules =
      reckonedBy === undefined
        ? await this.policies.ofCase(told.state)
        : this.policies.rulesNamed(reckonedBy);
    const context = { ...circumstances, standing: this.standing(told, rules) };
    return { context, occurred, unchanged: [told] };
  }

  /** What is on record about a case's deadlines, and how they stand now; no standing for a case without any. */
  async look(caseId: string): Promise<{ record: DeadlineRecord; standing: Standing | undefined }> {
    const [own, told] = await Promise.all([
      this.desk.load(reminder, caseId),
      this.desk.load(complaint, caseId),
    ]);
    return { record: own.state, standing: this.standing(told, await this.policies.ofCase(told.state)) };
  }

  private standing(
    { state }: Told<Complaint, ComplaintEvent>,
    rules: Rules | undefined,
  ): Standing | undefined {
    if (state.phase === 'absent' || !rules) return undefined;
    const { policy, calendar } = rules;
    const today = dayIn(this.clock.now(), policy.zone);
    return {
      reference: state.reference,
      closedOn: state.phase === 'closed' ? state.closedOn : null,
      handlerId: state.handlerId ?? null,
      today,
      policy: policyName(policy),
      // As in the read table, which is what the sweep found: a due date that is held stands where it was.
      deadlines: binding(deadlinesThrough(state, policy, calendar, today)).map(
        ({ key, dueOn, metOn, held, rule }) => ({
          key,
          dueOn,
          metOn,
          held,
          step: stepOn(dueOn, today, policy.reminders, calendar),
          dueAt: dueAt(rule, dueOn, policy.zone),
        }),
      ),
    };
  }
}
