import { z } from 'zod';
import { isOverdue } from '../clocks/deadline.js';
import { actsOn, evolveWith, type Circumstances, type Decider } from '../event-store/decider.js';
import type { Entry, Occurred } from '../event-store/event.js';
import { day, word } from '../event-store/schema.js';
import { failureReason, reminded, reminderEvents, type ReminderEvent } from './reminder.events.js';
import { INTAKE, type ReminderKey } from './step.js';

/** The record of one case's deadlines: which were missed, and who was reminded of what. */

interface Told {
  readonly id: string;
  readonly at: string;
  readonly deadline: string;
  readonly dueOn: string;
}

export interface Reminder extends Told {
  readonly step: string;
  readonly recipient: string;
  readonly state: 'sent' | 'failed';
  readonly reason?: z.output<typeof failureReason>;
  readonly smtpCode?: number | undefined;
}

export interface Missed extends Told {
  readonly dueAt: string;
  readonly nextDueOn?: string | undefined;
}

export interface DeadlineRecord {
  readonly phase: 'absent' | 'open';
  readonly reminders: readonly Reminder[];
  readonly missed: readonly Missed[];
}

/** A case's deadlines as its own history has them now; none for a case that nobody adopted. */
export interface Standing {
  readonly reference: string;
  readonly closedOn: string | null;
  readonly handlerId: string | null;
  /** Today where the policy counts its days, and the name of that policy. */
  readonly today: string;
  readonly policy: string;
  readonly deadlines: readonly RunningDeadline[];
}

/** A deadline that recurs stands once for each occurrence, in order. */
interface RunningDeadline {
  readonly key: string;
  readonly dueOn: string;
  readonly metOn: string | null;
  readonly held: boolean;
  /** The step that has come, null before the first; and the instant at which the due day is over. */
  readonly step: string | null;
  readonly dueAt: string;
}

export interface ReminderContext extends Circumstances {
  readonly standing: Standing | undefined;
}

export type Superseded =
  'not-running' | 'closed' | 'met' | 'moved' | 'paused' | 'another-step' | 'another-handler';

/** Why a reminder no longer matters, though it once was due; null while it does. */
export const superseded = (standing: Standing | undefined, key: ReminderKey): Superseded | null => {
  const occurrences = standing?.deadlines.filter((each) => each.key === key.deadline) ?? [];
  const deadline = occurrences.find(({ dueOn }) => dueOn === key.dueOn) ?? occurrences.at(-1);
  if (!standing || !deadline) return 'not-running';
  if (standing.closedOn !== null) return 'closed';
  if ((standing.handlerId ?? INTAKE) !== key.recipient) return 'another-handler';
  return overtaken(deadline, key);
};

const overtaken = (deadline: RunningDeadline, key: ReminderKey): Superseded | null => {
  if (deadline.metOn !== null) return 'met';
  if (deadline.held) return 'paused';
  if (deadline.dueOn !== key.dueOn) return 'moved';
  return deadline.step === key.step ? null : 'another-step';
};

/** Missed: the due day is over, and nothing had met the deadline by then, whatever happened since. */
const missedNow = (standing: Standing | undefined, key: string, dueOn: string) => {
  const occurrences = standing?.deadlines.filter((each) => each.key === key) ?? [];
  const nth = occurrences.findIndex((each) => each.dueOn === dueOn);
  const deadline = occurrences[nth];
  if (!standing || !deadline || !wasMissed(deadline, standing)) return undefined;
  const next = occurrences[nth + 1]?.dueOn;
  const { dueAt } = deadline;
  return { dueAt, policy: standing.policy, ...(next === undefined ? {} : { nextDueOn: next }) };
};

const wasMissed = ({ dueOn, metOn, held }: RunningDeadline, { closedOn, today }: Standing): boolean =>
  !held && isOverdue(dueOn, metOn ?? closedOn ?? today);

export const reminderOf = (
  { reminders }: DeadlineRecord,
  key: Omit<ReminderKey, 'caseId'>,
): Reminder | undefined =>
  reminders.find(
    ({ deadline, dueOn, step, recipient }) =>
      deadline === key.deadline && dueOn === key.dueOn && step === key.step && recipient === key.recipient,
  );

const act = actsOn<DeadlineRecord, ReminderContext, ReminderEvent>();

const timeOf = (occurred: Occurred): string => ('at' in occurred ? occurred.at : occurred.date);

const withReminder = (
  record: DeadlineRecord,
  { id, occurred }: Entry<ReminderEvent>,
  told: Omit<Reminder, 'id' | 'at'>,
): DeadlineRecord => ({
  ...record,
  phase: 'open',
  reminders: [
    ...record.reminders.filter((each) => each !== reminderOf(record, told)),
    { ...told, id, at: timeOf(occurred) },
  ],
});

const keyIn = ({ deadline, dueOn, step, recipient }: Omit<ReminderKey, 'caseId'>) => ({
  deadline,
  dueOn,
  step,
  recipient,
});

export const reminder: Decider<DeadlineRecord, ReminderContext, ReminderEvent> = {
  kind: 'deadlines',
  catalogue: reminderEvents,
  acts: {
    RecordMissed: act({
      summary: 'Put a missed deadline on record, once, with the instant at which it was missed.',
      when: 'any',
      input: z.strictObject({ deadline: word, dueOn: day, reckonedBy: z.string().optional() }),
      decide: ({ reckonedBy: _, ...data }, { missed }, { standing }) => {
        if (missed.some(({ deadline, dueOn }) => deadline === data.deadline && dueOn === data.dueOn))
          return [];
        const found = missedNow(standing, data.deadline, data.dueOn);
        return found ? [{ type: 'DeadlineMissed', data: { ...data, ...found } }] : [];
      },
    }),
    RecordSent: act({
      summary: 'Record that a reminder was sent; the same one is recorded once.',
      when: 'any',
      input: z.strictObject({ ...reminded, messageId: z.string(), via: z.enum(['smtp', 'outbox']) }),
      decide: (data, record) =>
        reminderOf(record, data)?.state === 'sent' ? [] : [{ type: 'ReminderSent', data }],
    }),
    RecordFailed: act({
      summary: 'Record that a reminder could not be sent, and why.',
      when: 'any',
      input: z.strictObject({ ...reminded, reason: failureReason, smtpCode: z.int().optional() }),
      decide: (data, record) => (reminderOf(record, data) ? [] : [{ type: 'ReminderFailed', data }]),
    }),
  },
  initial: { phase: 'absent', reminders: [], missed: [] },
  phase: (record) => record.phase,
  evolve: evolveWith<DeadlineRecord, ReminderEvent>({
    DeadlineMissed: (record, { deadline, dueOn, dueAt, nextDueOn }, { id, occurred }) => ({
      ...record,
      phase: 'open',
      missed: [...record.missed, { id, at: timeOf(occurred), deadline, dueOn, dueAt, nextDueOn }],
    }),
    ReminderSent: (record, data, entry) => withReminder(record, entry, { ...keyIn(data), state: 'sent' }),
    ReminderFailed: (record, data, entry) =>
      withReminder(record, entry, {
        ...keyIn(data),
        state: 'failed',
        reason: data.reason,
        smtpCode: data.smtpCode,
      }),
  }),
};
