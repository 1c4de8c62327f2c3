import type { Command } from 'commander';
import { z } from 'zod';
import { everything } from '../access/sight.js';
import { day } from '../event-store/schema.js';
import { optionsAs, say } from '../platform/command-line.js';
import { inHouse, part } from '../publishing/in-house.js';
import { RetentionReader, type DueErasure } from './retention.reader.js';
import { Retention } from './retention.worker.js';

const PAGE = 200;
const options = z.object({ on: day.optional(), json: z.literal(true).optional() });

const lineOf = ({ reference, category, outcome, closedOn, keptUntil, policy, held }: DueErasure): string =>
  [
    reference,
    category,
    outcome,
    `closed ${closedOn}`,
    `kept until ${keptUntil}`,
    policy,
    ...(held ? ['legal hold'] : []),
  ].join('  ');

const preview = (given: object): Promise<void> =>
  inHouse(async (house) => {
    const { on, json } = optionsAs(options, given);
    const reader = part(house, RetentionReader);
    const due: DueErasure[] = [];
    let after: string | undefined;
    do {
      const page = await reader.page({ first: PAGE, after, ...(on === undefined ? {} : { on }) }, everything);
      due.push(...page.items);
      after = page.next ?? undefined;
    } while (after !== undefined);
    say(json, { due }, () => (due.length === 0 ? 'None.' : due.map(lineOf).join('\n')));
  });

const run = (given: object): Promise<void> =>
  inHouse(async (house) => {
    const { json } = optionsAs(options, given);
    const done = await part(house, Retention).run();
    const { erasedCases, erasedParties, held } = done;
    say(json, done, () => `${erasedCases} cases and ${erasedParties} parties erased; ${held} on hold.`);
  });

export const addRetentionCommands = (program: Command): void => {
  const retention = program.command('retention').description('what is kept of closed cases, and how long');
  retention
    .command('preview')
    .description('the cases whose time is over on a day, and which of them are held; nothing is erased')
    .option('--on <date>', 'that day, YYYY-MM-DD; today, when absent')
    .option('--json', 'as JSON')
    .action(preview);
  retention
    .command('run')
    .description('erases now what is due, as the worker does each hour')
    .option('--json', 'as JSON')
    .action(run);
};
