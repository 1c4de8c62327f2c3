import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { chown, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { masterKeyFile, syncDirectory } from './key-files.js';
import { exists, postgresHome } from './postgres-home.js';
import type { PostgresHome } from './postgres-home.js';

export interface EmbeddedPostgres {
  /** `postgres://redress@localhost/redress?host=<socket directory>`: a superuser, over a unix socket of mode 0700. */
  readonly url: string;
  /** Whether this process started the server, or found it running. */
  readonly started: boolean;
  /** Leaves; whoever leaves last stops the server and waits until it is down. Safe to call twice. */
  stop(): Promise<void>;
}

const USER = 'redress';
/** Each process that uses the server holds this advisory lock shared, so it is free for the last one to leave. */
const IN_USE = 7_265_647;
const GIVE_UP_MS = 120_000;
/** After a postmaster is killed its backends live on for a moment, and a new one refuses to start until they are gone. */
const REFUSALS_MS = 6_000;
const SETTINGS = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  max_connections: '120',
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // The log must hold no personal data: neither statements nor the values in an error's detail.
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
};

/**
 * Starts the PostgreSQL that npm installed in `dataDir`, or joins it when it runs already (also one that outlived a
 * killed process). Should it die while this process lives, it is started again.
 */
export async function startEmbeddedPostgres({ dataDir }: { dataDir: string }): Promise<EmbeddedPostgres> {
  await masterKeyFile(dataDir);
  const home = await postgresHome(dataDir);
  let stopped: Promise<void> | undefined;
  let holding: Promise<Held>;
  const hold = async (): Promise<Held> => {
    const held = await joinServer(home);
    held.session.once('end', () => {
      if (stopped) return;
      holding = hold();
      holding.catch((error: Error) =>
        process.emitWarning(`The embedded PostgreSQL is gone: ${error.message}`),
      );
    });
    return held;
  };
  holding = hold();
  const { started } = await holding;
  const leave = async (): Promise<void> => leaveServer(home, await holding);
  return { url: urlOf(home, USER), started, stop: () => (stopped ??= leave()) };
}

/** The same without holding on: the server outlives this process. For the tests, where something else clears it away. */
export async function ensurePostgres({ dataDir }: { dataDir: string }): Promise<string> {
  const home = await postgresHome(dataDir);
  const { session } = await joinServer(home);
  await session.end();
  return urlOf(home, USER);
}

interface Held {
  readonly session: pg.Client;
  readonly started: boolean;
}

async function joinServer(home: PostgresHome): Promise<Held> {
  if (!(await exists(home.cluster))) await createCluster(home);
  const since = Date.now();
  let server: ChildProcess | undefined;
  let spawned = 0;
  while (Date.now() - since < GIVE_UP_MS) {
    const session = await openSession(home);
    if (session instanceof pg.Client) return { session, started: running(server) };
    if (session === 'nobody there' && !running(server)) {
      if (server && Date.now() - since > REFUSALS_MS) break;
      server = launch(home);
      spawned += 1;
    }
    await pause(spawned > 1 ? 100 : 15);
  }
  throw new Error(
    `The embedded PostgreSQL did not start. The end of ${home.log} says:\n${await tail(home.log)}`,
  );
}

function running(server: ChildProcess | undefined): boolean {
  return server?.pid !== undefined && server.exitCode === null && server.signalCode === null;
}

/** In a session of its own process group, so that Ctrl-C reaches Redress first and not the database. */
function launch(home: PostgresHome): ChildProcess {
  const log = openSync(home.log, 'a', 0o600);
  const sockets = `"${home.sockets.replaceAll('"', '""')}"`;
  const settings = Object.entries({ ...SETTINGS, unix_socket_directories: sockets });
  const flags = settings.flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = spawn(join(home.bin, 'postgres'), ['-D', home.cluster, ...flags], {
    ...asServer(home),
    detached: true,
    stdio: ['ignore', log, log],
  });
  server.on('error', (error) => process.emitWarning(`PostgreSQL cannot be run: ${error.message}`));
  server.unref();
  closeSync(log);
  return server;
}

