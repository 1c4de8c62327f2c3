import ICAL from 'ical.js';
import { instantIn, isBefore } from '../clocks/days.js';
import { zoneComponent } from './feed-zone.js';

/** The calendar of one member of staff as a file (RFC 5545): references and dates, no names and no text of any case. */

export interface FeedHearing {
  readonly id: string;
  /** Of the cases that it hears. */
  readonly references: readonly string[];
  readonly startsAt: string;
  readonly zone: string;
  readonly isOff: boolean;
  /** Grows with everything that happens to it. */
  readonly sequence: number;
}

export interface FeedDeadline {
  readonly caseId: string;
  readonly reference: string;
  readonly deadline: string;
  readonly occurrence: number;
  readonly dueOn: string;
  readonly sequence: number;
}

export interface Feed {
  readonly hearings: readonly FeedHearing[];
  readonly deadlines: readonly FeedDeadline[];
  /** The instant as of which all of this holds. */
  readonly asOf: string;
}

type Component = InstanceType<typeof ICAL.Component>;
type Time = InstanceType<typeof ICAL.Time>;

const REFRESH = 'PT1H';

// The blank that a folded line begins with is one of its 75 octets; the library does not count it.
ICAL.foldLength = 74;

const utc = (instant: string): Time =>
  ICAL.Time.fromDateTimeString(`${instantIn(instant, 'UTC').slice(0, 19)}Z`);

const eventOf = (uid: string, summary: string, sequence: number, asOf: string): Component => {
  const event = new ICAL.Component('vevent');
  event.addPropertyWithValue('uid', `${uid}@redress`);
  event.addPropertyWithValue('dtstamp', utc(asOf));
  event.addPropertyWithValue('sequence', sequence);
  event.addPropertyWithValue('summary', summary);
  event.addPropertyWithValue('class', 'PRIVATE');
  return event;
};

/** No end: nobody knows how long a hearing takes. */
const hearingEvent = ({ id, references, startsAt, zone, isOff, sequence }: FeedHearing, asOf: string) => {
  const event = eventOf(`hearing-${id}`, `Hearing ${references.join(', ')}`, sequence, asOf);
  const local = ICAL.Time.fromDateTimeString(instantIn(startsAt, zone).slice(0, 19));
  event.addPropertyWithValue('dtstart', local).setParameter('tzid', zone);
  event.addPropertyWithValue('status', isOff ? 'CANCELLED' : 'CONFIRMED');
  return event;
};

const deadlineEvent = (due: FeedDeadline, asOf: string): Component => {
  const { caseId, reference, deadline, occurrence, dueOn, sequence } = due;
  const uid = `deadline-${caseId}-${deadline}-${occurrence}`;
  const event = eventOf(uid, `${reference}: ${deadline}`, sequence, asOf);
  event.addPropertyWithValue('dtstart', ICAL.Time.fromDateString(dueOn));
  event.addPropertyWithValue('status', 'CONFIRMED');
  // Whoever has a deadline that day is free to meet others.
  event.addPropertyWithValue('transp', 'TRANSPARENT');
  return event;
};

const zonesOf = (hearings: readonly FeedHearing[]): readonly Component[] =>
  [...new Set(hearings.map(({ zone }) => zone))].map((zone) => {
    const starts = hearings.filter((each) => each.zone === zone).map(({ startsAt }) => startsAt);
    const first = starts.reduce((one, other) => (isBefore(other, one) ? other : one));
    const last = starts.reduce((one, other) => (isBefore(one, other) ? other : one));
    return zoneComponent(zone, first, last);
  });

const withRefresh = (calendar: Component): Component => {
  const interval = new ICAL.Property('refresh-interval');
  interval.resetType('duration');
  interval.setValue(ICAL.Duration.fromString(REFRESH));
  calendar.addProperty(interval);
  calendar.addPropertyWithValue('x-published-ttl', REFRESH);
  return calendar;
};

/** Lines are folded and end as the format wants it. */
export const feedText = ({ hearings, deadlines, asOf }: Feed): string => {
  const calendar = new ICAL.Component('vcalendar');
  calendar.addPropertyWithValue('version', '2.0');
  calendar.addPropertyWithValue('prodid', '-//Redress//Calendar feed//EN');
  withRefresh(calendar);
  const events = [
    ...zonesOf(hearings),
    ...hearings.map((hearing) => hearingEvent(hearing, asOf)),
    ...deadlines.map((due) => deadlineEvent(due, asOf)),
  ];
  for (const component of events) calendar.addSubcomponent(component);
  return `${calendar.toString()}\r\n`;
};
