import type { Command } from 'commander';
import { isDate } from '../clocks/days.js';
import { say, Unusable } from '../platform/command-line.js';
import { table } from '../platform/table.js';
import { addCalendarCommands } from './calendar.cli.js';
import { Explanations, type Explanation } from './explanation.reader.js';
import { inHouse, part, policyIn, type AsJson } from './in-house.js';
import { addPolicyCommands } from './policy.cli.js';
import { WhatIfReader, type WhatIf } from './what-if.reader.js';

const explained = ({ deadline, occurrence, sentences }: Explanation): string =>
  [`${deadline}${occurrence > 1 ? ` (${occurrence})` : ''}`, ...sentences.map((each) => `  ${each}`)].join(
    '\n',
  );

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

const addWhatIf = (program: Command): void => {
  program
    .command('whatif')
    .description('what another policy would make of the open cases; nothing is written')
    .requiredOption('--policy <file>', 'a YAML file, or a published version such as default@2')
    .option('--as-of <date>', 'overdue at the end of that day; today, when absent')
    .option('--json', 'as JSON')
    .action(async ({ policy, asOf, json }: AsJson & { readonly policy: string; readonly asOf?: string }) => {
      if (asOf !== undefined && !isDate(asOf))
        throw new Unusable(`--as-of ${asOf}: write a day as YYYY-MM-DD.`);
      const view = await inHouse(async (house) => {
        const reader = part(house, WhatIfReader);
        if (/^[a-z0-9-]+@\d+$/.test(policy)) return reader.ifPublished(policy, asOf);
        return reader.suppose({ policy: await policyIn(house, policy) }, asOf);
      });
      say(json, view, () => whatIfText(view));
    });
};
