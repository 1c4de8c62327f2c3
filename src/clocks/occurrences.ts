import { LAST_CALENDAR_DAY, type WorkingCalendar } from './calendar.js';
import { dateOf } from './days.js';
import type { DeadlineRule } from './deadline-rule.js';
import { dueDay, type Clock, type Extension, type Place } from './deadline.js';
import { pausesOf } from './standstills.js';

/** What met a deadline so far: the updates that meet its occurrences, in order of their days, and the stop of them all. */
export interface Meetings {
  readonly updates: readonly string[];
  readonly endedOn: string | null;
}

/** One time that a deadline falls due. */
export interface Occurrence {
  /** Counted from 1. */
  readonly occurrence: number;
  readonly place: Place;
  /** Those extensions of the deadline that put off this occurrence. */
  readonly extensions: readonly Extension[];
  readonly dueOn: string;
  /** The day on which it was met, in time or late; null while it is not. */
  readonly metOn: string | null;
  /** Stopped by a pause that lasts; it is not overdue while it stands still. */
  readonly held: boolean;
}

interface Known extends Meetings {
  readonly rule: DeadlineRule;
  readonly clock: Clock;
  readonly calendar: WorkingCalendar;
  /** The day as of which a held due date is told; null tells it as it stood when the pause began. */
  readonly today: string | null;
  /** Occurrences due before that day are told although nothing met them. */
  readonly until: string;
}

/**
 * The occurrences of a deadline, each later than the one before:
 * - an update meets the occurrence that stands on its day: the first one that is neither met nor passed. On a schedule a
 *   second update before that due day meets nothing more; counted from completion each update restarts the count;
 * - an occurrence that passes unmet was missed on its own due day, and the next one runs. The next update makes good, late,
 *   all that passed; on a schedule it does not meet the one that runs;
 * - the stop meets the occurrence that runs, makes good late what passed, and nothing is due after it;
 * - two occurrences that roll onto one day are one, and an early update brings none forward.
 *
 * Told are all that were met, those unmet that were due before `until`, and one more.
 */
export function occurrencesOf(known: Known): readonly Occurrence[] {
  const { rule, clock, endedOn } = known;
  if (rule.recurrence !== null) return [...recurring(known, rule.recurrence.from)];
  // Spread last, here and below: each field that is added behind a spread costs microseconds.
  return [{ occurrence: 1, metOn: endedOn, ...standing(known, FIRST, clock.extensions) }];
}

const FIRST: Place = { metOn: null, nth: 0 };

type Standing = Pick<Occurrence, 'place' | 'extensions' | 'dueOn' | 'held'>;

function* recurring(known: Known, from: 'schedule' | 'completion'): Generator<Occurrence> {
  const updates = new Updates(known.updates, from);
  let before: Occurrence | undefined;
  let place = FIRST;
  for (;;) {
    const next = nextAfter(before, known, place);
    const restart = updates.restartBy(next.dueOn);
    if (restart !== null || isNoLater(next, before)) {
      place = following(place, restart);
      continue;
    }
    before = { occurrence: numberAfter(before), metOn: updates.first ?? known.endedOn, ...next };
    yield before;
    if (before.dueOn === LAST_CALENDAR_DAY || isLast(before, updates.first, known)) return;
    place = following(place, updates.meet(before.dueOn));
  }
}

const following = ({ metOn, nth }: Place, restart: string | null): Place =>
  restart === null ? { metOn, nth: nth + 1 } : { metOn: restart, nth: 1 };

const isNoLater = (next: Standing, before: Occurrence | undefined): boolean =>
  before !== undefined && next.dueOn <= before.dueOn;

const numberAfter = (before: Occurrence | undefined): number => (before?.occurrence ?? 0) + 1;

/** The updates that have met nothing yet, as one occurrence after another is looked at. */
class Updates {
  private used = 0;
  private late = false;

  constructor(
    private readonly days: readonly string[],
    private readonly from: 'schedule' | 'completion',
  ) {}

  get first(): string | undefined {
    return this.days[this.used];
  }

  /** An update that made good what passed is used up by the time the next occurrence runs: the day that restarts the count. */
  restartBy(dueOn: string): string | null {
    const update = this.first;
    if (!this.late || update === undefined || update > dueOn) return null;
    this.late = false;
    this.used += 1;
    return this.from === 'completion' ? update : null;
  }

  /** What meets an occurrence due on that day: the day that restarts the count, null when it runs on. */
  meet(dueOn: string): string | null {
    const update = this.first;
    this.late = update !== undefined && update > dueOn;
    if (update === undefined || this.late) return null;
    if (this.from === 'completion') {
      this.used += 1;
      return update;
    }
    while (this.first !== undefined && this.first <= dueOn) this.used += 1;
    return null;
  }
}

/** Nothing follows what runs unmet, nor what the stop met in time. */
function isLast(
  { dueOn, metOn, held }: Occurrence,
  update: string | undefined,
  { endedOn, until }: Known,
): boolean {
  if (metOn === null) return held || dueOn >= until;
  return update === undefined && endedOn !== null && endedOn <= dueOn;
}

/** The occurrence at a place, with the extensions that were given while it ran. */
function nextAfter(before: Occurrence | undefined, known: Known, place: Place): Standing {
  const since = before === undefined ? '' : endOf(before);
  const given = known.clock.extensions.filter(({ grantedOn }) => grantedOn > since);
  let next = standing(known, place, []);
  for (const extension of given) {
    if (extension.grantedOn > next.dueOn) break;
    next = standing(known, place, [...next.extensions, extension]);
  }
  return next;
}

/** The last day on which it ran. */
const endOf = ({ dueOn, metOn }: Occurrence): string => (metOn !== null && metOn < dueOn ? metOn : dueOn);

/** The due date of one occurrence with some extensions, and whether a pause holds it. */
function standing(known: Known, place: Place, extensions: readonly Extension[]): Standing {
  const { rule, clock: whole, calendar, today } = known;
  const { startedOn, startedAfter, stops } = whole;
  const due = (pauses: Clock['pauses'], on: string) => {
    const clock = { startedOn, startedAfter, pauses, extensions, stops };
    return dateOf(dueDay({ rule, clock, calendar, today: on, place }));
  };
  const pauses = pausesOf(rule, whole.pauses);
  const whenPaused = due(
    pauses.filter(({ to }) => to !== null),
    LAST_CALENDAR_DAY,
  );
  const held = pauses.some(({ from, to }) => to === null && from <= whenPaused);
  return { place, extensions, held, dueOn: today === null ? whenPaused : due(pauses, today) };
}
