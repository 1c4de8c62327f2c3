import type { Command } from 'commander';
import { References } from '../complaints/reference.queries.js';
import { EventStore } from '../event-store/event-store.js';
import { Sealing } from '../event-store/sealing.js';
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
    .option('--json', 'as JSON')
    .action(async (name: string, { json }: { json?: boolean }) => {
      const entries = await onGround(async ({ pool, clock, masterKeys }) => {
        const store = new EventStore(pool);
        const history = await new HistoryReader(store, new References(pool), clock).of(name);
        return new Sealing(masterKeys, store).open(history);
      });
      say(json, entries, () => historyText(entries));
    });
  addReplayCommand(audit);
  addExportCommand(audit);
  addAskCommand(audit);
};
