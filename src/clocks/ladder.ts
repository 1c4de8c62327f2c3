import { z } from 'zod';
import type { WorkingCalendar } from './calendar.js';
import { addUnitsInside } from './counting.js';
import { dateOf, epochDay, plusDays } from './days.js';
import { described, kebab, whole } from './deadline-rule.js';

/** The ladder of reminders: who is told of a deadline before it falls due, on the day, and ever higher up after it. */

/** What people hold in the organisation. */
export const HELD_DUTIES = ['team-lead', 'casework-head', 'independent-reviewer', 'intake-lead'] as const;
export type HeldDuty = (typeof HELD_DUTIES)[number];

/** Whom a step tells: the handler of the case, or who holds a duty. */
const DUTIES = ['handler', ...HELD_DUTIES] as const;
/** A step about a hearing may tell its panel too, or whoever presides over it. */
export const HEARING_DUTIES = ['chair', 'panel', ...DUTIES] as const;
export type Duty = (typeof HEARING_DUTIES)[number];

const inOrder = (
  steps: readonly { readonly step: string; readonly offset: number }[],
  context: z.RefinementCtx,
): void => {
  for (const [index, { step: name, offset }] of steps.entries()) {
    const refuse = (field: string, message: string) =>
      context.addIssue({ code: 'custom', path: [index, field], message });
    if (steps.findIndex((each) => each.step === name) < index)
      refuse('step', `"${name}" names two steps. Give one of them another name.`);
    if (index > 0 && offset <= (steps[index - 1]?.offset ?? offset))
      refuse('offset', 'The steps stand in the order in which they come. Give each a later offset.');
  }
};

const stepsOf = <D extends readonly string[]>(
  duties: D,
  [earliest, latest]: readonly [number, number],
  whom: string,
) =>
  z
    .array(
      z.strictObject({
        step: described(kebab('A step'), 'The name of the step, by which it is recorded.'),
        offset: described(
          z.int().min(earliest).max(latest),
          "When it comes, in the ladder's unit from the due day: -5 five before it, 0 on it, 1 one after it.",
        ),
        to: described(z.array(z.enum(duties)).min(1).max(duties.length), whom),
      }),
    )
    .max(30)
    .superRefine(inOrder);

const ladderSteps = stepsOf(
  DUTIES,
  [-366, 3660],
  'Who is told: the handler of the case, or who holds that duty.',
);
const hearingSteps = (latest = 3660, earliest = -366) =>
  stepsOf(
    HEARING_DUTIES,
    [earliest, latest],
    'Who is told: the panel of the hearing, its chair, the handler of the case, or who holds that duty.',
  );

const USUAL_RECORD: z.output<ReturnType<typeof hearingSteps>> = [
  { step: 'unrecorded', offset: 1, to: ['chair', 'handler'] },
  { step: 'still-unrecorded', offset: 5, to: ['chair', 'handler', 'team-lead'] },
];

const hearings = z.strictObject({
  outcomeWithin: described(
    whole(1, 366),
    "When the outcome of a hearing is due, in the ladder's unit from the day on which it concluded.",
  ),
  notice: described(
    hearingSteps(),
    'Of the last day on which notice of a listed hearing is in time, while a party was served none; []: nobody is told.',
  ),
  sitting: described(
    hearingSteps(-1),
    'Of the day of a hearing, or on which an adjourned one goes on: -1 on the working day before it.',
  ),
  record: described(
    hearingSteps(3660, 1).default(USUAL_RECORD),
    'Of the day of a hearing that is over, while nothing says that it sat, how the sitting ended, or when it goes on: 1 on the day after it.',
  ),
  outcome: described(
    hearingSteps(),
    'Of the day on which the outcome of a hearing is due, while nothing is decided.',
  ),
});

/** What policies meant that were written before they could say it. */
const USUAL_HEARINGS: z.output<typeof hearings> = {
  outcomeWithin: 10,
  notice: [
    { step: 'notice-due-soon', offset: -3, to: ['handler'] },
    { step: 'notice-due', offset: 0, to: ['handler'] },
    { step: 'notice-late', offset: 1, to: ['handler', 'team-lead'] },
  ],
  sitting: [{ step: 'tomorrow', offset: -1, to: ['panel', 'handler'] }],
  record: USUAL_RECORD,
  outcome: [
    { step: 'outcome-due-soon', offset: -2, to: ['chair'] },
    { step: 'outcome-due', offset: 0, to: ['chair', 'handler'] },
    { step: 'outcome-overdue', offset: 5, to: ['chair', 'handler', 'casework-head'] },
  ],
};

