import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { developmentToken } from '../src/access/tokens.js';
import { readConfig } from '../src/platform/config.js';
import { packageRoot } from '../src/platform/package-root.js';
import { eventually } from './support/eventually.js';
import { hasRedis, startRedis } from './support/redis.js';

// A whole server starts in seconds, and in a minute where others have the processors.
jest.setTimeout(240_000);

/** What a new user does: the real programs, their real processes, and real kills. */
describe('npm start', () => {
  let dataDir: string;
  let env: NodeJS.ProcessEnv;
  const started: ChildProcess[] = [];

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'redress-start-'));
    await chmod(dataDir, 0o711);
  });
  beforeEach(() => {
    const { npm_lifecycle_event: _, ...inherited } = process.env;
    env = { ...inherited, REDRESS_DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'fatal' };
  });
  afterAll(async () => {
    for (const child of started) if (runs(child)) await stop(child);
    await rm(dataDir, { recursive: true, force: true });
  });

  const runs = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode === null && signalCode === null;

  const stop = async (child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM') => {
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  };

  interface Server {
    readonly child: ChildProcess;
    readonly url: string;
  }
  let latest: Server | undefined;

  /** Starts it and waits until it says where it listens. */
  const start = async (): Promise<Server> => {
    const child = spawn(process.execPath, ['bin/start.js'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    started.push(child);
    latest = { child, url: await ready(child) };
    return latest;
  };

  /** The one that an earlier test left running, for seconds' sake; else a new one. */
  const served = async (): Promise<Server> => (latest && runs(latest.child) ? latest : start());

  const ready = async (child: ChildProcess & { stdout: Readable }): Promise<string> => {
    for await (const line of createInterface({ input: child.stdout })) {
      const url = /ready on (http:\S+)/.exec(line)?.[1];
      if (url) return url;
    }
    throw new Error(`It ended with ${child.exitCode} before it was ready.`);
  };

  const token = () =>
    developmentToken(readConfig({ REDRESS_DATA_DIR: dataDir }), {
      sub: 'staff-1',
      roles: ['case-handler'],
      ttl: '1h',
    });

  const receive = async (url: string, key: string, receivedOn = '2016-03-28'): Promise<string> => {
    const answer = await fetch(`${url}/v1/complaints`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await token()}`,
        'content-type': 'application/json',
        'idempotency-key': key,
      },
      body: JSON.stringify({ receivedOn, channel: 'letter', category: 'abuse', summary: 'x' }),
    });
    if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`);
    return ((await answer.json()) as { id: string }).id;
  };

  const postmasterPid = async () =>
    Number((await readFile(join(dataDir, 'postgres', 'data', 'postmaster.pid'), 'utf8')).split('\n')[0]);

  it('loses nothing that was acknowledged when everything is killed at once', async () => {
    const first = await start();
    const acknowledged = new Map<string, string>();
    let sent = 0;
    const caller = async () => {
      for (;;) {
        const key = `key-${(sent += 1)}`;
        const id = await receive(first.url, key).catch(() => undefined);
        if (id === undefined) return;
        acknowledged.set(key, id);
        if (acknowledged.size === 60) {
          process.kill(await postmasterPid(), 'SIGKILL');
          first.child.kill('SIGKILL');
        }
      }
    };
    await Promise.all(Array.from({ length: 8 }, caller));
    expect(acknowledged.size).toBeGreaterThanOrEqual(60);

    const second = await start();
    for (const [key, id] of acknowledged) expect(await receive(second.url, key)).toBe(id);
  });

  it('follows what is done: the list tells, a moment later, on which day that was', async () => {
    const { url } = await served();
    const id = await receive(url, 'oldest', '2015-12-31');
    const headers = { authorization: `Bearer ${await token()}` };
    await eventually(async () => {
      const { items } = (await (
        await fetch(`${url}/v1/cases?sort=received&first=1`, { headers })
      ).json()) as {
        items: unknown;
      };
      expect(items).toMatchObject([{ id, lastActivityOn: expect.stringMatching(/^20/) }]);
    });
  });

  it.each([
    ['Ctrl-C', 'SIGINT'],
    ['its terminal is closed', 'SIGHUP'],
  ] as const)('leaves nothing running after %s', async (_, signal) => {
    const { child } = await served();
    await stop(child, signal);
    expect(child.exitCode).toBe(0);
    // Its file and not its process: under a container's init a dead process may stay as a zombie.
    await expect(postmasterPid()).rejects.toThrow('ENOENT');
  });

  it('leaves nothing running after Ctrl-C in a terminal, which npm passes on once more', async () => {
    const npm = spawn('npm', ['start'], { env, stdio: ['ignore', 'pipe', 'inherit'], detached: true });
    started.push(npm);
    await ready(npm);
    const gone = once(npm.stdout, 'close');
    process.kill(-(npm.pid as number), 'SIGINT');
    await gone;
    await expect(postmasterPid()).rejects.toThrow('ENOENT');
  });

  it('keeps its data beside package.json, wherever a command is typed', () => {
    expect(readConfig({}).REDRESS_DATA_DIR).toBe(join(packageRoot, 'var'));
  });

  it.each([[['nonsense']], [['audit', 'history']], [['reminders', 'preview']]])(
    'ends %j, which nobody can carry out, with exit 2',
    async (args) => {
      const child = spawn(process.execPath, ['bin/redress.js', ...args], { env, stdio: 'ignore' });
      expect((await once(child, 'exit'))[0]).toBe(2);
    },
  );

  it.each(['REDRESS_POLICY', 'REDRESS_CALENDAR'])(
    'refuses to start when %s names what is not there',
    async (name) => {
      const child = spawn(process.execPath, ['bin/start.js'], {
        env: { ...env, [name]: 'nonsense' },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      started.push(child);
      const ended = once(child, 'exit');
      expect(await text(child.stderr)).toContain(`${name} is nonsense`);
      expect((await ended)[0]).toBe(2);
    },
  );

  it('ends when it is told to, although Redis is gone', async () => {
    if (!hasRedis) return;
    const redis = await startRedis();
    Object.assign(env, { REDIS_URL: redis.url, REDRESS_SWEEP_SECONDS: '1' });
    const { child } = await start();
    await redis.stop();
    const told = Date.now();
    await stop(child);
    expect([child.exitCode, child.signalCode]).toEqual([0, null]);
    expect(Date.now() - told).toBeLessThan(20_000);
  });
});
