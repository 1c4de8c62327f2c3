import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('./appending.js', import.meta.url));

/** A process of its own that appends to a database: see appending.js. */
export interface AppendingProcess {
  /** Appends so many times; the ids that were acknowledged, also when the process dies meanwhile. */
  load(order: { callers: number; appends: number }): Promise<string[]>;
  race(key: string): Promise<{ outcome: string; answer: string }>;
  signal(signal: NodeJS.Signals): void;
  end(): Promise<void>;
}

const acknowledged = (child: ChildProcess): Promise<string[]> =>
  new Promise((resolve) => {
    const ids: string[] = [];
    child.on('message', (told: { recorded?: string; done?: true }) => {
      if (told.recorded) ids.push(told.recorded);
      if (told.done) resolve(ids);
    });
    child.once('exit', () => resolve(ids));
  });

export const appendingProcess = async (url: string): Promise<AppendingProcess> => {
  const child = fork(program, [url]);
  await once(child, 'message');
  return {
    load: (order) => {
      const ids = acknowledged(child);
      child.send(order);
      return ids;
    },
    race: async (key) => {
      const answer = once(child, 'message');
      child.send({ key });
      return (await answer)[0] as { outcome: string; answer: string };
    },
    signal: (signal) => child.kill(signal),
    end: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
};

/** Asks until it holds; the last failure when it does not within the time. */
export const eventually = async (holds: () => Promise<void>, milliseconds = 20_000): Promise<void> => {
  const until = Date.now() + milliseconds;
  for (;;) {
    try {
      return await holds();
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
};
