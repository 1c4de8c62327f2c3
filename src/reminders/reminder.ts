import { z } from 'zod';
import { actsOn, evolveWith, type Circumstances, type Decider } from '../event-store/decider.js';
import { RuleBroken } from '../event-store/errors.js';
import type { Entry, Occurred } from '../event-store/event.js';
import { day, word } from '../event-store/schema.js';
import { failed, reasons, reminded, reminderEvents, sent, type ReminderEvent } from './reminder.events.js';
import type { ReminderKey } from './reminder.key.js';
import { missedOf, occurrenceOf, SUPERSEDED, wasMissed, type Standing } from './reminder.standing.js';

/** The record of one case's deadlines: which were missed, who was reminded of what, and who put a reminder off. */

interface Told {
  readonly id: string;
  readonly at: string;
  readonly deadline: string;
  readonly dueOn: string;
}

export interface Reminder extends Told {
  readonly step: string;
  readonly recipient: string;
  /** `requeued`: it had failed, and is to be sent again. */
  readonly state: 'sent' | 'failed' | 'superseded' | 'requeued';
  /** Why it failed, or no longer mattered. */
  readonly reason?: string;
  readonly smtpCode?: number | undefined;
  /** The day of the digest in which it was sent. */
  readonly digest?: string | undefined;
  readonly httpStatus?: number | undefined;
}

export interface Missed extends Told {
  readonly dueAt: string;
  readonly nextDueOn?: string | undefined;
}

/** A reminder put off: nobody tells its recipient of that deadline before `until`. */
export interface Snooze {
  readonly deadline: string;
  readonly dueOn: string;
  readonly recipient: string;
  readonly until: string;
  readonly times: number;
}

export interface DeadlineRecord {
  readonly phase: 'absent' | 'open';
  readonly reminders: readonly Reminder[];
  readonly missed: readonly Missed[];
  readonly snoozes: readonly Snooze[];
}

export interface ReminderContext extends Circumstances {
  readonly standing: Standing | undefined;
}

type Key = Omit<ReminderKey, 'caseId'>;
type About = Pick<Key, 'deadline' | 'dueOn' | 'recipient'>;

const isAbout = (a: About, b: About): boolean =>
  a.deadline === b.deadline && a.dueOn === b.dueOn && a.recipient === b.recipient;

export const reminderOf = ({ reminders }: DeadlineRecord, key: Key): Reminder | undefined =>
  reminders.find((each) => isAbout(each, key) && each.step === key.step);

/** It was sent, or could not be: nothing more is done about it unless somebody asks. */
export const isSettled = (record: DeadlineRecord, key: Key): boolean =>
  ['sent', 'failed'].includes(reminderOf(record, key)?.state ?? '');

const snoozeOf = ({ snoozes }: DeadlineRecord, about: About): Snooze | undefined =>
  snoozes.find((each) => isAbout(each, about));

export const isSnoozed = (record: DeadlineRecord, about: About, today: string): boolean =>
  today < (snoozeOf(record, about)?.until ?? today);

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

const keyIn = ({ deadline, dueOn, step, recipient }: Key): Key => ({ deadline, dueOn, step, recipient });

const refuseFurther = (until: string, today: string, last: string): void => {
  if (until > today && until <= last) return;
  throw new RuleBroken(
    'snooze-out-of-range',
    `Put it off to a day after today and not after ${last}; ${until} is not one.`,
  );
};

const snooze = (
  { reasons: why, until, ...due }: { deadline: string; dueOn: string; until: string; reasons: string },
  record: DeadlineRecord,
  { actor, today, standing }: ReminderContext,
): ReminderEvent[] => {
  const about = { ...due, recipient: actor.id };
  if (!record.reminders.some((each) => each.state === 'sent' && isAbout(each, about)))
    throw new RuleBroken(
      'not-reminded',
      `You were not reminded of ${due.deadline} due on ${due.dueOn}. Put off only what you were reminded of.`,
    );
  const allowed = occurrenceOf(standing, due)?.snooze ?? null;
  if (allowed === null)
    throw new RuleBroken('snooze-not-allowed', 'The policy of this case lets nobody put a reminder off.');
  const before = snoozeOf(record, about);
  if (before?.until === until) return [];
  if (before !== undefined && before.times >= allowed.times)
    throw new RuleBroken(
      'snoozed-too-often',
      `You put this off ${before.times} times already, as often as the policy allows. Deal with it, or hand it over.`,
    );
  refuseFurther(until, today, allowed.until);
  return [{ type: 'ReminderSnoozed', data: { ...about, until, reasons: why } }];
};

