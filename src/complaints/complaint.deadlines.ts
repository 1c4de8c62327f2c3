import type { WorkingCalendar } from '../clocks/calendar.js';
import { dateOf, plusDays, timeIn } from '../clocks/days.js';
import { dueDay, reckoned, type Clock } from '../clocks/deadline.js';
import { END_OF_DAY, STARTS_ANEW, type DeadlineRule } from '../clocks/deadline-rule.js';
import { assertExtensible, assertExtensionAllowed } from '../clocks/extension.js';
import { occurrencesOf, type Meetings, type Occurrence } from '../clocks/occurrences.js';
import type { PolicySet } from '../clocks/policy-set.js';
import type { Reckoning } from '../clocks/reckoning.js';
import type { Milestone } from './complaint.milestones.js';
import type { KnownComplaint } from './complaint.state.js';

/** A deadline of a case: what its policy set makes of its history. */
export interface CaseDeadline {
  readonly key: string;
  /** Which time a recurring deadline falls due, counted from 1. */
  readonly occurrence: number;
  readonly startedOn: string;
  readonly dueOn: string;
  /** The day of the event that met it, in time or late. What comes after the end time counts as of the next day. */
  readonly metOn: string | null;
  /** Stopped by a pause that lasts; it is not overdue while it stands still. */
  readonly held: boolean;
  readonly rule: DeadlineRule;
  /** Refuses when no extension at all can be granted on that day. */
  checkExtensible(askedOn: string): void;
  /** Refuses an extension that the policy does not allow on that day. */
  checkExtension(request: { to: string; askedOn: string; reasoned: boolean }): void;
  /** How its due date came about, as of that day. */
  explain(on: string): Reckoning;
}

/** What of a case its deadlines are reckoned from, besides the rules: nothing else is looked at here. */
type Clocked = Pick<KnownComplaint, 'category' | 'severity' | 'milestones' | 'pauses' | 'extensions'> &
  ({ readonly phase: 'open' } | { readonly phase: 'closed'; readonly closedOn: string });

const closingOf = (of: Clocked): string | null => (of.phase === 'closed' ? of.closedOn : null);

/** Whether the same rules make the same deadlines of both, as is seen without reckoning. */
export const areClockedAlike = (one: Clocked, other: Clocked): boolean =>
  one.category === other.category &&
  one.severity === other.severity &&
  one.milestones === other.milestones &&
  one.pauses === other.pauses &&
  one.extensions === other.extensions &&
  closingOf(one) === closingOf(other);

/** What a case's deadlines are read by. */
interface Reading {
  readonly complaint: Clocked;
  readonly policy: PolicySet;
  readonly calendar: WorkingCalendar;
  readonly today: string | null;
  /** Through which day occurrences that pass are told; null: by the history alone the first unmet one. */
  readonly through: string | null;
}

const appliesTo = ({ appliesTo: { categories, exceptCategories, severities } }: DeadlineRule, of: Clocked) =>
  (categories.length === 0 || categories.includes(of.category)) &&
  !exceptCategories.includes(of.category) &&
  (severities.length === 0 || (of.severity !== undefined && severities.includes(of.severity)));

/** Endings that were undone meet nothing and start nothing. */
const lasting = ({ milestones }: Clocked, events: readonly string[]): readonly Milestone[] =>
  milestones.filter(({ event, undoneOn }) => undoneOn === undefined && events.includes(event));

/** Done after the end time of a day: as if on the next. */
const doneOn = ({ endTime }: DeadlineRule, { on, at }: Milestone, zone: string): string =>
  endTime !== END_OF_DAY && at !== undefined && timeIn(at, zone) >= endTime ? plusDays(on, 1) : on;

const clockOf = (rule: DeadlineRule, complaint: Clocked, startedOn: string): Clock => {
  const stops = complaint.milestones.flatMap(({ event, on, undoneOn }) =>
    undoneOn !== undefined && (event === 'ComplaintClosed' || rule.stopEvents.includes(event as never))
      ? [{ event, stoppedOn: on, undoneOn }]
      : [],
  );
  return {
    startedOn,
    pauses: complaint.pauses,
    extensions: complaint.extensions.filter(({ deadline }) => deadline === rule.key),
    stops: stops.length === 0 ? undefined : stops,
  };
};

/** On which day a clock started, and by which event; `waited`: counted from it, because its own event had not come. */
interface Start {
  readonly on: string;
  readonly by: Milestone;
  readonly waited: boolean;
}

/**
 * What ended an earlier stage, were it on the very day, ends no clock of a later one; nor does anything that came before a
 * clock whose day lay ahead.
 */
const sinceStart = ({ milestones }: Clocked, by: Milestone): readonly Milestone[] => {
  const began = milestones.indexOf(by);
  const lay = by.toldOn !== undefined;
  return milestones.filter(({ stands }, index) => index >= began || !(stands === true || lay));
};

/** The day on which the clock starts at the latest, which pauses and undone stops put off as they do its end. */
const latestStart = (
  rule: DeadlineRule,
  reading: Reading,
  { on: startedOn }: Milestone,
): string | undefined => {
  if (rule.startsAtLatest === null) return undefined;
  const { complaint, calendar, today } = reading;
  const { count, unit } = rule.startsAtLatest;
  const clock = clockOf(rule, complaint, startedOn);
  const waiting: DeadlineRule = { ...rule, count, unit, rollRule: 'none', recurrence: null };
  const [last] = occurrencesOf({
    rule: waiting,
    clock: { ...clock, extensions: [] },
    calendar,
    today,
    until: '',
    updates: [],
    endedOn: null,
  });
  return last?.dueOn;
};

