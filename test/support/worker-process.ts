import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { TestApplication } from './application.js';

/** As `npm start` runs. */
const MEMORY = ['--min-semi-space-size=64', '--max-semi-space-size=64'];

/** A worker in a process of its own, by the real clock, on the database of an application under test. Run `prepare` first. It says on its output that it is ready. */
export const startWorker = ({ databaseUrl, config }: TestApplication, env: NodeJS.ProcessEnv): ChildProcess =>
  spawn(process.execPath, [...MEMORY, 'dist/src/cli.js', 'serve', '--roles', 'worker'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: databaseUrl,
      MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
      REDRESS_DATA_DIR: config.REDRESS_DATA_DIR,
      REDRESS_SWEEP_SECONDS: '1',
      LOG_LEVEL: 'fatal',
      ...env,
    },
  });

/** Ends a process, unless it has ended, and waits until it has. */
export const endProcess = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await once(child, 'exit');
};
