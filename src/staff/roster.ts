import type { WorkingCalendar } from '../clocks/calendar.js';
import { dayIn, epochDay, instantAt, isBefore, timeIn } from '../clocks/days.js';
import { isQuiet, usualIn, type Arrangement } from './arrangement.js';
import type { StaffDuty } from './staff.events.js';
import type { StaffFile } from './staff.js';

/**
 * Everybody at one moment: who holds a duty, who stands in for whom, and when somebody may be told. Whoever is not enrolled
 * holds no duty, is never away, and is reminded in the usual way. Each `now` is an RFC 3339 instant.
 */
export class Roster {
  private readonly members: ReadonlyMap<string, StaffFile>;
  private readonly byDuty = new Map<StaffDuty, string[]>();
  private readonly usual: Arrangement;

  /** `zone`: the organisation's, for whoever arranged nothing. */
  constructor(members: readonly StaffFile[], zone: string) {
    this.members = new Map(members.map((member) => [member.staffId, member]));
    this.usual = usualIn(zone);
    for (const { staffId, duties } of members)
      for (const duty of duties) this.byDuty.set(duty, [...(this.byDuty.get(duty) ?? []), staffId]);
    for (const holders of this.byDuty.values()) holders.sort();
  }

  /** Staff references, sorted. */
  holders(duty: StaffDuty): readonly string[] {
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
    if (arranged.quiet !== null && isQuiet(arranged, timeIn(now, arranged.zone))) return false;
    if (arranged.calendars.length === 0) return true;
    const today = epochDay(dayIn(now, arranged.zone));
    return arranged.calendars.every((name) => calendarNamed(name).isWorkingDay(today));
  }

  /** The local day whose digest is due: its time has come today; null before that, and for whoever wants none. */
  digestDue(staffId: string, now: string): string | null {
    const { digestAt, zone } = this.arrangementOf(staffId);
    if (digestAt === null) return null;
    const today = dayIn(now, zone);
    return isBefore(now, instantAt(today, digestAt, zone)) ? null : today;
  }

  private deputyOf(staffId: string, now: string): string | undefined {
    const absences = this.members.get(staffId)?.absences ?? [];
    if (absences.length === 0) return undefined;
    const today = dayIn(now, this.arrangementOf(staffId).zone);
    return absences.find(({ from, until }) => from <= today && today <= until)?.deputyId;
  }
}
