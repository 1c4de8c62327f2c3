import { FIRST_CALENDAR_DAY, isOutside, LAST_CALENDAR_DAY, type WorkingCalendar } from './calendar.js';
import { addUnits, countOff, skippedIn, unitsAfter, type Counted } from './counting.js';
import { dateOf, endOfDay, epochDay, instantAt, type EpochDay } from './days.js';
import { END_OF_DAY, type DeadlineRule } from './deadline-rule.js';
import type { Stretch } from './pauses.js';
import type { Reckoning, Step } from './reckoning.js';
import { standstillsOf, stopsFor, type ReasonedPause, type UndoneStop } from './standstills.js';

/** A deadline put off: `to` is the new due date as it was given in writing, on the day `grantedOn`. */
export interface Extension {
  readonly grantedOn: string;
  readonly to: string;
}

/** What happened to one clock so far. Pauses, stops and extensions stand in the order in which they happened. */
export interface Clock {
  readonly startedOn: string;
  /** That it started without its event, as it does at the latest: the day of the event from which that is counted. */
  readonly startedAfter?: string | undefined;
  readonly pauses: readonly ReasonedPause[];
  readonly extensions: readonly Extension[];
  readonly stops?: readonly UndoneStop[] | undefined;
}

/** By what a policy counts its days. */
export interface Counting {
  readonly calendar: WorkingCalendar;
  readonly zone: string;
}

/** Where one occurrence is counted from: the start of the clock, or the day on which an earlier occurrence was met. */
export interface Place {
  /** The day of completion that restarted the count; null while it runs from the start. */
  readonly metOn: string | null;
  /** How many occurrences lie between that day and this one: 0 is the first from the start, 1 the first from a completion. */
  readonly nth: number;
}

const FIRST_PLACE: Place = { metOn: null, nth: 0 };

/**
 * The due date of a clock as it stands on `today`, `YYYY-MM-DD`. Steps, in order:
 * 1. the start moves to the next working day when `nonWorkingReceiptRule` says so;
 * 2. `count` units are counted from it (see `countOff`), and for a later occurrence those of the recurrence;
 * 3. the latest extension given by `today` replaces that date;
 * 4. each day d of a pause that the rule allows, or of a stop that was undone (from ≤ d < to), is given back if the clock
 *    would have counted it: working days where those are counted, else calendar days. One that began after the due date
 *    gives nothing back: what was missed stays missed. A pause that is still open on `today` lasts through `today`;
 * 5. `rollRule` moves a non-working due date. Rolling forward also passes over paused days.
 *
 * What would be due after LAST_CALENDAR_DAY, or never because no day is a working day, is due on that day: a rule that counts
 * too far must not keep a case from being received or read.
 *
 * Throws InvalidInput `bad-date`, and RuleBroken `day-outside-calendar` for a start outside the calendar.
 */
export function dueOn(rule: DeadlineRule, clock: Clock, calendar: WorkingCalendar, today: string): string {
  return dateOf(dueDay({ rule, clock, calendar, today, place: FIRST_PLACE }));
}

/** What one due date is reckoned from; with `steps`, each step of it is put there. */
export interface Question {
  readonly rule: DeadlineRule;
  readonly clock: Clock;
  readonly calendar: WorkingCalendar;
  readonly today: string;
  readonly place: Place;
  readonly steps?: Step[];
}

const LAST = epochDay(LAST_CALENDAR_DAY);

/** The due date of one occurrence. Throws as dueOn. */
export function dueDay(question: Question): EpochDay {
  try {
    const due = reckonedDay(question);
    return due > LAST ? lastDay(question) : due;
  } catch (fault) {
    if (startsInside(question) && isOutside(fault)) return lastDay(question);
    throw fault;
  }
}

function lastDay({ steps }: Question): EpochDay {
  steps?.push({ kind: 'calendars-ended', on: LAST_CALENDAR_DAY });
  return LAST;
}

