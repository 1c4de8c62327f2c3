import type { Command } from 'commander';
import { AsOf } from '../backlog/as-of.reader.js';
import { momentText } from '../backlog/moment.js';
import { say, Unusable } from '../platform/command-line.js';
import { inHouse, part, type AsJson } from '../publishing/in-house.js';
import { ExternalRecords } from './external-records.reader.js';
import { stateOf } from './external-state.js';

interface Asked extends AsJson {
  readonly source: string;
  readonly asOf?: string;
}

const stateThen = ({ source, asOf }: Asked) =>
  inHouse(async (house) => {
    const moments = part(house, AsOf);
    const moment = moments.moment(asOf);
    const position = await moments.positionAt(moment);
    const records = await part(house, ExternalRecords).knownAt(position, source);
    return { source, asOf: moment.asOf, position, ...stateOf(records) };
  });

export const addExternalCommand = (program: Command): void => {
  program
    .command('external')
    .description('how a register without days of receipt stood, with what had been recorded by then')
    .requiredOption('--source <name>', 'the register, as its mapping names it')
    .option('--as-of <when>', 'a day or an instant; now, when absent')
    .option('--json', 'as JSON, with how many records hold each value')
    .action(async (asked: Asked) => {
      if (asked.asOf !== undefined && !momentText.safeParse(asked.asOf).success)
        throw new Unusable(`--as-of ${asked.asOf}: give a day, or an instant with its offset.`);
      const state = await stateThen(asked);
      say(
        asked.json,
        state,
        () => `${state.source} at position ${state.position}: ${state.records} records, ${state.sha256}`,
      );
    });
};
