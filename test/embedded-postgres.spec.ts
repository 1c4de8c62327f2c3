import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, readdir, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { prepare, root } from '../bin/prepare.js';
import { masterKeyFile } from '../src/platform/key-files.js';

interface User {
  readonly process: ChildProcess;
  readonly url: string;
  readonly started: boolean;
  readonly ms: number;
}

let scratch: string;
let directory: string;
let users: ChildProcess[];

beforeAll(prepare);

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'redress embedded '));
  await chmod(scratch, 0o711);
  directory = scratch;
  users = [];
});

afterEach(async () => {
  await Promise.all(users.map(leave));
  // Whatever a failed test left: the server is found by its own file, never by name.
  const pid = await postmaster().catch(() => undefined);
  if (pid) process.kill(pid, 'SIGQUIT');
  await rm(await realpath(join(directory, 'postgres')).catch(() => directory), {
    recursive: true,
    force: true,
  });
  await rm(scratch, { recursive: true, force: true });
});

describe('the embedded PostgreSQL', () => {
  test('is set up on the first start, stops with its last user, and is back in under five seconds', async () => {
    const first = await use();
    expect(first.started).toBe(true);
    await query(first.url, 'CREATE TABLE kept (n int)');
    await leave(first.process);
    expect(await postmaster().catch(() => 'down')).toBe('down');
    const second = await use();
    expect(second).toMatchObject({ started: true, url: first.url });
    expect(second.ms).toBeLessThan(5_000);
    expect(await query(second.url, 'SELECT count(*)::int AS n FROM kept')).toEqual([{ n: 0 }]);
  });

  test('is UTF-8, durable, and listens on nothing but a socket of its own user', async () => {
    const { url } = await use();
    const settings = [
      'server_encoding',
      'fsync',
      'synchronous_commit',
      'full_page_writes',
      'listen_addresses',
    ];
    const values = await Promise.all(settings.map((name) => query(url, `SHOW ${name}`)));
    expect(values.map(([row]) => Object.values(row ?? {})[0])).toEqual(['UTF8', 'on', 'on', 'on', '']);
    const sockets = new URL(url).searchParams.get('host') ?? '';
    expect((await stat(sockets)).mode & 0o777).toBe(0o700);
  });

  test('outlives a killed process; the next one joins it, finds its data, and stops it on leaving', async () => {
    const killed = await use();
    await query(killed.url, 'CREATE TABLE kept AS SELECT 42 AS n');
    const pid = await postmaster();
    killed.process.kill('SIGKILL');
    await once(killed.process, 'exit');
    const next = await use();
    expect(next.started).toBe(false);
    expect(await postmaster()).toBe(pid);
    expect(await query(next.url, 'SELECT n FROM kept')).toEqual([{ n: 42 }]);
    await leave(next.process);
    expect(await postmaster().catch(() => 'down')).toBe('down');
  });

  test('recovers what was committed when everything is killed at once', async () => {
    const killed = await use();
    await query(killed.url, 'CREATE TABLE kept AS SELECT 42 AS n');
    killed.process.kill('SIGKILL');
    process.kill(await postmaster(), 'SIGKILL');
    const next = await use();
    expect(next.started).toBe(true);
    expect(await query(next.url, 'SELECT n FROM kept')).toEqual([{ n: 42 }]);
  });

  test('is started again under a process that lives on when the server alone is killed', async () => {
    const { url } = await use();
    await query(url, 'CREATE TABLE kept AS SELECT 42 AS n');
    const pid = await postmaster();
    process.kill(pid, 'SIGKILL');
    await until(async () => (await postmaster().catch(() => pid)) !== pid);
    await until(() =>
      query(url, 'SELECT').then(
        () => true,
        () => false,
      ),
    );
    expect(await query(url, 'SELECT n FROM kept')).toEqual([{ n: 42 }]);
  });

  test('serves two that start at once on a new directory; the first to leave takes nothing from the other', async () => {
    const both = await Promise.all([use(), use()]);
    expect(both.filter((user) => user.started)).toHaveLength(1);
    const [starter, joiner] = both[0].started ? both : [both[1], both[0]];
    await leave(starter.process);
    expect(await query(joiner.url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    await leave(joiner.process);
    expect(await postmaster().catch(() => 'down')).toBe('down');
    expect((await readdir(join(directory, 'postgres'))).filter((name) => name.startsWith('initdb'))).toEqual(
      [],
    );
  });

  test('works in a directory whose path is too long for a socket', async () => {
    directory = join(directory, 'long '.repeat(20).trim());
    const { url } = await use();
    expect(await query(url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
  });
});

describe('the master key', () => {
  test('is made once, for its owner only, and kept', async () => {
    const files = await Promise.all([masterKeyFile(directory), masterKeyFile(directory)]);
    const key = await readFile(files[0], 'utf8');
    expect(Buffer.from(key, 'base64')).toHaveLength(32);
    expect((await stat(files[0])).mode & 0o777).toBe(0o600);
    expect(await readdir(directory)).toEqual(['master.key']);
    expect(await readFile(await masterKeyFile(directory), 'utf8')).toBe(key);
  });

  test('is not made anew for a database that was written under another', async () => {
    await leave((await use()).process);
    await rm(join(directory, 'master.key'));
    await expect(masterKeyFile(directory)).rejects.toThrow('put it back from a backup');
  });
});

async function use(): Promise<User> {
  const script = join(root, 'test', 'support', 'embedded-user.js');
  const child = spawn(process.execPath, [script, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  users.push(child);
  const lines = createInterface({ input: child.stdout });
  const [line] = (await Promise.race([once(lines, 'line'), once(child, 'exit').then(() => ['{}'])])) as [
    string,
  ];
  return { process: child, ...(JSON.parse(line) as Omit<User, 'process'>) };
}

async function leave(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}

async function postmaster(): Promise<number> {
  return Number.parseInt(await readFile(join(directory, 'postgres', 'data', 'postmaster.pid'), 'utf8'), 10);
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  return client.query<Record<string, unknown>>(sql).then(
    ({ rows }) => client.end().then(() => rows),
    (error: Error) => client.end().then(() => Promise.reject(error)),
  );
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const since = Date.now();
  while (!(await holds())) {
    if (Date.now() - since > 20_000) throw new Error('it did not come about in 20 s');
    await pause(25);
  }
}
