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

/** Lines that begin with a blank go on where the one before them ended. */
function* contentLines(text: string, wrong: Wrong): Generator<ContentLine> {
  let open: { line: number; text: string } | undefined;
  const read = ({ line, text: written }: { line: number; text: string }): ContentLine => {
    const [, name = '', parameters = '', value = ''] = CONTENT.exec(written) ?? [];
    if (name === '') throw wrong(line, `"${written.slice(0, 40)}" is no line of an iCalendar file`);
    return { line, name: name.toUpperCase(), parameters: parameters.toUpperCase(), value };
  };
  for (const [index, physical] of text.split(/\r?\n/).entries()) {
    if (/^[ \t]/.test(physical) && open) open.text += physical.slice(1);
    else {
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
  const until = parts.get('UNTIL');
  if (until !== undefined) checkDay({ ...content, name: 'RRULE' }, until, wrong);
};

/** An event as it is written: on which line it begins, and its own lines. */
export interface WrittenEvent {
  readonly line: number;
  readonly contents: readonly ContentLine[];
}

/** The events of a file, in order; every day that they name is a real one. */
export const writtenEvents = (text: string, wrong: Wrong): readonly WrittenEvent[] => {
  const events: { line: number; contents: ContentLine[] }[] = [];
  let within: readonly string[] = [];
  for (const content of contentLines(text, wrong)) {
    const { line, name, value } = content;
    if (name === 'BEGIN') {
      within = [...within, value.toUpperCase()];
      if (within.at(-1) === 'VEVENT') events.push({ line, contents: [] });
    } else if (name === 'END') within = within.slice(0, -1);
    else if (within.at(-1) === 'VEVENT') {
      if (DAYS.has(name)) for (const written of value.split(',')) checkDay(content, written, wrong);
      events.at(-1)?.contents.push(content);
    }
  }
  return events;
};
