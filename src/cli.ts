import { Command } from 'commander';
import { askTheTable } from './access/console.js';
import { addCommands } from './commands.js';
import { runCommandLine } from './platform/command-line.js';

const program = new Command('redress').description(
  'Complaint cases as immutable events: their age, their deadlines, and proof of their history.',
);

await addCommands(program, process.argv[2]);
await runCommandLine(askTheTable(program), process.argv);
