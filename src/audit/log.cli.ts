import { readFile, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { onGround, REFUSED, say, Unusable } from '../platform/command-line.js';
import { ProgressBar } from '../platform/progress-bar.js';
import { Checkpoints, type KnownKey } from './checkpoints.js';
import { readCheckpoint } from './log/checkpoint.js';
import { cosign, witnessOf, type Cosigned } from './log/cosign.js';
import { broughtAs, verdictText, type BroughtFiles, type Verdict } from './log/verdict.js';
import { verifyExport } from './log/verify-export.js';
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

interface CosignOptions {
  readonly name: string;
  readonly key: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** For a witness, who has no database: what is made of the arguments alone. */
const cosignFile = async (file: string, { name, key, out, json }: CosignOptions): Promise<void> => {
  const work = async (): Promise<Cosigned> => {
    const note = await readFile(file, 'utf8');
    return cosign(note, await witnessOf(name, key), Math.floor(Date.now() / 1000));
  };
  const cosigned = await work().catch((error: Error) => {
    throw new Unusable(error.message);
  });
  if (out !== undefined) await writeFile(out, cosigned.note);
  say(json, cosigned, () => cosigned.note.trimEnd());
};

const addProofCommands = (audit: Command): void => {
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
};

/** What has to do with the log as a whole: its checkpoints, keys and proofs. */
export const addLogCommands = (audit: Command): void => {
  addProofCommands(audit);
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
    .command('cosign')
    .argument('<checkpoint>', 'a file; verify it first, against the one that was cosigned before')
    .description('adds the signature of a witness to a checkpoint; its public key is told with --json')
    .requiredOption('--name <name>', 'what the witness is called, such as auditor.example/redress')
    .requiredOption('--key <file>', 'its private key: 32 random bytes in base64')
    .option('--out <file>', 'writes it into this file too')
    .option('--json', 'as JSON')
    .action(cosignFile);
};