/** Nothing of our environment: it may hold secrets. */
function asServer(home: PostgresHome): { cwd: string; env: NodeJS.ProcessEnv; uid?: number; gid?: number } {
  return { cwd: home.base, env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' }, ...home.user };
}

/** Made aside and renamed, so that a cluster is whole or absent, and two processes may try at once. */
async function createCluster(home: PostgresHome): Promise<void> {
  const fresh = await mkdtemp(join(home.base, 'initdb-'));
  if (home.user) await chown(fresh, home.user.uid, home.user.gid);
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const flags = ['-D', fresh, '-U', USER, '--auth-local=trust', '--auth-host=reject', ...locale];
  await promisify(execFile)(join(home.bin, 'initdb'), flags, asServer(home)).catch((error: Error) => {
    throw new Error(`The embedded PostgreSQL could not be set up (or set DATABASE_URL): ${error.message}`);
  });
  await rename(fresh, home.cluster).catch(async (error: NodeJS.ErrnoException) => {
    await rm(fresh, { recursive: true, force: true });
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
  await syncDirectory(home.base);
}

async function openSession(home: PostgresHome): Promise<pg.Client | 'nobody there' | 'not yet'> {
  const session = new pg.Client({
    connectionString: urlOf(home, 'postgres'),
    application_name: 'redress keeper',
  });
  session.on('error', () => {});
  try {
    await session.connect();
    await session.query('SELECT pg_advisory_lock_shared($1)', [IN_USE]);
    await createDatabase(session);
    keepsAlive(session).unref();
    return session;
  } catch (error) {
    await session.end().catch(() => {});
    return absence(error as NodeJS.ErrnoException);
  }
}

/** Waiting for nothing, the session must not keep a command alive that is otherwise done. The types of pg leave this out. */
function keepsAlive(session: pg.Client): { ref(): void; unref(): void } {
  return session as unknown as { ref(): void; unref(): void };
}

/** Starting, recovering and shutting down all pass; anything else is an error. */
function absence(error: NodeJS.ErrnoException): 'nobody there' | 'not yet' {
  if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') return 'nobody there';
  if (error.code?.startsWith('57P') || error.code === 'ECONNRESET' || error.code === 'EPIPE')
    return 'not yet';
  if (error.message.startsWith('Connection terminated')) return 'not yet';
  throw error;
}

async function createDatabase(session: pg.Client): Promise<void> {
  const found = await session.query('SELECT FROM pg_database WHERE datname = $1', [USER]);
  if (found.rowCount) return;
  await session.query(`CREATE DATABASE ${USER}`).catch((error: NodeJS.ErrnoException) => {
    // Another process that started with us was quicker.
    if (error.code !== '42P04' && error.code !== '23505') throw error;
  });
}

async function leaveServer(home: PostgresHome, { session }: Held): Promise<void> {
  keepsAlive(session).ref();
  const { rows } = await session.query<{ last: boolean }>(
    'SELECT pg_advisory_unlock_shared($1), pg_try_advisory_lock($1) AS last',
    [IN_USE],
  );
  if (rows[0]?.last) await shutDown(home);
  await session.end().catch(() => {});
}

async function shutDown(home: PostgresHome): Promise<void> {
  const pidFile = join(home.cluster, 'postmaster.pid');
  process.kill(Number.parseInt(await readFile(pidFile, 'utf8'), 10), 'SIGINT');
  // The file and not the process: under a container's init a dead process may stay as a zombie.
  const since = Date.now();
  while ((await exists(pidFile)) && Date.now() - since < GIVE_UP_MS) await pause(5);
  if (!home.sockets.startsWith(home.base)) await rm(home.sockets, { recursive: true, force: true });
}

function urlOf(home: PostgresHome, database: string): string {
  return `postgres://${USER}@localhost/${database}?host=${encodeURIComponent(home.sockets)}`;
}

async function tail(file: string): Promise<string> {
  return readFile(file, 'utf8').then(
    (text) => text.trimEnd().split('\n').slice(-5).join('\n'),
    () => '(there is no log)',
  );
}