const snooze = z.strictObject({
  longest: described(whole(1, 60), "How far ahead a reminder may be put off, in the ladder's unit."),
  times: described(whole(1, 20), 'How many times one deadline may be put off for one person.'),
});

export const ladder = z.strictObject({
  unit: described(
    z.enum(['working-days', 'calendar-days']),
    'What the offsets count; working days by the calendars of the policy.',
  ),
  steps: described(ladderSteps.min(1), 'The steps, earliest first.'),
  repeatEvery: described(
    whole(0, 365),
    'The last step comes again after each so many units, as its name with a running number; 0: it does not.',
  ),
  snooze: described(
    snooze.nullable().default(null),
    'How far a reminder may be put off, with reasons; null: never.',
  ),
  hearings: described(
    hearings.default(USUAL_HEARINGS),
    'Who is reminded of the hearings of a case, and when. Each step comes once.',
  ),
});

export type Ladder = Readonly<z.infer<typeof ladder>>;

/** What is climbed: the steps of a ladder, or of one of those about hearings. */
export interface Rungs extends Pick<Ladder, 'unit' | 'repeatEvery'> {
  readonly steps: readonly { readonly step: string; readonly offset: number; readonly to: readonly Duty[] }[];
}

/** A step as it comes: its name on record, and who is told. */
export interface Rung {
  readonly step: string;
  readonly to: readonly Duty[];
}

/** Before there was a ladder: one reminder so many working days before, one a day after, and then again and again. */
export function withLadder(told: unknown): unknown {
  const { reminders } = (told ?? {}) as { readonly reminders?: unknown };
  if (typeof reminders !== 'object' || reminders === null || !('dueSoonWorkingDays' in reminders))
    return told;
  const { dueSoonWorkingDays: lead, repeatEveryWorkingDays: every } = reminders as unknown as {
    readonly dueSoonWorkingDays: number;
    readonly repeatEveryWorkingDays: number;
  };
  const to = ['handler'];
  // The names that reminders were recorded by: nobody is told again of what they were told.
  const steps = [
    { step: 'due-soon', offset: -lead || 0, to },
    { step: every === 0 ? 'overdue-1' : 'overdue', offset: 1, to },
  ];
  return {
    ...(told as object),
    reminders: { unit: 'working-days', steps, repeatEvery: every, snooze: null },
  };
}

/** Units of the ladder from the due day to another, negative before it. A day off is as far as the working day before it. */
const unitsFrom = (dueOn: string, day: string, { unit }: Rungs, calendar: WorkingCalendar): number => {
  const [due, then] = [epochDay(dueOn), epochDay(day)];
  return unit === 'calendar-days' ? then - due : calendar.workingDaysAfter(due, then);
};

/** The place on the ladder that has come on `day`, counted from 0; -1 before the first step. */
export const placeOn = (dueOn: string, day: string, rules: Rungs, calendar: WorkingCalendar): number => {
  const gone = unitsFrom(dueOn, day, rules, calendar);
  const last = rules.steps.length - 1;
  const reached = rules.steps.findLastIndex(({ offset }) => offset <= gone);
  if (reached < last || rules.repeatEvery === 0) return reached;
  return last + Math.floor((gone - (rules.steps[last]?.offset ?? 0)) / rules.repeatEvery);
};

/** What stands at a place; null past the last step of a ladder that does not repeat. */
export const rungAt = ({ steps, repeatEvery }: Rungs, place: number): Rung | null => {
  const last = steps.length - 1;
  const found = steps[Math.min(place, last)];
  if (found === undefined || (place > last && repeatEvery === 0)) return null;
  const { step: name, to } = found;
  return { step: place >= last && repeatEvery > 0 ? `${name}-${1 + place - last}` : name, to };
};

/** The last due day of which anybody is told on `day`. */
export const horizonOn = (day: string, { unit, steps }: Rungs, calendar: WorkingCalendar): string => {
  const lead = Math.max(0, -(steps[0]?.offset ?? 0));
  // Up to the working day after: what falls due on days off before it is as near.
  return unit === 'calendar-days'
    ? plusDays(day, lead)
    : dateOf(addUnitsInside('working-days', epochDay(day), lead + 1, calendar));
};
