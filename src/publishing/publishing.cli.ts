import type { Command } from 'commander';
import { say } from '../platform/command-line.js';
import { addCalendarCommands } from './calendar.cli.js';
import { Explanations, type Explanation } from './explanation.reader.js';
import { inHouse, part, type AsJson } from './in-house.js';
import { addPolicyCommands } from './policy.cli.js';
import { addWhatIf } from './what-if.cli.js';

const explained = ({ deadline, occurrence, sentences }: Explanation): string =>
  [`${deadline}${occurrence > 1 ? ` (${occurrence})` : ''}`, ...sentences.map((each) => `  ${each}`)].join(
    '\n',
  );

export const addPublishingCommands = (program: Command): void => {
  addPolicyCommands(program);
  addCalendarCommands(program);
  addExplain(program);
  addWhatIf(program);
};

const addExplain = (program: Command): void => {
  program
    .command('explain')
    .description('how the due dates of a case came about')
    .argument('<case>', 'its id or its reference')
    .argument('[deadline]', 'one of its deadlines; all, when absent')
    .option('--json', 'as JSON')
    .action(async (name: string, deadline: string | undefined, { json }: AsJson) => {
      const found = await inHouse(async (house) => {
        const explanations = part(house, Explanations);
        return deadline === undefined ? explanations.all(name) : [await explanations.one(name, deadline)];
      });
      say(json, { explanations: found }, () => found.map(explained).join('\n\n') || 'It has no deadlines.');
    });
};
