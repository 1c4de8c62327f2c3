import { z } from 'zod';

/** The events of a complaint that may start or stop a clock. A name outside this list would never start anything. */
export const CLOCK_EVENTS = [
  'ComplaintReceived',
  'ComplaintAcknowledged',
  'TriageCompleted',
  'ComplaintRejected',
  'ComplaintReferred',
  'InvestigationOpened',
  'DisclosureMade',
  'ResponseReceived',
  'InvestigationReported',
  'ProgressUpdateSent',
  'DelayReported',
  'ComplaintWithdrawn',
  'ComplaintClosed',
  'ComplaintReopened',
  'ComplaintEscalated',
  'EscalationAcknowledged',
  'HearingPostponedForCompanion',
  'HearingHeld',
] as const;

/** Each of these starts its clock anew; of any other start event the first counts. */
export const STARTS_ANEW: ReadonlySet<string> = new Set<(typeof CLOCK_EVENTS)[number]>([
  'HearingPostponedForCompanion',
]);

/** The end of the due day, where no time of day is given. */
export const END_OF_DAY = 'end-of-day';
const TIME_OF_DAY = `Give ${END_OF_DAY}, or a time of day such as 17:00.`;

/** How grave a case can be, as its triage says. */
export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;

export const kebab = (what: string) =>
  z
    .string()
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, `${what} is written in lower case with hyphens, such as stage-1.`);
export const whole = (least: number, most: number) => z.int().min(least).max(most);
export const described = <T extends z.ZodType>(schema: T, description: string): T =>
  schema.meta({ description });

const unit = z.enum(['calendar-days', 'working-days', 'weeks', 'months']);

const extension = z.strictObject({
  max: described(whole(1, 1000), "All extensions together, at most, in the deadline's own unit."),
  count: described(whole(1, 100), 'How many times one deadline may be extended.'),
  noticeBeforeExpiry: described(
    whole(0, 365),
    'Calendar days before the due date by which the extension must be given; 0: on the due date at the latest.',
  ),
  reasonRequired: described(
    z.boolean().default(true),
    'Whether an extension is refused without its reasons.',
  ),
});

const recurrence = z.strictObject({
  count: described(whole(1, 10_000), 'How many units lie between one occurrence and the next.'),
  unit: described(unit, 'What is counted between one occurrence and the next.'),
  from: described(
    z.enum(['schedule', 'completion']),
    'schedule: counted on from the start, whenever the earlier ones were met. completion: counted from the day on which one was met; of one that passed unmet, from its due day.',
  ),
  metBy: described(
    z.array(z.enum(CLOCK_EVENTS)).min(1),
    'Each of these events meets an occurrence; the stop events end them all.',
  ),
});

const appliesTo = z.strictObject({
  categories: described(
    z.array(z.string().min(1).max(200)).default([]),
    'Only cases of these categories; []: of any.',
  ),
  exceptCategories: described(
    z.array(z.string().min(1).max(200)).default([]),
    'No cases of these categories; []: none is left out.',
  ),
  severities: described(
    z.array(z.enum(SEVERITIES)).default([]),
    'Only cases that were triaged as one of these; []: any, triaged or not.',
  ),
});

const startsAtLatest = z.strictObject({
  after: described(z.enum(CLOCK_EVENTS), 'The event from whose day it is counted.'),
  count: described(whole(1, 10_000), 'How many units after it the clock starts at the latest.'),
  unit: described(unit, 'What is counted.'),
});

export const deadlineRule = z.strictObject({
  key: described(kebab('A deadline key'), 'The name of the deadline within its policy set.'),
  startEvent: described(z.enum(CLOCK_EVENTS), 'The event whose day starts the clock.'),
  startsAtLatest: described(
    startsAtLatest.nullable().default(null),
    'When the clock starts although its start event has not come, or comes later than that; null: it waits for it.',
  ),
  unit: described(
    unit,
    'What is counted. Weeks are seven calendar days each; a month ends on the same day of a later month, or on its last day.',
  ),
  count: described(whole(1, 10_000), 'How many units the deadline allows.'),
  dayZeroRule: described(
    z.enum(['exclude', 'include']),
    'exclude: the day after the start is day 1. include: the start is day 1 itself.',
  ),
  nonWorkingReceiptRule: described(
    z.enum(['as-is', 'next-working-day']),
    'next-working-day: a start on a non-working day counts as if it had come on the next working day.',
  ),
  rollRule: described(
    z.enum(['none', 'next-working-day', 'previous-working-day']),
    'Where a due date goes that falls on a non-working day.',
  ),
  endTime: described(
    z
      .union([z.literal(END_OF_DAY), z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, TIME_OF_DAY)], TIME_OF_DAY)
      .default(END_OF_DAY),
    "Until when on its due day, by the clocks of the policy's zone: end-of-day, or a time such as 17:00.",
  ),
  pausable: described(
    z.union([z.boolean(), z.array(kebab('A pause reason')).min(1)]),
    'Whether a pause of the case also stops this clock: true, false, or the reasons for which it does.',
  ),
  extension: described(extension.nullable(), 'How far this deadline may be extended; null: never.'),
  stopEvents: described(
    z.array(z.enum(CLOCK_EVENTS)).min(1),
    'The first of these events meets the deadline.',
  ),
  recurrence: described(
    recurrence.nullable().default(null),
    'How the deadline comes again; null: it does not.',
  ),
  appliesTo: described(
    appliesTo.default({ categories: [], exceptCategories: [], severities: [] }),
    'Which cases have this deadline.',
  ),
  advisory: described(
    z.boolean().default(false),
    'true: a day to aim for. It is shown and explained; nobody is reminded of it, and it is never overdue nor missed.',
  ),
});

export type DeadlineRule = Readonly<z.infer<typeof deadlineRule>>;
export type Unit = DeadlineRule['unit'];
export type Recurrence = NonNullable<DeadlineRule['recurrence']>;
