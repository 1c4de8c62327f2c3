import type { WorkingCalendar } from '../clocks/calendar.js';
import { dayIn, epochDay, instantAt, isBefore, plusDays, timeIn } from '../clocks/days.js';
import { isQuiet, usualIn, type Arrangement } from './arrangement.js';
import { HELD_DUTIES, type HeldDuty } from '../clocks/ladder.js';
import type { Absence, StaffFile } from './staff.js';

/** What the clocks of a zone show at an instant. */
interface Local {
  readonly now: string;
  readonly day: string;
  readonly time: string;
  /** Of times of day that were asked about, whether they have come. */
  readonly come: Map<string, boolean>;
}

/** `until`: null when no working day is near. */
export interface Hush {
  readonly why: 'quiet-hours' | 'non-working-day';
  readonly until: string | null;
}

/** Longer than anybody's working days lie apart. */
const NEAR = 60;
const daysAfter = (day: string): readonly string[] =>
  Array.from({ length: NEAR }, (_, before) => plusDays(day, before + 1));

const worksOn =
  ({ calendars }: Arrangement, calendarNamed: (name: string) => WorkingCalendar) =>
  (day: string): boolean =>
    calendars.every((name) => calendarNamed(name).isWorkingDay(epochDay(day)));

/** The instants of a day at which it may cease to be quiet: its first one, and the end of quiet hours. */
const wakingsOn = (day: string, arranged: Arrangement): readonly string[] =>
  ['00:00', ...(arranged.quiet ? [arranged.quiet.until] : [])]
    .filter((time) => !isQuiet(arranged, time))
    .map((time) => instantAt(day, time, arranged.zone));

/**
 * Everybody at one moment: who holds a duty, who stands in for whom, and when somebody may be told. Whoever is not enrolled
 * holds no duty, is never away, and is reminded in the usual way. Each `now` is an RFC 3339 instant.
 */
export class Roster {
  private readonly members: ReadonlyMap<string, StaffFile>;
  private readonly byDuty = new Map<HeldDuty, readonly string[]>();
  private readonly usual: Arrangement;
  /** The latest of each zone: a sweep asks about everybody at one instant. */
  private readonly locals = new Map<string, Local>();

  /** `zone`: the organisation's, for whoever arranged nothing. */
  constructor(members: readonly StaffFile[], zone: string) {
    this.members = new Map(members.map((member) => [member.staffId, member]));
    this.usual = usualIn(zone);
    for (const duty of HELD_DUTIES) {
      const holders = members.filter(({ duties }) => duties.includes(duty)).map(({ staffId }) => staffId);
      this.byDuty.set(duty, holders.toSorted());
    }
  }

  /** Staff references, sorted. */
  holders(duty: HeldDuty): readonly string[] {
    return this.byDuty.get(duty) ?? [];
  }

  leadOf(staffId: string): string | undefined {
    return this.members.get(staffId)?.leadId;
  }

  arrangementOf(staffId: string): Arrangement {
    return this.members.get(staffId)?.arrangement ?? this.usual;
  }

  /**
   * Who is told in their place: the deputy of whoever is away today, where they are, or the deputy's own. When that leads
   * round in a circle everybody in it is away, and the person themself is told.
   */
  standInFor(staffId: string, now: string): string {
    const away = new Set<string>();
    let told = staffId;
    for (let deputy = this.deputyOf(told, now); deputy !== undefined; deputy = this.deputyOf(told, now)) {
      away.add(told);
      if (away.has(deputy)) return staffId;
      told = deputy;
    }
    return told;
  }

  /** Whether they may be told now: on a working day of theirs, outside their quiet hours. */
  isTellable(staffId: string, now: string, calendarNamed: (name: string) => WorkingCalendar): boolean {
    const arranged = this.arrangementOf(staffId);
    const { day, time } = this.localIn(arranged.zone, now);
    if (isQuiet(arranged, time)) return false;
    return worksOn(arranged, calendarNamed)(day);
  }

  /** Why they may not be told now, and from which instant on they may be; undefined when they may be told now. */
  hush(staffId: string, now: string, calendarNamed: (name: string) => WorkingCalendar): Hush | undefined {
    if (this.isTellable(staffId, now, calendarNamed)) return undefined;
    const arranged = this.arrangementOf(staffId);
    const { day } = this.localIn(arranged.zone, now);
    const works = worksOn(arranged, calendarNamed);
    const starts = [day, ...daysAfter(day)].filter(works).flatMap((each) => wakingsOn(each, arranged));
    const until = starts.find((instant) => isBefore(now, instant)) ?? null;
    return { why: works(day) ? 'quiet-hours' : 'non-working-day', until };
  }

  /** When their next digest comes, after the one of this day if they had it; null: they want none, or no day is near. */
  nextDigest(
    staffId: string,
    now: string,
    hadOn: (day: string) => boolean,
    calendarNamed: (name: string) => WorkingCalendar,
  ): string | null {
    const arranged = this.arrangementOf(staffId);
    const { digestAt, zone } = arranged;
    if (digestAt === null) return null;
    const { day } = this.localIn(zone, now);
    const works = worksOn(arranged, calendarNamed);
    const next = [day, ...daysAfter(day)].find((each) => works(each) && !hadOn(each));
    return next === undefined ? null : instantAt(next, digestAt, zone);
  }

  /** The last day on which they are away, of the absence of this moment. */
  awayUntil(staffId: string, now: string): string | undefined {
    return this.absenceOf(staffId, now)?.until;
  }

  /** The local day whose digest is due: its time has come today; null before that, and for whoever wants none. */
  digestDue(staffId: string, now: string): string | null {
    const { digestAt, zone } = this.arrangementOf(staffId);
    if (digestAt === null) return null;
    const { day, come } = this.localIn(zone, now);
    // By the instant and not by what the clock shows: in the night when it goes back, what has come stays so.
    const has = come.get(digestAt) ?? !isBefore(now, instantAt(day, digestAt, zone));
    come.set(digestAt, has);
    return has ? day : null;
  }

  private deputyOf(staffId: string, now: string): string | undefined {
    return this.absenceOf(staffId, now)?.deputyId;
  }

  private absenceOf(staffId: string, now: string): Absence | undefined {
    const absences = this.members.get(staffId)?.absences ?? [];
    if (absences.length === 0) return undefined;
    const { day } = this.localIn(this.arrangementOf(staffId).zone, now);
    return absences.find(({ from, until }) => from <= day && day <= until);
  }

  private localIn(zone: string, now: string): Local {
    const before = this.locals.get(zone);
    if (before?.now === now) return before;
    const local = { now, day: dayIn(now, zone), time: timeIn(now, zone), come: new Map<string, boolean>() };
    this.locals.set(zone, local);
    return local;
  }
}