const sendAgain = (key: Key, record: DeadlineRecord): ReminderEvent[] => {
  const state = reminderOf(record, key)?.state;
  if (state === 'requeued') return [];
  if (state === undefined)
    throw new RuleBroken(
      'reminder-not-on-record',
      `${key.recipient} was never to be told of step ${key.step} of ${key.deadline} due on ${key.dueOn}. \`GET /v1/reminders?caseId=…\` lists what is on record.`,
    );
  if (state !== 'failed')
    throw new RuleBroken(
      'reminder-not-failed',
      'Only a reminder that could not be sent is sent again. See `GET /v1/reminders?state=failed`.',
    );
  return [{ type: 'ReminderRequeued', data: keyIn(key) }];
};

/** Of what recurs all that were missed, since each by itself would cost as much to find as all of them. */
const unrecorded = (
  { deadline, dueOn }: Pick<Told, 'deadline' | 'dueOn'>,
  missed: readonly Missed[],
  standing: Standing | undefined,
): ReminderEvent[] => {
  const known = new Set(missed.filter((each) => each.deadline === deadline).map((each) => each.dueOn));
  if (known.has(dueOn)) return [];
  const occurrence = occurrenceOf(standing, { deadline, dueOn });
  if (!standing || !occurrence || !wasMissed(occurrence, standing)) return [];
  return missedOf(standing, deadline, known).map((data) => ({ type: 'DeadlineMissed', data }));
};

export const reminder: Decider<DeadlineRecord, ReminderContext, ReminderEvent> = {
  kind: 'deadlines',
  catalogue: reminderEvents,
  acts: {
    RecordMissed: act({
      summary:
        'Put a missed deadline on record, once, with the instant at which it was missed; of what recurs every other that is not there yet.',
      when: 'any',
      input: z.strictObject({ deadline: word, dueOn: day, reckonedBy: z.string().optional() }),
      decide: ({ deadline, dueOn }, { missed }, { standing }) =>
        unrecorded({ deadline, dueOn }, missed, standing),
    }),
    RecordSent: act({
      summary: 'Record that a reminder was sent; the same one is recorded once.',
      when: 'any',
      input: z.strictObject({ ...reminded, ...sent }),
      decide: (data, record) =>
        reminderOf(record, data)?.state === 'sent' ? [] : [{ type: 'ReminderSent', data }],
    }),
    RecordFailed: act({
      summary: 'Record that a reminder could not be sent, and why.',
      when: 'any',
      input: z.strictObject({ ...reminded, ...failed }),
      decide: (data, record) => (isSettled(record, data) ? [] : [{ type: 'ReminderFailed', data }]),
    }),
    RecordSuperseded: act({
      summary: 'Record that a reminder no longer mattered by the time it was to be sent, and why.',
      when: 'any',
      input: z.strictObject({ ...reminded, why: z.enum(SUPERSEDED) }),
      decide: (data, record) => {
        const before = reminderOf(record, data);
        const known = before?.state === 'superseded' && before.reason === data.why;
        return known || isSettled(record, data) ? [] : [{ type: 'ReminderSuperseded', data }];
      },
    }),
    SendAgain: act({
      summary: 'Send a reminder again that could not be sent.',
      when: 'any',
      input: z.strictObject(reminded),
      decide: (key, record) => sendAgain(key, record),
    }),
    Snooze: act({
      summary: 'Put off the reminders that you get of one deadline, as far as the policy allows.',
      when: 'any',
      input: z.strictObject({
        deadline: word,
        dueOn: day,
        until: day.describe(
          'Before this day you are told nothing of it. A step that came meanwhile is told then; what you were told before is not repeated.',
        ),
        reasons,
      }),
      decide: (input, record, context) => snooze(input, record, context),
    }),
  },
  initial: { phase: 'absent', reminders: [], missed: [], snoozes: [] },
  phase: (record) => record.phase,
  evolve: evolveWith<DeadlineRecord, ReminderEvent>({
    DeadlineMissed: (record, { deadline, dueOn, dueAt, nextDueOn }, { id, occurred }) => ({
      ...record,
      phase: 'open',
      missed: [...record.missed, { id, at: timeOf(occurred), deadline, dueOn, dueAt, nextDueOn }],
    }),
    ReminderSent: (record, data, entry) =>
      withReminder(record, entry, { ...keyIn(data), state: 'sent', digest: data.digest }),
    ReminderFailed: (record, data, entry) =>
      withReminder(record, entry, {
        ...keyIn(data),
        state: 'failed',
        reason: data.reason,
        smtpCode: data.smtpCode,
        httpStatus: data.httpStatus,
      }),
    ReminderSuperseded: (record, data, entry) =>
      withReminder(record, entry, { ...keyIn(data), state: 'superseded', reason: data.why }),
    ReminderRequeued: (record, data, entry) =>
      withReminder(record, entry, { ...keyIn(data), state: 'requeued' }),
    ReminderSnoozed: (record, { deadline, dueOn, recipient, until }) => {
      const about = { deadline, dueOn, recipient };
      const before = snoozeOf(record, about);
      const others = record.snoozes.filter((each) => each !== before);
      return { ...record, snoozes: [...others, { ...about, until, times: 1 + (before?.times ?? 0) }] };
    },
  }),
};
