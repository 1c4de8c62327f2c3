import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { packageRoot } from '../src/platform/package-root.js';
import { atConsole } from './support/console.js';
import { freshDatabase, type FreshDatabase } from './support/database.js';

// What the command line refuses, as somebody at a terminal reads it.

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.drop());

/** By the program itself, in a process of its own. */
const refused = async (args: readonly string[], env: NodeJS.ProcessEnv = {}) => {
  const cli = join(packageRoot, 'dist', 'src', 'cli.js');
  const ground = { DATABASE_URL: database.url, MASTER_KEY: Buffer.alloc(32, 7).toString('base64') };
  const ran = promisify(execFile)(process.execPath, [cli, ...args], {
    env: { ...process.env, ...ground, LOG_LEVEL: 'fatal', ...env },
  });
  const { code, stderr } = await ran.then(
    () => ({ code: 0, stderr: '' }),
    (error: { code: number; stderr: string }) => error,
  );
  return { exit: code, told: stderr };
};

/** The same in this process. */
const refusedHere = async (args: readonly string[], env: NodeJS.ProcessEnv = {}) => {
  const ground = { DATABASE_URL: database.url, MASTER_KEY: Buffer.alloc(32, 7).toString('base64') };
  const { exit, stderr } = await atConsole(args, { ...ground, ...env });
  return { exit, told: stderr };
};

describe('the command line says what to do about', () => {
  it.each([
    [['nope'], /^Unknown command 'nope'\. Commands: serve, migrate, .*\. See redress --help\.$/],
    [['backlogg'], /^Unknown command 'backlogg'\. \(Did you mean backlog\?\) Commands: /],
    [['policy', 'nope'], /^Unknown command 'nope'\. Commands: list, show, check, publish, supersede\. /],
    [['backlog', '--colour'], /^Unknown option '--colour'\. See redress backlog --help\.$/],
    [['explain'], /^Missing required argument 'case'\. See redress explain --help\.$/],
    [['backlog', '--as-of', '2019-02-30'], /^--as-of: Give a day, 2018-03-28, or an instant/],
    [
      ['backlog', '--basis', 'x', '--over', 'y'],
      /^--basis: Give known-now or known-then\. --over: Give days/,
    ],
    [['statistics', '--from', 'x', '--to', '2026-01-01'], /^--from: Give a real day as YYYY-MM-DD\.$/],
    [['token', '--sub', 'a', '--roles', 'boss'], /^There is no role boss\. Roles: intake, /],
  ])('%j', async (args, sentence) => {
    const { exit, told } = await refusedHere(args);
    expect(told.trimEnd()).toMatch(sentence);
    expect(exit).toBe(2);
  });

  it('what the roles of its account do not let it do', async () => {
    const env = { REDRESS_ACTOR_ROLES: 'operator' };
    expect(await refused(['audit', 'history', '2026-000001', '--json'], env)).toEqual({
      exit: 1,
      told: expect.stringMatching(
        /^{"code":"not-permitted","message":"None of your roles \(operator\) may do/,
      ),
    });
    // It may be done, and there is no such case.
    expect((await refusedHere(['audit', 'history', '2026-000001'])).told).toMatch(
      /^There is no case 2026-000001/,
    );
  });

  it('arguments, as JSON under --json', async () => {
    const { told } = await refusedHere(['explain', '--json']);
    expect(JSON.parse(told)).toEqual({
      code: 'unusable-arguments',
      message: expect.stringMatching(/^Missing required argument/),
    });
  });

  it('a setting that is wrong', async () => {
    const { exit, told } = await refusedHere(['backlog'], { PORT: 'abc' });
    expect([exit, told]).toEqual([2, 'Configuration: PORT: Give a whole number, 0 to 65535.\n']);
  });

  it('a port that somebody else has', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { exit, told } = await refused(['serve', '--roles', 'api', '--port', String(port)]);
    server.close();
    expect(told).toBe(
      `Port ${port} on 127.0.0.1 is in use: set PORT (or --port) to another one, or end the process that has it.\n`,
    );
    expect(exit).toBe(2);
  });

  it('a database that does not answer', async () => {
    const url = 'postgres://nobody@127.0.0.1:1/nothing';
    const { exit, told } = await refusedHere(['backlog', '--json'], { DATABASE_URL: url });
    expect([exit, JSON.parse(told).code]).toEqual([1, 'storage-unavailable']);
  });

  it.each([['backlog'], ['migrate']])('a database that refuses the login: %s', async (command) => {
    const elsewhere = new URL(database.url);
    elsewhere.pathname = '/nowhere';
    const { exit, told } = await refusedHere([command], { DATABASE_URL: elsewhere.href });
    expect(told).toBe(
      'The database refuses the login: database "nowhere" does not exist. See to DATABASE_URL; for redress migrate, to DATABASE_OWNER_URL.\n',
    );
    expect(exit).toBe(2);
  });

  it.each([
    [
      'is too large',
      Buffer.alloc(5_000_001, 'x'),
      / has more than 5 MB, and no file of rules is so long\.\n$/,
    ],
    ['is no UTF-8', Buffer.from('BEGIN:VCALENDAR\nSUMMARY:\xff\n', 'latin1'), / is not UTF-8 on line 2\. /],
  ])('a calendar file that %s', async (_, bytes, sentence) => {
    const folder = await mkdtemp(join(tmpdir(), 'redress-calendar-'));
    await writeFile(join(folder, 'closures.ics'), bytes);
    const file = join(folder, 'closures.ics');
    const { exit, told } = await refusedHere(['calendar', 'import', file, '--calendar', 'office']);
    await rm(folder, { recursive: true });
    expect(told).toMatch(sentence);
    expect(exit).toBe(2);
  });

  it('a register that was never observed', async () => {
    const { exit, told } = await refusedHere(['external', '--source', 'nope']);
    expect([exit, told]).toEqual([
      1,
      'No copy of a register nope was imported. None was: see redress import --changes.\n',
    ]);
  });
});