function startsInside({ clock: { startedOn } }: Question): boolean {
  return startedOn >= FIRST_CALENDAR_DAY && startedOn <= LAST_CALENDAR_DAY;
}

function reckonedDay(question: Question): EpochDay {
  const { rule, clock, today } = question;
  const counted = putOff(question, counting(question));
  if (clock.pauses.length === 0 && clock.stops === undefined)
    return rule.rollRule === 'none' ? counted.due : roll(question, counted.due, []);
  const stretches = standstillsOf(rule, clock, today);
  return roll(question, giveBack(question, counted, stretches), stretches);
}

/** The same due date as dueOn gives, and how it came about. Throws as dueOn, and InvalidInput `unknown-zone`. */
export function reckon(
  rule: DeadlineRule,
  clock: Clock,
  { calendar, zone }: Counting,
  today: string,
): Reckoning {
  return reckoned({ rule, clock, calendar, today, place: FIRST_PLACE }, zone);
}

/** How the due date of any occurrence came about. */
export function reckoned(question: Question, zone: string): Reckoning {
  const steps: Step[] = [];
  const due = dateOf(dueDay({ ...question, steps }));
  return { dueOn: due, dueAt: dueAt(question.rule, due, zone), steps };
}

/** The instant at which a deadline is over, with the zone's offset: what happens then or later is late. */
export function dueAt({ endTime }: Pick<DeadlineRule, 'endTime'>, dueDate: string, zone: string): string {
  return endTime === END_OF_DAY ? endOfDay(dueDate, zone) : instantAt(dueDate, endTime, zone);
}

/** Overdue on a day: strictly after the due date. Due today is not overdue. Both `YYYY-MM-DD`. */
export function isOverdue(dueDate: string, today: string): boolean {
  return today > dueDate;
}

function counting({ rule, clock, calendar, place, steps }: Question): Counted {
  if (place.metOn !== null) return anew({ rule, calendar, place, steps }, epochDay(place.metOn));
  steps?.push(startOf(rule, clock));
  const received = epochDay(clock.startedOn);
  const start = rule.nonWorkingReceiptRule === 'next-working-day' ? calendar.onOrAfter(received) : received;
  if (start !== received) steps?.push({ kind: 'start-moved', from: clock.startedOn, to: dateOf(start) });
  const counted = fromStart(rule, start, place.nth, calendar);
  steps?.push(countingStep(rule, counted, place, calendar));
  return counted;
}

function startOf({ startEvent: event, startsAtLatest }: DeadlineRule, clock: Clock): Step {
  const { startedOn: on, startedAfter: afterOn } = clock;
  if (startsAtLatest === null || afterOn === undefined) return { kind: 'started', event, on };
  const { after, ...units } = startsAtLatest;
  return { kind: 'started-at-latest', event, after, afterOn, units, on };
}

/** From the day on which an occurrence was met; the day after it is day 1. */
function anew(
  {
    rule,
    calendar,
    place,
    steps,
  }: Pick<Question, 'rule' | 'calendar' | 'place'> & { steps: Step[] | undefined },
  metOn: EpochDay,
): Counted {
  const { unit, count } = recurrenceOf(rule);
  steps?.push({ kind: 'started-anew', on: dateOf(metOn) });
  const counted = { after: metOn, due: addUnits(unit, metOn, place.nth * count, calendar), unit };
  steps?.push(countingStep(rule, counted, place, calendar));
  return counted;
}

/** All months are counted from the start, so that a short month on the way shortens no later one. */
function fromStart(rule: DeadlineRule, start: EpochDay, nth: number, calendar: WorkingCalendar): Counted {
  if (nth === 0) return countOff(rule, start, rule.count, calendar);
  const { unit, count } = recurrenceOf(rule);
  if (unit === rule.unit) return countOff(rule, start, rule.count + nth * count, calendar);
  const { after, due: first } = countOff(rule, start, rule.count, calendar);
  return { after, due: addUnits(unit, first, nth * count, calendar), unit };
}

