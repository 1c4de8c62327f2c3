import { Temporal } from 'temporal-polyfill';
import { InvalidInput } from '../event-store/errors.js';
import { isZone } from '../event-store/schema.js';

/**
 * A calendar day is ISO text `YYYY-MM-DD` at the edges (years 0000 to 9999) and an epoch day inside: an integer, days
 * since 1970-01-01. Both directions are plain integer arithmetic on the proleptic Gregorian calendar, because a Temporal
 * object per age is four times too slow for a backlog; the spec holds them to Temporal day by day.
 */
export type EpochDay = number;

const DAYS_PER_ERA = 146_097;
const DAYS_TO_1970 = 719_468;
const MONTH_LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;
const ZERO = '0'.charCodeAt(0);

/** The epoch day of `YYYY-MM-DD`. Throws InvalidInput `bad-date` unless it is a real calendar day. */
export function epochDay(date: string): EpochDay {
  const epoch = parseDay(date);
  if (epoch === null) throw badDate(date);
  return epoch;
}

/** `YYYY-MM-DD` of an epoch day. Throws InvalidInput `bad-date` outside the years 0000 to 9999. */
export function dateOf(epoch: EpochDay): string {
  const { year, month, day } = civil(epoch);
  if (!(year >= 0 && year <= 9999)) throw badDate(written(year, month, day));
  return written(year, month, day);
}

/** The same of any epoch day, to say of it that it is too far. */
export function isoOf(epoch: EpochDay): string {
  const { year, month, day } = civil(epoch);
  return written(year, month, day);
}

/** True for a real calendar day written `YYYY-MM-DD`. */
export function isDate(text: string): boolean {
  return parseDay(text) !== null;
}

/** Calendar days from `from` to `to`; negative when `to` is earlier. Throws InvalidInput `bad-date`. */
export function daysBetween(from: string, to: string): number {
  return epochDay(to) - epochDay(from);
}

/** The day `days` later (earlier when negative). Throws InvalidInput `bad-date`. */
export function plusDays(date: string, days: number): string {
  return dateOf(epochDay(date) + days);
}

/**
 * The same day of the month, `months` later. Where that month is too short it is the month's last day, and `clamped`
 * says so: 31 January + 1 month is 28 (or 29) February, clamped.
 */
export function plusMonths(epoch: EpochDay, months: number): { day: EpochDay; clamped: boolean } {
  const start = civil(epoch);
  const index = start.year * 12 + (start.month - 1) + months;
  const year = Math.floor(index / 12);
  const month = index - year * 12 + 1;
  const length = daysInMonth(year, month);
  return { day: fromCivil(year, month, Math.min(start.day, length)), clamped: start.day > length };
}

/** The year of an epoch day. */
export function yearOf(epoch: EpochDay): number {
  return civil(epoch).year;
}

/** ISO weekday, 1 Monday to 7 Sunday. 1970-01-01 was a Thursday. */
export function weekdayOf(epoch: EpochDay): number {
  return ((((epoch + 3) % 7) + 7) % 7) + 1;
}

/**
 * The local day of an RFC 3339 instant in an IANA zone. Throws InvalidInput `bad-instant` (also without an offset) or
 * `unknown-zone`.
 */
export function dayIn(instant: string, zone: string): string {
  const latest = latestDays.get(zone);
  const at = millisecondsOf(instant);
  if (latest && at >= latest.from && at < latest.until) return latest.date;
  if (!isZone(zone)) throw unknownZone(zone);
  const local = instantOf(instant).toZonedDateTimeISO(zone);
  const date = local.toPlainDate().toString();
  remember(zone, local, date);
  return date;
}

/** The latest day told in each zone, from its first millisecond until its last: nearly all questions are about today. */
const latestDays = new Map<string, { date: string; from: number; until: number }>();
const ZONES_KEPT = 1000;

/** Only a day without a change of the clocks: one that is put back at midnight is interrupted by the day before. */
function remember(zone: string, local: Temporal.ZonedDateTime, date: string): void {
  const from = local.startOfDay();
  const until = from.add({ days: 1 });
  if (from.offsetNanoseconds !== until.offsetNanoseconds) return;
  if (latestDays.size >= ZONES_KEPT) latestDays.clear();
  latestDays.set(zone, { date, from: from.epochMilliseconds, until: until.epochMilliseconds });
}

/** An instant written in UTC to the second or finer, in milliseconds; NaN for any other text. */
function millisecondsOf(instant: string): number {
  const at = instant.endsWith('Z') ? Date.parse(instant) : NaN;
  // The platform takes 30 February for 1 March.
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(instant.slice(0, 19)) ? at : NaN;
}

/**
 * The instant at which a local day is over, as RFC 3339 text with the zone's offset: the first instant that no longer
 * belongs to it, so "by the end of the day" is `< endOfDay`. Throws InvalidInput `bad-date` or `unknown-zone`.
 */
