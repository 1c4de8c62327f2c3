import { LAST_CALENDAR_DAY, type WorkingCalendar } from '../clocks/calendar.js';
import { addUnitsInside } from '../clocks/counting.js';
import { dateOf, dayIn, epochDay, plusDays } from '../clocks/days.js';
import { placeOn, type Ladder, type Rungs } from '../clocks/ladder.js';

/**
 * What a hearing asks of people by a day: that its parties are told of it, that it is remembered, that what came
 * of its day is on record, that something is decided.
 */

/** A hearing as far as reminders look at it. */
export interface Heard {
  readonly id: string;
  readonly status: string;
  /** Of the listing that stands, as its notices are. */
  readonly startsAt?: string | undefined;
  readonly zone?: string | undefined;
  readonly listedOn?: string | undefined;
  readonly notices: readonly { readonly to: string; readonly servedOn: string }[];
  readonly resumption?: { readonly at: string; readonly zone: string } | undefined;
  readonly sittings: readonly { readonly from: string; readonly to: string | null }[];
}

/** What was decided of a case, by one of its resolutions. */
export interface Decided {
  readonly findings: readonly { readonly madeOn: string; readonly standing: string }[];
  readonly agreement?: { readonly agreedOn: string } | undefined;
  readonly appeals: readonly { readonly decidedOn?: string | undefined }[];
}

/** The cases that are heard: their parties, and by the strictest of their procedures the days of notice. */
export interface AroundHearing {
  readonly parties: readonly string[];
  readonly noticeDays: number;
  /** Of the case that is reminded. */
  readonly decided: readonly Decided[];
}

/** The ladder of a case's policy, and the day on which one looks. */
export interface LookingBy {
  readonly ladder: Ladder;
  readonly calendar: WorkingCalendar;
  readonly today: string;
}

export interface HearingDeadline {
  /** With the id of the hearing, since a case may have several: no deadline of a policy has such a name. */
  readonly deadline: string;
  readonly dueOn: string;
  readonly metOn: string | null;
  readonly rungs: Rungs;
  readonly place: number;
}

type Kind = 'notice' | 'sitting' | 'record' | 'outcome';

const SPOKEN: Readonly<Record<string, string>> = {
  'hearing-notice': 'notice of hearing',
  'hearing-sitting': 'hearing',
  'hearing-record': 'record of hearing',
  'hearing-outcome': 'outcome of hearing',
};

/** A deadline as a letter calls it: the id of a hearing tells a reader nothing. */
export const spoken = (deadline: string): string =>
  SPOKEN[deadline.split(':')[0] ?? ''] ?? deadline.replaceAll('-', ' ');

/** Today or later; but a hearing may be listed for a day for which no calendar answers. */
const isAhead = (day: string, { today }: LookingBy): boolean => day >= today && day <= LAST_CALENDAR_DAY;

const latest = (days: readonly string[]): string | null => days.toSorted().at(-1) ?? null;

const onLadder = (
  { id }: Heard,
  kind: Kind,
  { dueOn, metOn, from = dueOn }: { dueOn: string; metOn: string | null; from?: string },
  { ladder: { unit, hearings }, calendar, today }: LookingBy,
): HearingDeadline => {
  const rungs = { unit, steps: hearings[kind], repeatEvery: 0 };
  const place = placeOn(from, today, rungs, calendar);
  return { deadline: `hearing-${kind}:${id}`, dueOn, metOn, rungs, place };
};

/** The day of the listing that stands, and the day on which it was listed. */
const listingOf = ({ status, startsAt, zone, listedOn }: Heard) =>
  status === 'listed' && startsAt !== undefined && zone !== undefined && listedOn !== undefined
    ? { on: dayIn(startsAt, zone), listedOn }
    : undefined;

/** The last day on which notice is in time; of a hearing that was listed at shorter notice, the day of the listing. */
const notice = (
  heard: Heard,
  { parties, noticeDays }: AroundHearing,
  by: LookingBy,
): readonly HearingDeadline[] => {
  const listing = listingOf(heard);
  if (!listing || !isAhead(listing.on, by) || parties.length === 0) return [];
  const inTime = plusDays(listing.on, -noticeDays);
  const dueOn = inTime < listing.listedOn ? listing.listedOn : inTime;
  const isServed = parties.every((party) => heard.notices.some(({ to }) => to === party));
  const metOn = isServed ? latest(heard.notices.map(({ servedOn }) => servedOn)) : null;
  return [onLadder(heard, 'notice', { dueOn, metOn }, by)];
};

const sittingDay = (heard: Heard): string | undefined => {
  const { status, resumption } = heard;
  return status === 'adjourned' && resumption ? dayIn(resumption.at, resumption.zone) : listingOf(heard)?.on;
};

/** Of a hearing on a day off, the working day before it is the one before the next working day. */
const sitting = (heard: Heard, by: LookingBy): readonly HearingDeadline[] => {
  const dueOn = sittingDay(heard);
  if (dueOn === undefined || !isAhead(dueOn, by)) return [];
  const { ladder, calendar } = by;
  const from =
    ladder.unit === 'working-days'
      ? dateOf(addUnitsInside('working-days', epochDay(dueOn) - 1, 1, calendar))
      : dueOn;
  return [onLadder(heard, 'sitting', { dueOn, metOn: null, from }, by)];
};

/** Of a sitting of which nobody said how it ended, or when it goes on. */
const leftOpen = ({ status, resumption, sittings }: Heard): string | undefined => {
  const last = sittings.at(-1);
  if (status === 'adjourned' && !resumption) return last?.to ?? undefined;
  return status === 'in-session' ? last?.from : undefined;
};

/** The day is over, and nobody said that it sat; or it sat, and that is left open. */
const record = (heard: Heard, by: LookingBy): readonly HearingDeadline[] => {
  const dueOn = leftOpen(heard) ?? sittingDay(heard);
  return dueOn === undefined || dueOn >= by.today
    ? []
    : [onLadder(heard, 'record', { dueOn, metOn: null }, by)];
};

/** A finding that was vetoed has to be made anew; one that an appeal took away was an outcome of this hearing. */
const daysOfDecision = ({ findings, agreement, appeals }: Decided): readonly string[] => [
  ...findings.filter(({ standing }) => standing !== 'vetoed').map(({ madeOn }) => madeOn),
  ...(agreement ? [agreement.agreedOn] : []),
  ...appeals.flatMap(({ decidedOn }) => decidedOn ?? []),
];

/** Whatever was decided of the case since the hearing concluded is its outcome. */
const outcome = (heard: Heard, { decided }: AroundHearing, by: LookingBy): readonly HearingDeadline[] => {
  const concludedOn = heard.status === 'concluded' ? heard.sittings.at(-1)?.to : null;
  if (concludedOn === null || concludedOn === undefined) return [];
  const { ladder, calendar } = by;
  const within = ladder.hearings.outcomeWithin;
  const dueOn = dateOf(addUnitsInside(ladder.unit, epochDay(concludedOn), within, calendar));
  const since = decided.flatMap(daysOfDecision).filter((day) => day >= concludedOn);
  return [onLadder(heard, 'outcome', { dueOn, metOn: since.toSorted()[0] ?? null }, by)];
};

/** The deadlines of one case that come from one hearing, as of the day on which one looks; met ones too. */
export const hearingDeadlines = (
  heard: Heard,
  around: AroundHearing,
  by: LookingBy,
): readonly HearingDeadline[] => [
  ...notice(heard, around, by),
  ...sitting(heard, by),
  ...record(heard, by),
  ...outcome(heard, around, by),
];
