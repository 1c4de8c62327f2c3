import ICAL from 'ical.js';
import { Temporal } from 'temporal-polyfill';

type Component = InstanceType<typeof ICAL.Component>;

const EPOCH = '1970-01-01T00:00:00';

interface Change {
  /** What the clocks showed when it came. */
  readonly local: string;
  readonly before: string;
  readonly after: string;
  readonly isForward: boolean;
}

const changeAt = (at: Temporal.ZonedDateTime): Change => {
  const before = at.subtract({ nanoseconds: 1 });
  return {
    local: at.withTimeZone(before.offset).toPlainDateTime().toString({ smallestUnit: 'second' }),
    before: before.offset,
    after: at.offset,
    isForward: at.offsetNanoseconds > before.offsetNanoseconds,
  };
};

/** The latest change of the clocks before `from`, and those that follow through `until`. */
const changesOf = (zone: string, from: string, until: string): readonly Change[] => {
  const start = Temporal.Instant.from(from).toZonedDateTimeISO(zone);
  const before = start.getTimeZoneTransition('previous');
  const changes = before
    ? [changeAt(before)]
    : [{ local: EPOCH, before: start.offset, after: start.offset, isForward: false }];
  const end = Temporal.Instant.from(until);
  for (let at = start.getTimeZoneTransition('next'); at !== null; at = at.getTimeZoneTransition('next')) {
    if (Temporal.Instant.compare(at.toInstant(), end) > 0) break;
    changes.push(changeAt(at));
  }
  return changes;
};

const observance = ({ local, before, after, isForward }: Change): Component => {
  const component = new ICAL.Component(isForward ? 'daylight' : 'standard');
  component.addPropertyWithValue('dtstart', ICAL.Time.fromDateTimeString(local));
  component.addPropertyWithValue('tzoffsetfrom', ICAL.UtcOffset.fromString(before));
  component.addPropertyWithValue('tzoffsetto', ICAL.UtcOffset.fromString(after));
  return component;
};

/** What a calendar program must know of a zone to show times between two instants (RFC 5545, 3.6.5). */
export const zoneComponent = (zone: string, from: string, until: string): Component => {
  const component = new ICAL.Component('vtimezone');
  component.addPropertyWithValue('tzid', zone);
  for (const change of changesOf(zone, from, until)) component.addSubcomponent(observance(change));
  return component;
};