export function endOfDay(date: string, zone: string): string {
  const asked = `${date} ${zone}`;
  const known = latestEnds.get(asked);
  if (known !== undefined) return known;
  const next = Temporal.PlainDate.from(plusDays(date, 1));
  if (!isZone(zone)) throw unknownZone(zone);
  const end = next.toZonedDateTime(zone).toString({ timeZoneName: 'never' });
  if (latestEnds.size >= ENDS_KEPT) latestEnds.clear();
  latestEnds.set(asked, end);
  return end;
}

/** The ends of days that were asked for: what many cases missed at once was missed on few days. */
const latestEnds = new Map<string, string>();
const ENDS_KEPT = 1000;

/**
 * The instant of a local time of day, `17:00`, as RFC 3339 text with the zone's offset. A time that the clocks skip that
 * day is taken as much later; one that they show twice, as the first. Throws InvalidInput `bad-date` or `unknown-zone`.
 */
export function instantAt(date: string, time: string, zone: string): string {
  if (!isDate(date)) throw badDate(date);
  if (!isZone(zone)) throw unknownZone(zone);
  const local = Temporal.PlainDate.from(date).toZonedDateTime({ timeZone: zone, plainTime: time });
  return local.toString({ timeZoneName: 'never' });
}

/** The local time of day of an instant, `17:05`. Throws InvalidInput `bad-instant` or `unknown-zone`. */
export function timeIn(instant: string, zone: string): string {
  return instantIn(instant, zone).slice(11, 16);
}

/**
 * The same instant as RFC 3339 text with the zone's own offset. Throws InvalidInput `bad-instant` or `unknown-zone`.
 */
export function instantIn(instant: string, zone: string): string {
  if (!isZone(zone)) throw unknownZone(zone);
  return instantOf(instant).toZonedDateTimeISO(zone).toString({ timeZoneName: 'never' });
}

/** True when one instant comes before another. Throws InvalidInput `bad-instant`. */
export function isBefore(instant: string, other: string): boolean {
  return Temporal.Instant.compare(instantOf(instant), instantOf(other)) < 0;
}

/** So many minutes earlier, in UTC. Throws InvalidInput `bad-instant`. */
export function minutesBefore(instant: string, minutes: number): string {
  return instantOf(instant).subtract({ minutes }).toString();
}

/** The number that so many digits write; NaN when one is none. */
function digits(text: string, from: number, count: number): number {
  let value = 0;
  for (let at = from; at < from + count; at += 1) {
    const digit = text.charCodeAt(at) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** Digit by digit: an expression that is matched makes four texts of each day, and days are read by the million. */
function parseDay(date: string): EpochDay | null {
  if (date.length !== 10 || date[4] !== '-' || date[7] !== '-') return null;
  const [year, month, day] = [digits(date, 0, 4), digits(date, 5, 2), digits(date, 8, 2)];
  if (Number.isNaN(year + month + day)) return null;
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null;
  return fromCivil(year, month, day);
}

function instantOf(text: string): Temporal.Instant {
  try {
    return Temporal.Instant.from(text);
  } catch {
    throw new InvalidInput(
      'bad-instant',
      `"${text.slice(0, 40)}" is not an instant. Write it as RFC 3339 with an offset, such as 2018-03-28T09:30:00+01:00.`,
    );
  }
}

function fromCivil(year: number, month: number, day: number): EpochDay {
  const shifted = month <= 2 ? year - 1 : year; // years begin in March, so that a leap day ends one
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * DAYS_PER_ERA + dayOfEra - DAYS_TO_1970;
}

function written(year: number, month: number, day: number): string {
  return `${String(year).padStart(4, '0')}-${month < 10 ? '0' : ''}${month}-${day < 10 ? '0' : ''}${day}`;
}

function civil(epoch: EpochDay): { year: number; month: number; day: number } {
  const shifted = epoch + DAYS_TO_1970;
  const era = Math.floor(shifted / DAYS_PER_ERA);
  const doe = shifted - era * DAYS_PER_ERA;
  const yearOfEra = Math.floor(
    (doe - Math.floor(doe / 1460) + Math.floor(doe / 36_524) - Math.floor(doe / 146_096)) / 365,
  );
  const dayOfYear = doe - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1;
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  return { year: era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, day };
}

function daysInMonth(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && leap ? 29 : (MONTH_LENGTHS[month - 1] ?? 0);
}

function badDate(text: string): InvalidInput {
  return new InvalidInput(
    'bad-date',
    `"${text.slice(0, 40)}" is not a calendar day. Write a real day as YYYY-MM-DD, such as 2018-03-28.`,
  );
}

function unknownZone(zone: string): InvalidInput {
  return new InvalidInput(
    'unknown-zone',
    `"${zone.slice(0, 40)}" is not a time zone. Use an IANA name such as Europe/London.`,
  );
}
