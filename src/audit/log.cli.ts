import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { z } from 'zod';
import { onGround, optionsAs, REFUSED, say, Unusable } from '../platform/command-line.js';
import { ProgressBar } from '../platform/progress-bar.js';
import { Checkpoints, type KnownKey } from './checkpoints.js';
import { readCheckpoint } from './log/checkpoint.js';
import { broughtAs, verdictText, type BroughtFiles, type Verdict } from './log/verdict.js';
import { verifyExport } from './log/verify-export.js';
import { LogExport } from './log-export.js';
import { verifyLive } from './verify-live.js';

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
    : keys.map(({ key, firstUsedAt }) => `${key}  # first used ${firstUsedAt}`).join('\n');

interface VerifyOptions extends BroughtFiles {
  readonly from?: string;
  readonly json?: boolean;
}

const verify = async ({ from, json, ...files }: VerifyOptions): Promise<void> => {
  const brought = await broughtAs(files).catch((error: Error) => {
    throw new Unusable(error.message);
  });
  const bar = new ProgressBar('Verifying');
  const show = (position: number, of: number): void => bar.show(position / of, `${position} of ${of} events`);
  const look = (): Promise<Verdict> =>
    from === undefined
      ? onGround((ground) => verifyLive(ground, brought, show))
      : verifyExport(from, brought, show);
  const verdict = await look().finally(() => bar.end());
  say(json, verdict, () => verdictText(verdict));
  if (!verdict.ok) process.exitCode = REFUSED;
};

const exportOptions = z.object({
  format: z.literal('log', 'Say log: the exact bytes with their proofs.'),
  out: z.string(),
  from: z.coerce
    .number('Give a position.')
    .int('Give a position.')
    .min(1, 'Positions begin with 1.')
    .default(1),
});

const exportLog = async ({ json, ...options }: Record<string, unknown>): Promise<void> => {
  const { out, from } = optionsAs(exportOptions, options);
  const bar = new ProgressBar('Exporting');
  const exported = await onGround((ground) =>
    LogExport.of(ground, out, from, (position, of) => bar.show(position / of, `${position} of ${of} events`)),
  ).finally(() => bar.end());
  say(
    json === true,
    exported,
    () =>
      `${exported.events} events up to position ${exported.last}, in ${exported.directory}.\nVerify them with redress-verify ${exported.directory}`,
  );
};

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
  audit
    .command('verify')
    .description(
      'proves that no event was changed, removed, inserted or reordered; exit 1, and where, when one was',
    )
    .option('--from <dir>', 'an export, with no database')
    .option('--key <file>', 'public keys kept elsewhere: only these are believed')
    .option('--since <checkpoint>', 'a checkpoint kept elsewhere, as a file: the log must go on from it')
    .option('--require-anchor', 'exit 1 also when nothing that was kept elsewhere proves it')
    .option('--json', 'as JSON')
    .action(verify);
  audit
    .command('export')
    .description('the events with what proves them; run again, it goes on where it was')
    .requiredOption(
      '--format <log>',
      'log: the exact bytes and their proofs, which verify without a database',
    )
    .requiredOption('--out <dir>', 'the directory')
    .option('--from <position>', 'leaves out the events before it')
    .option('--json', 'as JSON')
    .action(exportLog);
};
