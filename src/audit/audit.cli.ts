import type { Command } from 'commander';
import { everything } from '../access/sight.js';
import { References } from '../complaints/reference.queries.js';
import { REASON, showAtConsole } from '../access/console-looks.js';
import { aCase } from '../access/look.js';
import { EventStore } from '../event-store/event-store.js';
import { onGround, say } from '../platform/command-line.js';
import { addExportCommand } from './export.cli.js';
import { HistoryReader } from './history.reader.js';
import { historyText } from './history-text.js';
import { addLogCommands } from './log.cli.js';
import { addAskCommand } from './question.cli.js';
import { addReplayCommand } from './replay.cli.js';

export const addAuditCommands = (program: Command): void => {
  const audit = program.command('audit').description('what was recorded, and proof of it');
  addLogCommands(audit);
  audit
    .command('history')
    .argument('<case>', 'an id or a reference')
    .description('every event of a case, in order: who, when it happened, when it was recorded, why')
    .option(...REASON)
    .option('--json', 'as JSON')
    .action(async (name: string, { json, reason }: { json?: boolean; reason?: string }) => {
      const entries = await onGround(async (ground) => {
        const { pool, clock } = ground;
        const history = await new HistoryReader(new EventStore(pool), new References(pool), clock).of(
          name,
          everything,
        );
        return showAtConsole(ground, { line: 'audit history', seen: [aCase(name)], reason }, history);
      });
      say(json, entries, () => historyText(entries));
    });
  addReplayCommand(audit);
  addExportCommand(audit);
  addAskCommand(audit);
};
