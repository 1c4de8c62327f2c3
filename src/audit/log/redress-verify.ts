import { parseArgs } from 'node:util';
import { ProgressBar } from '../../platform/progress-bar.js';
import { Unreadable } from './note.js';
import { broughtAs, verdictText } from './verdict.js';
import { verifyExport } from './verify-export.js';

/** `redress-verify`: proves an export, with Node and nothing else. */

const USAGE = `Usage: redress-verify <export> [--key FILE] [--since CHECKPOINT] [--require-anchor] [--json]

Proves that no event of an export of the log was changed, removed, inserted or reordered.
  --key FILE          public keys kept elsewhere, one a line: only these are believed
  --since CHECKPOINT  a checkpoint kept elsewhere, as a file: the log must go on from it
  --require-anchor    exit 1 also when nothing that was kept elsewhere proves it
  --json              as JSON
Exit 0: proven; 1: found wrong, and the first lines say where; 2: unusable arguments.
`;

const options = {
  key: { type: 'string' },
  since: { type: 'string' },
  'require-anchor': { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

const argumentsIn = (args: string[]) => {
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new Unreadable((error as Error).message);
  }
};

const verify = async (args: string[]): Promise<number> => {
  const { positionals, values } = argumentsIn(args);
  const [directory] = positionals;
  if (values.help || directory === undefined || positionals.length > 1) {
    (values.help ? process.stdout : process.stderr).write(USAGE);
    return values.help ? 0 : 2;
  }
  const brought = await broughtAs({ ...values, requireAnchor: values['require-anchor'] });
  const bar = new ProgressBar('Verifying');
  const verdict = await verifyExport(directory, brought, (position, of) =>
    bar.show(position / of, `${position} of ${of} events`),
  ).finally(() => bar.end());
  process.stdout.write(`${values.json ? JSON.stringify(verdict, null, 2) : verdictText(verdict)}\n`);
  return verdict.ok ? 0 : 1;
};

process.exitCode = await verify(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  return error instanceof Unreadable ? 2 : 1;
});
