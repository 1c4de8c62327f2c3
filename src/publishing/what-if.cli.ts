import type { INestApplicationContext } from '@nestjs/common';
import type { Command } from 'commander';
import { everything } from '../access/sight.js';
import { readInput } from '../access/read-door.js';
import { isDate } from '../clocks/days.js';
import { say, Unusable } from '../platform/command-line.js';
import { table } from '../platform/table.js';
import { ignoredText } from './calendar-import.cli.js';
import { daysOffIn } from './days-off-file.js';
import { inHouse, more, part, policyIn, type AsJson } from './in-house.js';
import { supposition, type Supposition } from './supposition.js';
import { WhatIfReader, type WhatIf } from './what-if.reader.js';

interface Asked extends AsJson {
  readonly policy?: string;
  readonly calendar?: readonly string[];
  readonly asOf?: string;
}

const whatIfText = ({ asOf, cases, changes, ...counts }: WhatIf): string =>
  [
    `Of ${cases} open cases on ${asOf}: ${counts.later} deadlines would be later, ${counts.earlier} earlier, ` +
      `${counts.unchanged} unchanged, ${counts.begun} begun, ${counts.dropped} dropped; ` +
      `${counts.newlyOverdue} would be overdue, ${counts.noLongerOverdue} no longer.`,
    ...(changes.length === 0
      ? []
      : [
          table([
            ['reference', 'deadline', 'due', 'would be', 'becomes'],
            ...changes.map((each) => [
              each.reference,
              each.deadline,
              each.dueOn ?? '',
              each.wouldBeDueOn ?? '',
              each.becomes,
            ]),
          ]),
        ]),
  ].join('\n');

/** `closures.ics` for a calendar, `head-office=closures.ics`; a file that names its calendars itself stands alone. */
const NAMED_FILE = /^(?:(?<name>[A-Za-z0-9-]+)=)?(?<file>.+)$/s;

const calendarsIn = (written: readonly string[], house: INestApplicationContext) =>
  Promise.all(
    written.map((each) => {
      const { name, file = '' } = NAMED_FILE.exec(each)?.groups ?? {};
      return daysOffIn(file, name === undefined ? {} : { calendar: name }, house);
    }),
  );

const versionIn = async (
  policy: string | undefined,
  supposed: readonly string[],
  house: INestApplicationContext,
): Promise<Pick<Supposition, 'version' | 'policy'>> => {
  if (policy === undefined) return {};
  return /^[a-z0-9-]+@\d+$/.test(policy)
    ? { version: policy }
    : { policy: await policyIn(house, policy, supposed) };
};

const ask = async ({ policy, calendar: files = [], asOf }: Asked, house: INestApplicationContext) => {
  const read = await calendarsIn(files, house);
  const calendars = read.flatMap((each) => each.calendars);
  const names = calendars.map(({ name }) => name);
  const asked = readInput(supposition, { ...(await versionIn(policy, names, house)), calendars, asOf });
  const view = await part(house, WhatIfReader).suppose(asked, everything);
  return { view, ignored: read.flatMap((each) => each.ignored) };
};

export const addWhatIf = (program: Command): void => {
  program
    .command('whatif')
    .description(
      'what another policy, other calendars, or both would make of the open cases; nothing is written',
    )
    .option('--policy <file>', 'a YAML file, or a published version such as default@2')
    .option(
      '--calendar <file>',
      'gov.uk’s bank-holidays.json, or an iCalendar file and whose it is, GB-ENG=closures.ics; may be repeated',
      more,
    )
    .option('--as-of <date>', 'overdue at the end of that day; today, when absent')
    .option('--json', 'as JSON')
    .action(async (asked: Asked) => {
      const { policy, calendar, asOf, json } = asked;
      if (asOf !== undefined && !isDate(asOf))
        throw new Unusable(`--as-of ${asOf}: write a day as YYYY-MM-DD.`);
      if (policy === undefined && calendar === undefined)
        throw new Unusable('Say what would be otherwise: --policy FILE, --calendar FILE, or both.');
      const { view, ignored } = await inHouse((house) => ask(asked, house));
      say(json, view, () => [whatIfText(view), ...ignored.map(ignoredText)].join('\n'));
    });
};
