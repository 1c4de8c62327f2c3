import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { onGround, say } from '../platform/command-line.js';
import { table } from '../platform/table.js';
import { Checkpoints, type KnownKey } from './checkpoints.js';
import { readCheckpoint } from './log/checkpoint.js';

interface CheckpointOptions {
  readonly out?: string;
  readonly json?: boolean;
}

const checkpoint = async ({ out, json }: CheckpointOptions): Promise<void> => {
  const note = await onGround(({ pool, config }) => new Checkpoints(pool, config).signHead());
  if (out !== undefined) await writeFile(out, note);
  const { origin, size, root } = readCheckpoint(note);
  say(json, { origin, size, root: root.toString('base64'), note }, () => note.trimEnd());
};

/** As `verify --key` takes them: a key per line, and remarks. */
const keysText = (keys: readonly KnownKey[]): string =>
  keys.length === 0
    ? '# Nothing was signed yet.'
    : table(keys.map(({ key, firstUsedAt }) => [key, `# first used ${firstUsedAt}`]));

/** What has to do with the log as a whole: its checkpoints, keys and proofs. */
export const addLogCommands = (audit: Command): void => {
  audit
    .command('checkpoint')
    .description(
      'signs and prints the head of the log; keep it where nobody who runs the database can change it',
    )
    .option('--out <file>', 'writes it into this file too')
    .option('--json', 'as JSON')
    .action(checkpoint);
  audit
    .command('keys')
    .description('the public keys by which checkpoints verify, oldest first')
    .option('--json', 'as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const keys = await onGround(({ pool, config }) => new Checkpoints(pool, config).keys());
      say(json, keys, () => keysText(keys));
    });
};
