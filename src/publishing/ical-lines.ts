import { isDate } from '../clocks/days.js';

/** The content lines of an iCalendar file, each with its place, and what they may say that the parser would let pass. */

/** Says which line is wrong and why. */
export type Wrong = (line: number, why: string) => Error;

interface ContentLine {
  readonly line: number;
  readonly name: string;
  readonly parameters: string;
  readonly value: string;
}

const CONTENT = /^([A-Za-z0-9-]+)((?:;(?:"[^"]*"|[^":])*)?):(.*)$/s;
const DAYS = new Set(['DTSTART', 'DTEND', 'EXDATE', 'RDATE', 'RECURRENCE-ID']);
/** A day alone, or a day and a time; of a period, its beginning. */
const WRITTEN = /^(?<year>(?:19|20|21)\d\d)(?<month>\d\d)(?<day>\d\d)(?<time>T\d{6}Z?)?(?:\/.*)?$/;

const LONGEST_LINE = 50_000;

/** Lines that begin with a blank go on where the one before them ended. */
function* contentLines(text: string, wrong: Wrong): Generator<ContentLine> {
  let open: { line: number; text: string } | undefined;
  const read = ({ line, text: written }: { line: number; text: string }): ContentLine => {
    const [, name = '', parameters = '', value = ''] = CONTENT.exec(written) ?? [];
    if (name === '') throw wrong(line, `"${written.slice(0, 40)}" is no line of an iCalendar file`);
    return { line, name: name.toUpperCase(), parameters: parameters.toUpperCase(), value };
  };
  for (const [index, physical] of text.split(/\r?\n/).entries()) {
    if (/^[ \t]/.test(physical) && open) {
      open.text += physical.slice(1);
      if (open.text.length > LONGEST_LINE)
        throw wrong(open.line, `what begins there is longer than ${LONGEST_LINE} characters`);
    } else {
      if (open) yield read(open);
      open = physical.trim() === '' ? undefined : { line: index + 1, text: physical };
    }
  }
  if (open) yield read(open);
}

/** The parser makes 2 March of 30 February; and of a day that is not marked as one it makes nothing. */
const checkDay = ({ line, name, parameters }: ContentLine, written: string, wrong: Wrong): void => {
  const { year, month, day, time } = WRITTEN.exec(written)?.groups ?? {};
  if (!isDate(`${year}-${month}-${day}`))
    throw wrong(line, `${name} says "${written.slice(0, 40)}", which is no day between 1900 and 2199`);
  if (name !== 'RRULE' && time === undefined && !/;VALUE=DATE(;|$)/.test(parameters))
    throw wrong(line, `${name} has a day without a time: it has to say ${name};VALUE=DATE:${written}`);
};

const RULE_PARTS = new Set(['FREQ', 'INTERVAL', 'COUNT', 'UNTIL', 'BYMONTH', 'BYMONTHDAY', 'BYDAY', 'WKST']);
const PLACED_DAYS = /^[+-]?[1-5]?[A-Z]{2}(,[+-]?[1-5]?[A-Z]{2})*$/;

const NUMBER_OF: Readonly<Record<string, RegExp>> = {
  INTERVAL: /^[1-9]\d?$/,
  COUNT: /^[1-9]\d{0,3}$/,
  BYMONTH: /^([1-9]|1[0-2])(,([1-9]|1[0-2]))*$/,
  BYMONTHDAY: /^-?([1-9]|[12]\d|3[01])(,-?([1-9]|[12]\d|3[01]))*$/,
};
const LONGEST_MONTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** The parser would look for a day that no year has until it gives up, a second later. */
const isEver = (parts: ReadonlyMap<string, string>): boolean => {
  const numbers = (part: string) => parts.get(part)?.split(',').map(Number);
  const lengths = (numbers('BYMONTH') ?? [1]).map((month) => LONGEST_MONTHS[month - 1] ?? 0);
  return (numbers('BYMONTHDAY') ?? [1]).some((day) => Math.abs(day) <= Math.max(...lengths));
};

const checkNumbers = (parts: ReadonlyMap<string, string>, refused: (why: string) => Error): void => {
  for (const [part, pattern] of Object.entries(NUMBER_OF)) {
    const value = parts.get(part);
    if (value !== undefined && !pattern.test(value))
      throw refused(`says ${part}=${value.slice(0, 40)}, which is no number that it can take there`);
  }
  if (!isEver(parts)) throw refused('names a day that its month never has');
};

