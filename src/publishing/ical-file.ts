import ICAL from 'ical.js';
import { InvalidInput } from '../event-store/errors.js';
import { checkRule, writtenEvents, type WrittenEvent, type Wrong } from './ical-lines.js';
import { leftOut, MOST_DAYS, occurrencesOf, type IcalEvent } from './ical-occurrences.js';

/** A file of whole-day events (RFC 5545): what it makes of one calendar. */

export interface NamedDay {
  readonly date: string;
  readonly name: string;
}

export interface ReadClosures {
  readonly add: readonly NamedDay[];
  /** Days that an event was to have and has not: it was cancelled, or they were left out. */
  readonly cancelled: readonly NamedDay[];
  /** Events that make no day off. */
  readonly ignored: readonly IgnoredEvent[];
}

export interface IgnoredEvent {
  readonly line: number;
  readonly name: string;
  readonly why: string;
}

const LONGEST_NAME = 200;

type Component = InstanceType<typeof ICAL.Component>;

const unreadable = (fileName: string, where: string, why: string): InvalidInput =>
  new InvalidInput('bad-calendar-file', `${fileName}${where}: ${why}. Nothing was imported.`);

/** In the order of the file, which may hold several calendars. */
const componentsIn = (text: string, fileName: string): Component[] => {
  try {
    const read = ICAL.parse(text) as unknown[];
    const calendars = Array.isArray(read[0]) ? read : [read];
    return calendars.flatMap((each) => new ICAL.Component(each as unknown[]).getAllSubcomponents('vevent'));
  } catch (error) {
    throw unreadable(fileName, '', `this is no iCalendar file: ${(error as Error).message}`);
  }
};

const isException = (component: Component): boolean => component.hasProperty('recurrence-id');

const uidOf = (component: Component): unknown => component.getFirstPropertyValue('uid');

interface Event extends WrittenEvent {
  readonly event: IcalEvent;
}

/** The events of a file, each with those that stand for it on single days. */
const eventsIn = (text: string, fileName: string, wrong: Wrong): readonly Event[] => {
  const written = writtenEvents(text, wrong);
  const components = componentsIn(text, fileName);
  const masters = new Set(components.filter((each) => !isException(each)).map(uidOf));
  const exceptions = new Map<unknown, Component[]>();
  for (const each of components.filter(isException)) {
    const same = exceptions.get(uidOf(each));
    if (same) same.push(each);
    else exceptions.set(uidOf(each), [each]);
  }
  return components.flatMap((component, index) => {
    const { line, contents } = written[index] as WrittenEvent;
    if (!component.hasProperty('dtstart')) throw wrong(line, 'the event says no DTSTART');
    if (isException(component) && masters.has(uidOf(component))) return [];
    const own = (exceptions.get(uidOf(component)) ?? []).filter((other) => other !== component);
    return [{ line, contents, event: new ICAL.Event(component, { exceptions: own }) }];
  });
};

const nameOf = ({ summary }: IcalEvent): string => {
  const name = (summary ?? '').trim() || 'closed';
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name;
};

const statusOf = ({ component }: IcalEvent): string =>
  String(component.getFirstPropertyValue('status') ?? '').toUpperCase();

const whyIgnored = (event: IcalEvent): string | undefined => {
  if (!event.startDate.isDate)
    return 'it begins at a time of day, and only whole days are days off (DTSTART;VALUE=DATE:20261224)';
  return statusOf(event) === 'TENTATIVE' ? 'it is tentative' : undefined;
};

const check = ({ event, line, contents }: Event, wrong: Wrong): void => {
  const [rule, second] = contents.filter(({ name }) => name === 'RRULE');
  if (rule) checkRule(rule, wrong);
  if (second) throw wrong(second.line, 'the event has a second RRULE; make it an event of its own');
  if (event.startDate.compare(event.endDate) > 0) throw wrong(line, 'the event ends before it begins');
};

/** Days by date; of several events on one day the first names it. */
class NamedDays {
  private readonly names = new Map<string, string>();

  put(days: readonly string[], name: string): void {
    for (const day of days) if (!this.names.has(day)) this.names.set(day, name);
  }

  get size(): number {
    return this.names.size;
  }

  get all(): NamedDay[] {
    return [...this.names]
      .map(([date, name]) => ({ date, name }))
      .toSorted((one, other) => (one.date < other.date ? -1 : 1));
  }
}

/** What one event makes of the days; what the parser throws at is wrong with the event. */
const take = (each: Event, { add, cancelled, through, wrong }: Reading): void => {
  check(each, wrong);
  const wholly = statusOf(each.event) === 'CANCELLED';
  cancelled.put(leftOut(each.event), nameOf(each.event));
  for (const { days, event } of occurrencesOf(each.event, through)) {
    const off = !wholly && statusOf(event) !== 'CANCELLED';
    (off ? add : cancelled).put(days, nameOf(event));
    if (add.size + cancelled.size > MOST_DAYS)
      throw wrong(each.line, `with this event the file names more than ${MOST_DAYS} days`);
  }
};

interface Reading {
  readonly add: NamedDays;
  readonly cancelled: NamedDays;
  readonly through: number;
  readonly wrong: Wrong;
}

const asWrong = (error: unknown, { line }: Event, wrong: Wrong): unknown =>
  error instanceof InvalidInput
    ? error
    : wrong(line, `the event cannot be read: ${(error as Error).message}`);

/** What comes again each year is told up to the end of the year `through`. Errors: InvalidInput `bad-calendar-file`. */
export const readClosures = (written: string, fileName: string, through: number): ReadClosures => {
  const wrong: Wrong = (line, why) => unreadable(fileName, `, line ${line}`, why);
  const [add, cancelled] = [new NamedDays(), new NamedDays()];
  const ignored: IgnoredEvent[] = [];
  for (const each of eventsIn(written.replace(/^\uFEFF/, ''), fileName, wrong)) {
    try {
      const why = whyIgnored(each.event);
      if (why === undefined) take(each, { add, cancelled, through, wrong });
      else ignored.push({ line: each.line, name: nameOf(each.event), why });
    } catch (error) {
      throw asWrong(error, each, wrong);
    }
  }
  if (add.size + cancelled.size === 0)
    throw unreadable(fileName, '', 'it has no event of whole days (DTSTART;VALUE=DATE:20261224)');
  const off = new Set(add.all.map(({ date }) => date));
  return { add: add.all, cancelled: cancelled.all.filter(({ date }) => !off.has(date)), ignored };
};
