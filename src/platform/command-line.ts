import type { Command } from 'commander';
import type { z } from 'zod';
import { Refusal } from '../event-store/errors.js';
import { explained } from '../event-store/lost-connection.js';
import { readConfig, WrongSetting, type Config } from './config.js';
import { openGround, type OpenGround } from './ground.js';
import { reading } from './reading.js';

/** What every command of the command line shares: settings, the ground, `--json`, and exit 0, 1 or 2. */

export const REFUSED = 1;
export const UNUSABLE = 2;

/** Arguments that make no sense, or name what is not there; exit 2. */
export class Unusable extends Error {
  constructor(
    message: string,
    readonly code = 'unusable-arguments',
  ) {
    super(message);
  }
}

const optionOf = (name: PropertyKey | undefined): string =>
  String(name ?? '').replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** The options of a command as a schema has them, each named after its field. Errors: Unusable. */
export const optionsAs = <S extends z.ZodType>(schema: S, options: unknown): z.output<S> => {
  const read = reading(schema, options);
  if (read.ok) return read.data;
  throw new Unusable(
    read.faults.map(({ path: [name], message }) => `--${optionOf(name)}: ${message}`).join(' '),
  );
};

/** Runs with the database open, and closes it whatever happens. */
export const onGround = async <T>(
  work: (ground: OpenGround) => Promise<T>,
  config = settings(),
): Promise<T> => {
  const ground = await openGround(config);
  try {
    return await work(ground);
  } finally {
    await ground.close();
  }
};

export const settings = (): Config => readConfig(process.env);

const HIDDEN = /(?!\n)[\p{C}\u2028\u2029]/gu;
const numberOf = (hidden: string): string => (hidden.codePointAt(0) ?? 0).toString(16);

/** As a terminal may be given it: what it would obey, or not show, is told by its number. Old references may hold any of it. */
export const printable = (text: string): string =>
  text.replaceAll(HIDDEN, (hidden) => `\\u{${numberOf(hidden)}}`);

/** The same in JSON, which itself escapes what is below a space. */
const printableJson = (value: unknown): string =>
  JSON.stringify(value, null, 2).replaceAll(
    /[\u007f-\u009f\u2028\u2029]/g,
    (hidden) => `\\u${numberOf(hidden).padStart(4, '0')}`,
  );

/** A line for people, or the value itself as JSON under `--json`. */
export const say = (json: boolean | undefined, value: unknown, lines: () => string): void => {
  process.stdout.write(`${json ? printableJson(value) : printable(lines())}\n`);
};

/** Password, role, database: what PostgreSQL says of them names no secret, and no second attempt helps. */
const LOGIN_STATES = /^(28|3D000)/;

const refusal = (thrown: unknown): { code: string; message: string; exit: number } => {
  if (thrown instanceof WrongSetting)
    return { code: 'wrong-setting', message: thrown.message, exit: UNUSABLE };
  if (thrown instanceof Unusable) return { code: thrown.code, message: thrown.message, exit: UNUSABLE };
  const { code = '', message } = thrown as { code?: string; message: string };
  if (LOGIN_STATES.test(code))
    return {
      code: 'wrong-setting',
      message: `The database refuses the login: ${message}. See to DATABASE_URL; for redress migrate, to DATABASE_OWNER_URL.`,
      exit: UNUSABLE,
    };
  const error = explained(thrown);
  if (error instanceof Refusal) return { code: error.code, message: error.message, exit: REFUSED };
  return { code: 'failed', message: error.message, exit: REFUSED };
};

const nameOf = (command: Command): string =>
  command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name();

/** What commander found, as a sentence, and what there is instead. */
const unusable = (command: Command, message: string): Unusable => {
  const [found = '', ...hints] = message
    .trim()
    .replace(/^error: /, '')
    .split('\n');
  const known = command.commands.map((each) => each.name()).join(', ');
  const instead = known === '' ? '' : ` Commands: ${known}.`;
  const sentence = `${found.charAt(0).toUpperCase()}${found.slice(1).replace(/\.$/, '')}.`;
  const hint = hints.length === 0 ? '' : ` ${hints.join(' ')}`;
  return new Unusable(`${sentence}${hint}${instead} See ${nameOf(command)} --help.`);
};

/** Commander would otherwise say its own and end the process itself, with exit 1, also in a command of a command. */
const throwsToUs = (command: Command): void => {
  command.configureOutput({ outputError: () => undefined });
  command.exitOverride((error) => {
    throw error.exitCode === 0 || error.code === 'commander.help' ? error : unusable(command, error.message);
  });
  command.commands.forEach(throwsToUs);
};

const isHelp = (error: unknown): error is { readonly exitCode: number } =>
  (error as { code?: string }).code?.startsWith('commander.') === true;

/** Parses and runs; the exit code says how it went, and standard error why. */
export const runCommandLine = async (program: Command, argv: readonly string[]): Promise<void> => {
  throwsToUs(program);
  try {
    await program.parseAsync(argv);
  } catch (error) {
    if (isHelp(error)) {
      process.exitCode = error.exitCode === 0 ? 0 : UNUSABLE;
      return;
    }
    const { message, exit, ...told } = refusal(error);
    process.stderr.write(
      argv.includes('--json') ? `${JSON.stringify({ ...told, message })}\n` : `${printable(message)}\n`,
    );
    process.exitCode = exit;
  }
};
