import { Inject, Injectable } from '@nestjs/common';
import { Situations } from '../access/circumstances.js';
import { dateOf, dayIn, epochDay, plusDays } from '../clocks/days.js';
import { dueAt } from '../clocks/deadline.js';
import { placeOn, type Duty, type Ladder } from '../clocks/ladder.js';
import { policyName } from '../clocks/policy.js';
import { PolicyBook } from '../clocks/policy.queries.js';
import { fromLine, type Rules } from '../clocks/reckoned-by.js';
import { partiesOf, refuseTheConflicted } from '../complaints/complaint.context.js';
import { complaint } from '../complaints/complaint.js';
import { binding, deadlinesThrough, type CaseDeadline } from '../complaints/complaint.deadlines.js';
import type { Complaint, KnownComplaint } from '../complaints/complaint.state.js';
import type { Command } from '../event-store/command.js';
import { Desk, type Gathered, type Slice } from '../event-store/desk.js';
import type { Told } from '../event-store/told.js';
import { PartyQueries } from '../parties/party.queries.js';
import { Clock } from '../platform/clock.js';
import { StaffQueries } from '../staff/staff.queries.js';
import { recipientsOf, toTell, type OnDuty, type Seat } from './recipients.js';
import type { ReminderEvent } from './reminder.events.js';
import { reminderRow } from './reminder.projection.js';
import { reminder, reminderOf, type DeadlineRecord, type ReminderContext } from './reminder.js';
import type { Standing } from './reminder.standing.js';

/** What is known around the deadlines of a case when they are looked at. */
interface Around {
  readonly record: DeadlineRecord;
  readonly seat: Seat;
  readonly onDuty: OnDuty;
}

/** What people do, who must have no part in the case; and with it what else rests on how its deadlines stand. */
const BY_PEOPLE = ['SendAgain', 'Snooze'];
const LOOKING = ['RecordMissed', ...BY_PEOPLE];

/** What surrounds a record about a case's deadlines: the case's own history, as it stands. */
@Injectable()
export class ReminderSlice implements Slice<DeadlineRecord, ReminderContext, ReminderEvent> {
  readonly decider = reminder;
  readonly row = reminderRow;

  constructor(
    @Inject(Desk) private readonly desk: Desk,
    @Inject(Situations) private readonly situations: Situations,
    @Inject(PolicyBook) private readonly policies: PolicyBook,
    @Inject(PartyQueries) private readonly parties: PartyQueries,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(StaffQueries) private readonly staff: StaffQueries,
  ) {}

  async gather(
    command: Command,
    own: Told<DeadlineRecord, ReminderEvent>,
  ): Promise<Gathered<ReminderContext>> {
    const { circumstances, occurred } = await this.situations.around(command, own);
    if (!LOOKING.includes(command.act))
      return { context: { ...circumstances, standing: undefined }, occurred };
    const told = await this.desk.load(complaint, command.id);
    if (BY_PEOPLE.includes(command.act))
      refuseTheConflicted(told.state, { id: circumstances.actor.id, parties: circumstances.actorParties });
    const { reckonedBy } = command.input as { readonly reckonedBy?: string };
    await this.policies.look(undefined, reckonedBy === undefined ? undefined : fromLine(reckonedBy));
    // Missed by the reckoning that its row still shows, whatever holds since.
    const rules =
      reckonedBy === undefined
        ? await this.policies.ofCase(told.state)
        : this.policies.rulesNamed(reckonedBy);
    const standing = await this.standing(told.state, rules, own.state);
    const around = { context: { ...circumstances, standing }, occurred, unchanged: [told] };
    // Nothing else that is said here is anybody's text; the key was born with the case.
    return command.act === 'Snooze' ? { ...around, subject: `case:${command.id}` } : around;
  }

  /** What is on record about a case's deadlines, and how they stand now; no standing for a case without any. */
  async look(caseId: string): Promise<{ record: DeadlineRecord; standing: Standing | undefined }> {
    const [own, told] = await Promise.all([
      this.desk.load(reminder, caseId),
      this.desk.load(complaint, caseId),
    ]);
    const rules = await this.policies.ofCase(told.state);
    return { record: own.state, standing: await this.standing(told.state, rules, own.state) };
  }

  private async standing(
    state: Complaint,
    rules: Rules | undefined,
    record: DeadlineRecord,
  ): Promise<Standing | undefined> {
    if (state.phase === 'absent' || !rules) return undefined;
    const { policy, calendar } = rules;
    const today = dayIn(this.clock.now(), policy.zone);
    const around = { record, seat: await this.seatOf(state), onDuty: await this.staff.roster() };
    return {
      reference: state.reference,
      closedOn: state.phase === 'closed' ? state.closedOn : null,
      today,
      policy: policyName(policy),
      // As in the read table, which is what the sweep found: a due date that is held stands where it was.
      deadlines: binding(deadlinesThrough(state, policy, calendar, today)).map((deadline) => ({
        key: deadline.key,
        dueOn: deadline.dueOn,
        metOn: deadline.metOn,
        held: deadline.held,
        dueAt: dueAt(deadline.rule, deadline.dueOn, policy.zone),
        toTell: this.toTell(deadline, rules, today, around),
        snooze: snoozeOn(today, policy.reminders, rules),
      })),
    };
  }

  private toTell(
    { key: deadline, dueOn }: CaseDeadline,
    { policy: { reminders }, calendar }: Rules,
    today: string,
    { record, seat, onDuty }: Around,
  ) {
    const who = (to: readonly Duty[]) => recipientsOf(to, seat, onDuty, this.clock.now());
    return toTell(
      reminders,
      placeOn(dueOn, today, reminders, calendar),
      who,
      (telling) => reminderOf(record, { deadline, dueOn, ...telling })?.state === 'failed',
    );
  }

  private async seatOf(complaintNow: KnownComplaint): Promise<Seat> {
    const implicated = await this.parties.staffAmong(partiesOf(complaintNow));
    return {
      handlerId: complaintNow.handlerId ?? null,
      barred: [...complaintNow.recused, ...implicated.map(({ staffId }) => staffId)],
    };
  }
}

const snoozeOn = (today: string, { unit, snooze }: Ladder, { calendar }: Rules) =>
  snooze && {
    times: snooze.times,
    until:
      unit === 'calendar-days'
        ? plusDays(today, snooze.longest)
        : dateOf(calendar.addWorkingDays(epochDay(today), snooze.longest)),
  };
