import ICAL from 'ical.js';
import { epochDay, plusDays } from '../clocks/days.js';

/** On which days an event of an iCalendar file falls, when it comes again each year. */

export type IcalEvent = InstanceType<typeof ICAL.Event>;
type IcalTime = InstanceType<typeof ICAL.Time>;

/** Longer than this nothing is closed. */
export const MOST_DAYS = 5_000;

export interface Occurrence {
  readonly days: readonly string[];
  /** The event itself, or what stands for it that once. */
  readonly event: IcalEvent;
}

const dayOf = (time: IcalTime): string => time.toString().slice(0, 10);

/** The days from the first until the last, which is not one of them; an event that ends as it begins is one day. */
const span = (first: string, end: string): string[] => {
  const length = Math.max(1, epochDay(end) - epochDay(first));
  return Array.from({ length: Math.min(length, MOST_DAYS + 1) }, (_, n) => plusDays(first, n));
};

/** In a year in which the month has no such day the parser tells a day of the next month, which is nobody's holiday. */
const isOfItsRule = (event: IcalEvent, { year, month, day }: IcalTime): boolean => {
  const rule = event.component.getFirstPropertyValue('rrule');
  if (!(rule instanceof ICAL.Recur)) return true;
  const { BYMONTH, BYMONTHDAY, BYDAY } = rule.parts as Readonly<
    Record<string, readonly number[] | undefined>
  >;
  if (!(BYMONTH ?? [event.startDate.month]).includes(month)) return false;
  if (BYDAY && !BYMONTHDAY) return true;
  const last = ICAL.Time.daysInMonth(month, year);
  return (BYMONTHDAY ?? [event.startDate.day]).some((at) => (at < 0 ? last + 1 + at : at) === day);
};

const daysNamed = (event: IcalEvent, property: 'rdate' | 'exdate'): string[] =>
  event.component
    .getAllProperties(property)
    .flatMap((each) => each.getValues().map((value) => String(value).slice(0, 10)));

/** The days that an event says it leaves out. */
export const leftOut = (event: IcalEvent): readonly string[] => daysNamed(event, 'exdate');

/** The occurrences; of what comes again each year those that begin in a year up to `through`. */
export function* occurrencesOf(event: IcalEvent, through: number): Generator<Occurrence> {
  const last = event.component.hasProperty('rrule') ? through : Infinity;
  const extra = daysNamed(event, 'rdate');
  const dates = event.iterator();
  const next = (): IcalTime | null => dates.next();
  for (let at = next(); at && at.year <= last; at = next()) {
    const { item, startDate, endDate } = event.getOccurrenceDetails(at);
    if (item !== event || extra.includes(dayOf(at)) || isOfItsRule(event, at))
      yield { days: span(dayOf(startDate), dayOf(endDate)), event: item };
  }
}