/** Whether the case was over for this clock before that day. */
const isOverBefore = (rule: DeadlineRule, complaint: Clocked, by: Milestone, day: string): boolean => {
  const since = sinceStart(complaint, by);
  const endings = lasting(complaint, rule.stopEvents).filter((milestone) => since.includes(milestone));
  return (complaint.phase === 'closed' && complaint.closedOn < day) || endings.some(({ on }) => on < day);
};

/** Of its own start events the one that counts: the first, or the latest of those that each start it anew. */
const ownStart = ({ startEvent }: DeadlineRule, complaint: Clocked): Milestone | undefined =>
  lasting(complaint, [startEvent]).at(STARTS_ANEW.has(startEvent) ? -1 : 0);

const startOf = (rule: DeadlineRule, reading: Reading): Start | undefined => {
  const { complaint } = reading;
  const own = ownStart(rule, complaint);
  const started = own && { on: own.on, by: own, waited: false };
  if (rule.startsAtLatest === null) return started;
  const [by] = lasting(complaint, [rule.startsAtLatest.after]);
  const on = by && latestStart(rule, reading, by);
  if (by === undefined || on === undefined || (own && own.on <= on)) return started;
  return own === undefined && isOverBefore(rule, complaint, by, on) ? undefined : { on, by, waited: true };
};

const meetingsOf = (rule: DeadlineRule, { complaint, policy }: Reading, start: Start): Meetings => {
  const since = sinceStart(complaint, start.by);
  const daysOf = (events: readonly string[]) =>
    lasting(complaint, events)
      .filter((milestone) => since.includes(milestone))
      .map((milestone) => doneOn(rule, milestone, policy.zone))
      .filter((on) => on >= (start.by.toldOn ?? start.on))
      .toSorted();
  const endedOn = daysOf(rule.stopEvents)[0] ?? null;
  const updates = daysOf(rule.recurrence?.metBy ?? []);
  return { endedOn, updates: updates.filter((on) => endedOn === null || on <= endedOn) };
};

/** Nothing passes after the closing. */
const untilOf = ({ complaint, through }: Reading): string =>
  complaint.phase === 'closed' ? complaint.closedOn : (through ?? '');

const deadlineOf = (
  rule: DeadlineRule,
  reading: Reading,
  { startedOn, clock }: { startedOn: string; clock: Clock },
  { occurrence, place, extensions, dueOn, metOn, held }: Occurrence,
): CaseDeadline => {
  const { calendar, policy } = reading;
  const own = { ...clock, extensions };
  const askedOf = (askedOn: string) => {
    const unextended = { rule, clock: { ...own, extensions: [] }, calendar, today: askedOn, place };
    return { dueOn, unextendedDueOn: dateOf(dueDay(unextended)), granted: extensions.length, askedOn };
  };
  return {
    key: rule.key,
    occurrence,
    startedOn,
    dueOn,
    metOn,
    held,
    rule,
    checkExtensible: (askedOn) => assertExtensible(rule, askedOf(askedOn), calendar),
    checkExtension: (request) =>
      assertExtensionAllowed(rule, { ...askedOf(request.askedOn), ...request }, calendar),
    explain: (on) => reckoned({ rule, clock: own, calendar, today: on, place }, policy.zone),
  };
};

/** Of a recurring deadline what was met in time tells nothing more, unless nothing came after it. */
const telling = ({ dueOn, metOn }: Occurrence, index: number, { length }: readonly unknown[]): boolean =>
  index === length - 1 || metOn === null || metOn > dueOn;

const occurrencesUnder = (rule: DeadlineRule, reading: Reading): readonly CaseDeadline[] => {
  const { complaint, calendar, today } = reading;
  const start = appliesTo(rule, complaint) ? startOf(rule, reading) : undefined;
  if (start === undefined) return [];
  const { on: startedOn, by, waited } = start;
  const plain = clockOf(rule, complaint, startedOn);
  const clock = waited ? { ...plain, startedAfter: by.on } : plain;
  const until = untilOf(reading);
  const known = { rule, clock, calendar, today, until, ...meetingsOf(rule, reading, start) };
  return occurrencesOf(known)
    .filter(telling)
    .map((occurrence) => deadlineOf(rule, reading, { startedOn, clock }, occurrence));
};

/** What a policy makes of a case; nothing of one that nobody adopted. */
const readAs = (
  { complaint, calendar, today, through }: Omit<Reading, 'policy'>,
  policy: PolicySet | undefined,
): readonly CaseDeadline[] =>
  policy?.deadlines.flatMap((rule) =>
    occurrencesUnder(rule, { complaint, policy, calendar, today, through }),
  ) ?? [];

/**
 * The deadlines that run or ran; of a recurring one every occurrence that was missed, and the last. A due date that an open
 * pause holds moves on each day: `today` says as of which; null gives it as it stood when the pause began, and of what
 * recurs the first unmet occurrence, which depends on the history alone. None for a case that nobody adopted.
 */
export const deadlinesOf = (
  complaint: Clocked,
  policy: PolicySet | undefined,
  calendar: WorkingCalendar,
  today: string | null,
): readonly CaseDeadline[] => readAs({ complaint, calendar, today, through: today }, policy);

/** Those that can be overdue and missed. */
export const binding = <D extends Pick<CaseDeadline, 'rule'>>(deadlines: readonly D[]): readonly D[] =>
  deadlines.filter(({ rule }) => !rule.advisory);

/** As the history alone gives them, with the occurrences that passed before a day. */
export const deadlinesThrough = (
  complaint: Clocked,
  policy: PolicySet | undefined,
  calendar: WorkingCalendar,
  through: string,
): readonly CaseDeadline[] => readAs({ complaint, calendar, today: null, through }, policy);
