import type { Command } from 'commander';
import { CalendarHandler } from '../clocks/calendar.handler.js';
import { isDate } from '../clocks/days.js';
import { PolicyBook } from '../clocks/policy.queries.js';
import { onGround, say, Unusable } from '../platform/command-line.js';
import { table } from '../platform/table.js';
import { addImport } from './calendar-import.cli.js';
import { revision } from './calendar-wish.js';
import { doneText, inHouse, more, part, told, type AsJson } from './in-house.js';
import { RulesReader } from './rules.reader.js';

interface Revising extends AsJson {
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
  readonly base?: string;
  readonly source: string;
  readonly reasons: string;
}

/** `2026-12-24=Closed between the years`. */
const dayOff = (written: string): { date: string; name: string } => {
  const [date = '', ...name] = written.split('=');
  if (!isDate(date)) throw new Unusable(`--add ${written}: write a day as YYYY-MM-DD, and =NAME after it.`);
  return { date, name: name.join('=') || 'closed' };
};

const addList = (calendars: Command): void => {
  calendars
    .command('list')
    .description('the calendars that policies name and those that were revised')
    .option('--json', 'as JSON')
    .action(async ({ json }: AsJson) => {
      const list = await inHouse((house) => part(house, RulesReader).calendars());
      say(json, list, () =>
        table([
          ['calendar', 'revision', 'source'],
          ...list.calendars.map(({ name, revision: nth, source }) => [
            name,
            String(nth),
            source ?? 'as shipped',
          ]),
        ]),
      );
    });
};

const addShow = (calendars: Command): void => {
  calendars
    .command('show')
    .description('the holidays and closures of a year')
    .argument('<name>', 'weekdays, a region such as GB-ENG, or a calendar of your own')
    .option('--year <year>', 'this year, when absent')
    .option('--json', 'as JSON')
    .action(async (name: string, { year, json }: AsJson & { readonly year?: string }) => {
      if (year !== undefined && !/^(19|20|21)\d\d$/.test(year))
        throw new Unusable(`--year ${year}: give 1900 to 2199.`);
      const asked = year === undefined ? undefined : Number(year);
      const view = await onGround(async ({ pool, config, clock }) =>
        new RulesReader(new PolicyBook(pool, config), clock).calendar(name, asked),
      );
      say(json, view, () =>
        [
          `${view.name}, revision ${view.revision}: ${view.workingDays} working days in ${view.year}`,
          ...view.holidays.map(
            ({ date, name: called }) => `  ${date}${called === null ? '' : `  ${called}`}`,
          ),
        ].join('\n'),
      );
    });
};

const addRevise = (calendars: Command): void => {
  calendars
    .command('revise')
    .description('adds or removes days off, and says which deadlines moved')
    .argument('<name>', 'a region such as GB-ENG, or a name of your own')
    .option('--add <day>', 'a day off, YYYY-MM-DD=NAME; may be repeated', more)
    .option('--remove <day>', 'a day that is no holiday after all; may be repeated', more)
    .option('--base <calendar>', 'the shipped calendar that it begins with')
    .requiredOption('--reasons <text>', 'why; kept on the record')
    .option('--source <text>', 'where the days come from', 'the organisation')
    .option('--json', 'as JSON, with every deadline that moved')
    .action(async (name: string, { add = [], remove = [], base, source, reasons, json }: Revising) => {
      const days = { add: add.map(dayOff), remove };
      const command = revision(name, { ...days, source, reasons, ...(base === undefined ? {} : { base }) });
      const done = await inHouse((house) =>
        told((audience) => part(house, CalendarHandler).execute(command, audience)),
      );
      say(json, done, () => doneText(done));
    });
};

export const addCalendarCommands = (program: Command): void => {
  const calendars = program.command('calendar').description('the working calendars that deadlines go by');
  for (const add of [addList, addShow, addRevise, addImport]) add(calendars);
};