/** Days that come again each year; what else the format can say is nobody's holiday, and the parser reads some of it wrong. */
export const checkRule = (content: ContentLine, wrong: Wrong): void => {
  const parts = new Map(
    content.value.split(';').map((each) => each.toUpperCase().split('=', 2) as [string, string]),
  );
  const refused = (why: string) => wrong(content.line, `RRULE ${why}`);
  if (parts.get('FREQ') !== 'YEARLY')
    throw refused(
      `has to say FREQ=YEARLY, not "${content.value.slice(0, 40)}": a holiday comes again each year`,
    );
  const other = [...parts.keys()].find((part) => !RULE_PARTS.has(part));
  if (other !== undefined) throw refused(`says ${other.slice(0, 40)}, which Redress does not read`);
  const byDay = parts.get('BYDAY');
  if (byDay !== undefined && !(PLACED_DAYS.test(byDay) && parts.has('BYMONTH')))
    throw refused(
      `says BYDAY=${byDay.slice(0, 40)}: write it as BYMONTH=5;BYDAY=1MO, the first Monday of May`,
    );
  checkNumbers(parts, refused);
  const until = parts.get('UNTIL');
  if (until !== undefined) checkDay({ ...content, name: 'RRULE' }, until, wrong);
};

/** Days or weeks; of an event at a time of day, which is left out, hours too. */
const DURATION = /^\+?P(?=\d|T\d)(\d{1,3}W|(\d{1,4}D)?(T(\d{1,5}[HMS]){1,3})?)$/i;

const LONGEST_RULE = 1_000;

/** What the parser takes too long for, or throws at. */
const checkForm = ({ line, name, value }: ContentLine, wrong: Wrong): void => {
  if (name === 'DURATION' && !DURATION.test(value))
    throw wrong(line, `DURATION says "${value.slice(0, 40)}": write it as P1D, P2W or PT1H30M`);
  if (name === 'RRULE' && value.length > LONGEST_RULE)
    throw wrong(line, `RRULE is longer than ${LONGEST_RULE} characters`);
};

const DEEPEST = 10;
/** More than this no file of days off holds: so many the parser reads in seconds. */
const MOST: Readonly<Record<string, number>> = { VEVENT: 10_000, RRULE: 200, EXDATE: 20_000, RDATE: 20_000 };

/** Counts what costs the parser time. */
class Count {
  private readonly counted = new Map<string, number>();

  constructor(private readonly wrong: Wrong) {}

  add({ line }: ContentLine, name: string, times: number): void {
    const most = MOST[name];
    if (most === undefined) return;
    const count = (this.counted.get(name) ?? 0) + times;
    if (count > most) throw this.wrong(line, `this is more than ${most} of ${name} in one file`);
    this.counted.set(name, count);
  }
}

/** An event as it is written: on which line it begins, and its own lines. */
export interface WrittenEvent {
  readonly line: number;
  readonly contents: readonly ContentLine[];
}

/** What stands in an event itself; every day that it names is a real one. */
const checkProperty = (content: ContentLine, count: Count, wrong: Wrong): void => {
  const { name, value } = content;
  const values = value.split(',');
  checkForm(content, wrong);
  if (name !== 'RRULE') count.add(content, name, values.length);
  else if (/FREQ=YEARLY/i.test(value)) count.add(content, name, 1);
  if (DAYS.has(name)) for (const written of values) checkDay(content, written, wrong);
};

/** The events of a file, in order. */
export const writtenEvents = (text: string, wrong: Wrong): readonly WrittenEvent[] => {
  const events: { line: number; contents: ContentLine[] }[] = [];
  const within: string[] = [];
  const count = new Count(wrong);
  const begin = (content: ContentLine): void => {
    const kind = content.value.toUpperCase();
    if (within.push(kind) > DEEPEST)
      throw wrong(content.line, `this is nested more than ${DEEPEST} levels deep`);
    count.add(content, kind, 1);
    if (kind === 'VEVENT') events.push({ line: content.line, contents: [] });
  };
  for (const content of contentLines(text, wrong)) {
    if (content.name === 'BEGIN') begin(content);
    else if (content.name === 'END') within.pop();
    else if (within.at(-1) === 'VEVENT') {
      checkProperty(content, count, wrong);
      events.at(-1)?.contents.push(content);
    }
  }
  return events;
};
