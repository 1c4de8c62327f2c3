import { Command } from 'commander';
import { addAccessCommands } from './access/access.cli.js';
import { addRebuildCommand } from './rebuild.cli.js';
import { addAuditCommands } from './audit/audit.cli.js';
import { addBacklogCommands } from './backlog/backlog.cli.js';
import { addReminderCommands } from './reminders/reminders.cli.js';
import { addServerCommands } from './server.cli.js';
import { addIntakeCommands } from './intake/intake.cli.js';
import { runCommandLine } from './platform/command-line.js';

const program = new Command('redress').description(
  'Complaint cases as immutable events: their age, their deadlines, and proof of their history.',
);

addServerCommands(program);
addAccessCommands(program);
addRebuildCommand(program);
addBacklogCommands(program);
addAuditCommands(program);
addReminderCommands(program);
addIntakeCommands(program);

await runCommandLine(program, process.argv);
