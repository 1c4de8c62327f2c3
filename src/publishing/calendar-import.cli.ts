import { basename } from 'node:path';
import type { Command } from 'commander';
import { CalendarHandler } from '../clocks/calendar.handler.js';
import { say } from '../platform/command-line.js';
import { revision } from './calendar-wish.js';
import { daysOffIn, YEARS_AHEAD, type DaysOffAsked } from './days-off-file.js';
import type { IgnoredEvent } from './ical-file.js';
import { doneText, inHouse, part, told, type AsJson } from './in-house.js';

interface Importing extends AsJson, DaysOffAsked {
  readonly source?: string;
  readonly reasons: string;
}

export const ignoredText = ({ line, name, why }: IgnoredEvent): string =>
  `  line ${line}, ${name}: no day off, because ${why}.`;

const run = (file: string, { source, reasons, ...asked }: Importing) =>
  inHouse(async (house) => {
    const read = await daysOffIn(file, asked, house);
    const about = { source: source ?? read.source ?? basename(file), reasons };
    const commands = read.calendars.map(({ name, ...days }) => revision(name, { ...days, ...about }));
    const calendars = [];
    for (const command of commands)
      calendars.push(await told((audience) => part(house, CalendarHandler).execute(command, audience)));
    return { calendars, ignored: read.ignored };
  });

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
