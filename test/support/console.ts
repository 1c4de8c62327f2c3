import { jest } from '@jest/globals';
import { Command } from 'commander';
import { askTheTable } from '../../src/access/console.js';
import { addCommands } from '../../src/commands.js';
import { runCommandLine } from '../../src/platform/command-line.js';

export interface Said {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What is written to a stream from here on, until it is asked for. */
const kept = (stream: NodeJS.WriteStream): (() => string) => {
  const chunks: string[] = [];
  const written = jest.spyOn(stream, 'write').mockImplementation((chunk, ...rest) => {
    chunks.push(Buffer.from(chunk as string).toString());
    const done = rest.at(-1);
    if (typeof done === 'function') process.nextTick(done);
    return true;
  });
  return () => {
    written.mockRestore();
    return chunks.join('');
  };
};

const run = async (args: readonly string[], env: NodeJS.ProcessEnv): Promise<Said> => {
  const before = { ...process.env };
  Object.assign(process.env, { LOG_LEVEL: 'fatal' }, env);
  const [stdout, stderr] = [kept(process.stdout), kept(process.stderr)];
  const program = askTheTable(new Command('redress'));
  try {
    await addCommands(program, args[0]);
    await runCommandLine(program, ['node', 'redress', ...args]);
  } finally {
    for (const name of Object.keys(env)) delete process.env[name];
    Object.assign(process.env, before);
  }
  const said = { exit: Number(process.exitCode ?? 0), stdout: stdout(), stderr: stderr() };
  process.exitCode = undefined;
  return said;
};

let last: Promise<unknown> = Promise.resolve();

/**
 * `redress` with these arguments and settings, in this process and one after the other: a process of its own takes seconds
 * to load the house. That the program itself does the same is for command-line.e2e.spec.ts.
 */
export const atConsole = (args: readonly string[], env: NodeJS.ProcessEnv): Promise<Said> => {
  const said = last.then(() => run(args, env));
  last = said.catch(() => {});
  return said;
};