function recurrenceOf(rule: DeadlineRule): NonNullable<DeadlineRule['recurrence']> {
  if (rule.recurrence === null) throw new Error(`The deadline ${rule.key} does not recur.`);
  return rule.recurrence;
}

function countingStep(rule: DeadlineRule, counted: Counted, place: Place, calendar: WorkingCalendar): Step {
  const skipped = skippedIn(counted, calendar);
  return {
    kind: 'counted',
    first: place.metOn === null ? { count: rule.count, unit: rule.unit } : null,
    further:
      place.nth === 0 || rule.recurrence === null
        ? null
        : { count: place.nth * rule.recurrence.count, unit: rule.recurrence.unit },
    dayOne: dateOf(counted.after + 1),
    to: dateOf(counted.due),
    ...(skipped === null ? {} : { skipped }),
  };
}

/** The latest extension by today, in place of what was counted. */
function putOff({ clock: { extensions }, today, steps }: Question, counted: Counted): Counted {
  if (extensions.length === 0) return counted;
  const extension = extensions.findLast(({ grantedOn }) => grantedOn <= today);
  if (extension === undefined) return counted;
  const { grantedOn, to } = extension;
  steps?.push({ kind: 'extended', grantedOn, from: dateOf(counted.due), to });
  return { after: epochDay(grantedOn), due: epochDay(to), unit: counted.unit };
}

/** Each standstill that begins while the clock still runs pushes the end out by the units it holds. */
function giveBack(question: Question, counted: Counted, stretches: readonly Stretch[]): EpochDay {
  const { calendar } = question;
  const { unit } = counted;
  let { due } = counted;
  for (const stretch of stretches) {
    if (stretch.from > due) break;
    const before = Math.max(stretch.from - 1, counted.after);
    const units = stretch.to - 1 <= before ? 0 : unitsAfter(unit, before, stretch.to - 1, calendar);
    if (units > 0) due = unit === 'working-days' ? calendar.addWorkingDays(due, units) : due + units;
    question.steps?.push(standstillStep(question, stretch, { units, unit, due }));
  }
  return due;
}

function standstillStep(
  { rule, clock }: Question,
  { from, to }: Stretch,
  { units, unit, due }: { readonly units: number; readonly unit: Counted['unit']; readonly due: EpochDay },
): Step {
  const touches = (begin: string, end: string | null) =>
    epochDay(begin) < to && (end === null || epochDay(end) > from);
  const reasons = clock.pauses
    .filter((pause) => stopsFor(rule, pause.reason) && touches(pause.from, pause.to))
    .flatMap(({ reason }) => reason ?? []);
  const events = (clock.stops ?? [])
    .filter(({ stoppedOn, undoneOn }) => touches(stoppedOn, undoneOn))
    .map(({ event }) => event);
  return {
    kind: 'stood-still',
    from: dateOf(from),
    to: dateOf(to),
    reasons: [...new Set(reasons)],
    stops: [...new Set(events)],
    givenBack: { count: units, unit: unit === 'working-days' ? unit : 'calendar-days' },
    dueOn: dateOf(due),
  };
}

function roll(question: Question, due: EpochDay, stretches: readonly Stretch[]): EpochDay {
  const rolled = rolledFrom(question, due, stretches);
  if (rolled !== due)
    question.steps?.push({
      kind: 'rolled',
      from: dateOf(due),
      to: dateOf(rolled),
      rule: question.rule.rollRule,
    });
  return rolled;
}

function rolledFrom({ rule, calendar }: Question, due: EpochDay, stretches: readonly Stretch[]): EpochDay {
  switch (rule.rollRule) {
    case 'none':
      return due;
    case 'previous-working-day':
      return calendar.onOrBefore(due);
    case 'next-working-day':
      return stretches.reduce(
        (day, { from, to }) => (from <= day && day < to ? calendar.onOrAfter(to) : day),
        calendar.onOrAfter(due),
      );
  }
}
