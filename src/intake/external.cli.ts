import type { INestApplicationContext } from '@nestjs/common';
import type { Command } from 'commander';
import { showAtConsole } from '../access/console-looks.js';
import { optionsAs, say } from '../platform/command-line.js';
import { table } from '../platform/table.js';
import { inHouse, part, type AsJson } from '../publishing/in-house.js';
import { ExternalRecords } from './external-records.reader.js';
import {
  externalListAsked,
  type ExternalListAsked,
  type ExternalRecordView,
  type ExternalStateView,
} from './external-view.js';

type Asked = AsJson & Readonly<Record<string, unknown>>;

const asked = ({ json: _, ...options }: Asked): ExternalListAsked => optionsAs(externalListAsked, options);

const records = (house: INestApplicationContext): ExternalRecords => part(house, ExternalRecords).patient();

const withMoment = (command: Command): Command =>
  command
    .requiredOption('--source <name>', 'the register, as its mapping names it')
    .option('--as-of <when>', 'a day or an instant; now, when absent')
    .option(
      '--basis <basis>',
      'known-now: what copies taken by then showed; known-then: what had been recorded by then',
      'known-now',
    );

const stateText = ({ source, asOf, basis, position, records: count, sha256 }: ExternalStateView): string =>
  `${source} as of ${asOf} (${basis}, position ${position}): ${count} records, ${sha256}`;

const addState = (external: Command): void => {
  withMoment(external.command('state', { isDefault: true }))
    .description('how a register stood as a whole: counts and a hash to compare with a copy of it')
    .option('--json', 'as JSON, with how many records hold each value')
    .action(async (options: Asked) => {
      const { first: _, after: __, ...question } = asked(options);
      const state = await inHouse((house) => records(house).state(question));
      say(options.json, state, () => stateText(state));
    });
};

const recordText = ({ recordId, seenFrom, fields }: ExternalRecordView): string[] => [
  recordId.join(' '),
  seenFrom,
  fields.flatMap(({ name, value }) => (value === null ? [] : [`${name}: ${value}`])).join('; '),
];

const addRecords = (external: Command): void => {
  withMoment(external.command('records'))
    .description('the records of a register as they stood, a page at a time')
    .option('--first <n>', 'how many, 200 at most; 50 when absent')
    .option('--after <cursor>', 'the next of the page before')
    .option('--json', 'as JSON')
    .action(async (options: Asked) => {
      const question = asked(options);
      const page = await inHouse(async (house, ground) =>
        showAtConsole(ground, { line: 'external records', seen: [] }, await records(house).page(question)),
      );
      say(options.json, page, () =>
        [
          table([['record', 'seen so from', 'cells'], ...page.items.map(recordText)]),
          ...(page.next === null ? [] : [`More: --after ${page.next}`]),
        ].join('\n'),
      );
    });
};

const addRegisters = (external: Command): void => {
  external
    .command('registers')
    .description('the registers that were only observed')
    .option('--json', 'as JSON')
    .action(async ({ json }: AsJson) => {
      const told = await inHouse((house) => records(house).registers());
      say(json, told, () =>
        table([
          ['register', 'records', 'first seen', 'last change seen'],
          ...told.registers.map((each) => [
            each.source,
            String(each.records),
            each.firstSeenAt,
            each.lastChangeSeenAt,
          ]),
        ]),
      );
    });
};

export const addExternalCommand = (program: Command): void => {
  const external = program
    .command('external')
    .description('registers without days of receipt, as they were observed');
  for (const add of [addState, addRecords, addRegisters]) add(external);
};
