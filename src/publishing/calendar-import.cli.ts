import { basename } from 'node:path';
import type { INestApplicationContext } from '@nestjs/common';
import type { Command } from 'commander';
import { CalendarHandler, type CalendarCommand } from '../clocks/calendar.handler.js';
import { calendarName } from '../clocks/calendar.js';
import { PolicyBook } from '../clocks/policy.queries.js';
import { say, Unusable } from '../platform/command-line.js';
import { Clock } from '../platform/clock.js';
import { readBankHolidays } from './calendar-file.js';
import { revision } from './calendar-wish.js';
import { readClosures, type IgnoredEvent, type NamedDay } from './ical-file.js';
import { doneText, inHouse, part, textOf, told, type AsJson } from './in-house.js';

interface Importing extends AsJson {
  readonly calendar?: string;
  readonly complete?: boolean;
  readonly through?: string;
  readonly source?: string;
  readonly reasons: string;
}

interface Wishes {
  readonly commands: readonly CalendarCommand[];
  readonly ignored: readonly IgnoredEvent[];
}

/** How many years of what comes again each year are told, when nobody says until when. */
const YEARS_AHEAD = 10;

const isICalendar = (text: string): boolean => /^\uFEFF?\s*BEGIN:VCALENDAR/i.test(text);

const bankHolidays = (text: string, file: string, options: Importing): Wishes => {
  const given = (['calendar', 'complete', 'through'] as const).find((each) => options[each] !== undefined);
  if (given !== undefined)
    throw new Unusable(
      `--${given} is for iCalendar files. A file of bank holidays says for whom it is itself.`,
    );
  const about = {
    source: options.source ?? 'https://www.gov.uk/bank-holidays.json',
    reasons: options.reasons,
  };
  const read = readBankHolidays(text, file);
  return { commands: read.map(({ name, ...days }) => revision(name, { ...days, ...about })), ignored: [] };
};

const yearIn = (text: string | undefined, today: string): number => {
  if (text === undefined) return Number(today.slice(0, 4)) + YEARS_AHEAD;
  if (!/^(19|20|21)\d\d$/.test(text)) throw new Unusable(`--through ${text}: give a year from 1900 to 2199.`);
  return Number(text);
};

/** Of the days that an event has no more, those that it is on record for: a holiday of the base stays one. */
const undoneIn = (book: PolicyBook, name: string, cancelled: readonly NamedDay[]): string[] => {
  const last = book.isCalendar(name) ? book.calendarFile(name).revisions.at(-1) : undefined;
  const byDate = new Map(last?.added.map((added) => [added.date, added.name]));
  return cancelled.filter(({ date, name: called }) => byDate.get(date) === called).map(({ date }) => date);
};

const years = (days: readonly NamedDay[]): { complete?: { from: number; to: number } } => {
  const [first, last] = [days[0], days.at(-1)];
  if (!first || !last) return {};
  return { complete: { from: Number(first.date.slice(0, 4)), to: Number(last.date.slice(0, 4)) } };
};

const closures = async (
  text: string,
  file: string,
  { calendar: name, complete, through, source, reasons }: Importing,
  house: INestApplicationContext,
): Promise<Wishes> => {
  if (name === undefined || !calendarName.safeParse(name).success)
    throw new Unusable('Say for which calendar the days are, --calendar GB-ENG or a name of your own.');
  const { add, cancelled, ignored } = readClosures(text, file, yearIn(through, part(house, Clock).today()));
  const book = part(house, PolicyBook);
  await book.read();
  const days = { add, remove: undoneIn(book, name, cancelled), ...(complete ? years(add) : {}) };
  return { commands: [revision(name, { ...days, source: source ?? basename(file), reasons })], ignored };
};

const ignoredText = ({ line, name, why }: IgnoredEvent): string =>
  `  line ${line}, ${name}: no day off, because ${why}.`;

const run = async (file: string, options: Importing) => {
  const text = await textOf(file);
  return inHouse(async (house) => {
    const { commands, ignored } = isICalendar(text)
      ? await closures(text, file, options, house)
      : bankHolidays(text, file, options);
    const calendars = [];
    for (const command of commands)
      calendars.push(await told((tell) => part(house, CalendarHandler).execute(command, tell)));
    return { calendars, ignored };
  });
};

export const addImport = (calendars: Command): void => {
  calendars
    .command('import')
    .description(
      'imports days off: whole-day events of an iCalendar file (.ics), or bank holidays as gov.uk publishes them ' +
        '(bank-holidays.json, complete for its years); the same file again changes nothing',
    )
    .argument('<file>', 'the .ics or .json file')
    .option(
      '--calendar <name>',
      'iCalendar: the calendar that the days are for, GB-ENG or a name of your own',
    )
    .option('--complete', 'iCalendar: the days are all there are in their years; other holidays in them go')
    .option(
      '--through <year>',
      `iCalendar: until when days that come again each year are told; ${YEARS_AHEAD} years from now, when absent`,
    )
    .option('--source <text>', 'where the days come from; the name of the file, or the address at gov.uk')
    .option('--reasons <text>', 'why; kept on the record', 'Imported.')
    .option('--json', 'as JSON, with every deadline that moved')
    .action(async (file: string, options: Importing) => {
      const done = await run(file, options);
      say(options.json, done, () =>
        [...done.calendars.map(doneText), ...done.ignored.map(ignoredText)].join('\n'),
      );
    });
};
