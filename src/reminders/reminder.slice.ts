import { Inject, Injectable } from '@nestjs/common';
import { Situations } from '../access/circumstances.js';
import { dateOf, dayIn, endOfDay, epochDay, plusDays } from '../clocks/days.js';
import { dueAt } from '../clocks/deadline.js';
import { placeOn, type Duty, type Ladder, type Rungs } from '../clocks/ladder.js';
import { policyName } from '../clocks/policy.js';
import { PolicyBook } from '../clocks/policy.queries.js';
import { fromLine, type Rules } from '../clocks/reckoned-by.js';
import { onlyFor } from '../complaints/complaint.confidential.js';
import { CaseSight } from '../complaints/case-sight.reader.js';
import { barredFrom } from '../complaints/complaint.context.js';
import { complaint } from '../complaints/complaint.js';
import { binding, deadlinesThrough } from '../complaints/complaint.deadlines.js';
import type { Complaint, KnownComplaint } from '../complaints/complaint.state.js';
import type { Command } from '../event-store/command.js';
import { NotFound } from '../event-store/errors.js';
import { Desk, type Gathered, type Slice } from '../event-store/desk.js';
import type { Told } from '../event-store/told.js';
import { PartyQueries } from '../parties/party.queries.js';
import { Clock } from '../platform/clock.js';
import { StaffQueries } from '../staff/staff.queries.js';
import { HearingDeadlines } from './hearing-deadlines.reader.js';
import { recipientsOf, toTell, type OnDuty, type Seat, type Telling } from './recipients.js';
import type { ReminderEvent } from './reminder.events.js';
import { rowOfEntries } from './reminder.projection.js';
import { reminder, reminderOf, type DeadlineRecord, type ReminderContext } from './reminder.js';
import type { Standing } from './reminder.standing.js';

/** A deadline of the case or of one of its hearings, and who is there to be told of it. */
interface Seated extends Seat {
  readonly deadline: string;
  readonly dueOn: string;
  readonly rungs: Rungs;
  readonly place: number;
}

/** What people do, who must have no part in the case. */
const BY_PEOPLE = ['SendAgain', 'Snooze'];

/** What surrounds a record about a case's deadlines: the case's own history, as it stands. */
@Injectable()
export class ReminderSlice implements Slice<DeadlineRecord, ReminderContext, ReminderEvent> {
  readonly decider = reminder;
  readonly row = rowOfEntries;

  constructor(
    @Inject(Desk) private readonly desk: Desk,
    @Inject(Situations) private readonly situations: Situations,
    @Inject(PolicyBook) private readonly policies: PolicyBook,
    @Inject(PartyQueries) private readonly parties: PartyQueries,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(StaffQueries) private readonly staff: StaffQueries,
    @Inject(HearingDeadlines) private readonly hearings: HearingDeadlines,
    @Inject(CaseSight) private readonly sight: CaseSight,
  ) {}

  /** The clock and the worker see every case. */
  async hides({ act, id, envelope }: Command): Promise<boolean> {
    if (!BY_PEOPLE.includes(act)) return false;
    return this.sight.hides((await this.desk.load(complaint, id)).state, envelope.actor.id);
  }

  async gather(
    command: Command,
    own: Told<DeadlineRecord, ReminderEvent>,
  ): Promise<Gathered<ReminderContext>> {
    if (BY_PEOPLE.includes(command.act)) return this.gatherForPeople(command, own);
    const { circumstances, occurred } = this.situations.timeAndActor(command, own);
    // The clock and the worker are nobody's party.
    const context = { ...circumstances, actorParties: [], standing: undefined };
    if (command.act !== 'RecordMissed') return { context, occurred };
    const told = await this.desk.load(complaint, command.id);
    const { reckonedBy } = command.input as { readonly reckonedBy?: string };
    await this.policies.look(undefined, reckonedBy === undefined ? undefined : fromLine(reckonedBy));
    // Missed by the reckoning that its row still shows, whatever holds since.
    const rules =
      reckonedBy === undefined
        ? await this.policies.ofCase(told.state)
        : this.policies.rulesNamed(reckonedBy);
    // What hearings ask for is no deadline of the case: it is never missed.
    const standing = await this.standing(told.state, rules, own.state, false);
    return { context: { ...context, standing }, occurred, unchanged: [told] };
  }

