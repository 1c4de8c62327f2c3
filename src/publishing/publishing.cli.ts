import type { Command } from 'commander';
import { REASON, showAtConsole } from '../access/console-looks.js';
import { aCase } from '../access/look.js';
import { everything } from '../access/sight.js';
import { say } from '../platform/command-line.js';
import { addCalendarCommands } from './calendar.cli.js';
import { Explanations, type Explanation } from './explanation.reader.js';
import { inHouse, part, type AsJson } from './in-house.js';
import { addPolicyCommands } from './policy.cli.js';
import { addWhatIf } from './what-if.cli.js';

interface Asked extends AsJson {
  readonly reason?: string;
}

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
    .option(...REASON)
    .option('--json', 'as JSON')
    .action(async (name: string, deadline: string | undefined, { json, reason }: Asked) => {
      const found = await inHouse(async (house, ground) => {
        const explanations = part(house, Explanations);
        const all =
          deadline === undefined
            ? await explanations.all(name, everything)
            : [await explanations.one(name, deadline, everything)];
        return showAtConsole(ground, { line: 'explain', seen: [aCase(name)], reason }, all);
      });
      say(json, { explanations: found }, () => found.map(explained).join('\n\n') || 'It has no deadlines.');
    });
};