  private async gatherForPeople(
    command: Command,
    own: Told<DeadlineRecord, ReminderEvent>,
  ): Promise<Gathered<ReminderContext>> {
    const { circumstances, occurred } = await this.situations.around(command, own);
    const told = await this.desk.load(complaint, command.id);
    const isHidden = await this.sight.hides(told.state, circumstances.actor.id);
    if (told.state.phase === 'absent' || isHidden) throw new NotFound('case', command.id);
    const standing = await this.standing(told.state, await this.policies.ofCase(told.state), own.state, true);
    const around = { context: { ...circumstances, standing }, occurred, unchanged: [told] };
    // Nothing else that is said here is anybody's text; the key was born with the case.
    return command.act === 'Snooze' ? { ...around, subject: `case:${command.id}` } : around;
  }

  /** What is on record about the deadlines of a case and its hearings, and how they stand now; no standing for a case without any. */
  async look(caseId: string): Promise<{ record: DeadlineRecord; standing: Standing | undefined }> {
    const [own, told] = await Promise.all([
      this.desk.load(reminder, caseId),
      this.desk.load(complaint, caseId),
    ]);
    const rules = await this.policies.ofCase(told.state);
    return { record: own.state, standing: await this.standing(told.state, rules, own.state, true) };
  }

  private async standing(
    state: Complaint,
    rules: Rules | undefined,
    record: DeadlineRecord,
    withHearings: boolean,
  ): Promise<Standing | undefined> {
    if (state.phase === 'absent' || !rules) return undefined;
    const { policy } = rules;
    const today = dayIn(this.clock.now(), policy.zone);
    const seat = await this.seatOf(state);
    const onDuty = await this.staff.roster();
    const heard = withHearings ? await this.hearings.of(state, rules, today) : [];
    const toTellOf = (seated: Seated) => this.toTell(seated, record, onDuty);
    const snooze = snoozeOn(today, policy.reminders, rules);
    return {
      reference: state.reference,
      closedOn: state.phase === 'closed' ? state.closedOn : null,
      today,
      policy: policyName(policy),
      deadlines: [
        ...ownOf(state, { rules, today, seat, snooze, toTellOf }),
        ...heard.map((each) => ({
          key: each.deadline,
          dueOn: each.dueOn,
          metOn: each.metOn,
          held: false,
          dueAt: endOfDay(each.dueOn, policy.zone),
          toTell: toTellOf(each),
          snooze,
        })),
      ],
    };
  }

  private toTell(
    { deadline, dueOn, rungs, place, ...seat }: Seated,
    record: DeadlineRecord,
    onDuty: OnDuty,
  ): readonly Telling[] {
    const who = (to: readonly Duty[]) => recipientsOf(to, seat, onDuty, this.clock.now());
    return toTell(
      rungs,
      place,
      who,
      (telling) => reminderOf(record, { deadline, dueOn, ...telling })?.state === 'failed',
    );
  }

  private async seatOf(complaintNow: KnownComplaint): Promise<Seat> {
    const staff = await this.parties.staffAmong(barredFrom(complaintNow));
    return {
      handlerId: complaintNow.handlerId ?? null,
      barred: [...complaintNow.recused, ...staff.map(({ staffId }) => staffId)],
      only: onlyFor(complaintNow, { today: this.clock.today() }),
      panel: [],
    };
  }
}

interface Own {
  readonly rules: Rules;
  readonly today: string;
  readonly seat: Seat;
  readonly snooze: ReturnType<typeof snoozeOn>;
  readonly toTellOf: (seated: Seated) => readonly Telling[];
}

/** The case's own, as in the read table, which is what the sweep found: a due date that is held stands where it was. */
const ownOf = (state: KnownComplaint, { rules: { policy, calendar }, today, seat, snooze, toTellOf }: Own) =>
  binding(deadlinesThrough(state, policy, calendar, today)).map(({ key, dueOn, metOn, held, rule }) => ({
    key,
    dueOn,
    metOn,
    held,
    snooze,
    // What recurs may have passed thousands of times, and is asked of a few.
    get dueAt() {
      return dueAt(rule, dueOn, policy.zone);
    },
    get toTell() {
      const rungs = policy.reminders;
      return toTellOf({
        ...seat,
        deadline: key,
        dueOn,
        rungs,
        place: placeOn(dueOn, today, rungs, calendar),
      });
    },
  }));

const snoozeOn = (today: string, { unit, snooze }: Ladder, { calendar }: Rules) =>
  snooze && {
    times: snooze.times,
    until:
      unit === 'calendar-days'
        ? plusDays(today, snooze.longest)
        : dateOf(calendar.addWorkingDays(epochDay(today), snooze.longest)),
  };
