import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { postgresHome } from '../../src/platform/postgres-home.js';
import { eventually } from './eventually.js';

/** A PostgreSQL of the system with its tools, which the embedded one comes without. */

const TOOLS = ['initdb', 'postgres', 'pg_dump', 'pg_dumpall', 'pg_restore', 'psql'];
const HOMES = '/usr/lib/postgresql';

const bin = (existsSync(HOMES) ? readdirSync(HOMES) : [])
  .map((version) => join(HOMES, version, 'bin'))
  .findLast((each) => TOOLS.every((tool) => existsSync(join(each, tool))));

export const hasPostgres = bin !== undefined;
if (!hasPostgres)
  process.stderr.write(
    'PostgreSQL is not installed with pg_dump: the specs on dump and restore are skipped.\n',
  );

export interface Cluster {
  /** Of one of its databases, as a superuser. */
  url(database: string): string;
  create(database: string): Promise<void>;
  stop(): Promise<void>;
}

/** A cluster of its own, empty, reached through a socket alone. */
export const startCluster = async (): Promise<Cluster> => {
  const directory = await mkdtemp(join(tmpdir(), 'redress-cluster-'));
  const home = await postgresHome(directory);
  const as = { cwd: home.base, env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' }, ...home.user };
  const flags = ['-D', home.cluster, '-U', 'redress', '--auth=trust', '--encoding=UTF8', '--locale=C'];
  await promisify(execFile)(join(bin ?? '', 'initdb'), flags, as);
  const settings = ['-c', 'listen_addresses=', '-c', `unix_socket_directories=${home.sockets}`];
  const server = spawn(join(bin ?? '', 'postgres'), ['-D', home.cluster, ...settings], {
    ...as,
    stdio: 'ignore',
  });
  const url = (database: string) =>
    `postgres://redress@localhost/${database}?host=${encodeURIComponent(home.sockets)}`;
  const administer = async (sql: string) => {
    const client = new pg.Client({ connectionString: url('postgres') });
    await client.connect();
    await client.query(sql);
    await client.end();
  };
  await eventually(() => administer('SELECT'));
  return {
    url,
    create: (database) => administer(`CREATE DATABASE ${database}`),
    stop: async () => {
      server.kill('SIGINT');
      await once(server, 'exit');
      await rm(directory, { recursive: true });
    },
  };
};

const tool = (name: string, ...args: string[]) => promisify(execFile)(join(bin ?? '', name), args);

/** As an operator moves a database to another cluster: its roles, and then all that it holds. */
export const moveDatabase = async (from: Cluster, to: Cluster, database: string): Promise<void> => {
  const directory = await mkdtemp(join(tmpdir(), 'redress-dump-'));
  const [roles, dump] = [join(directory, 'roles.sql'), join(directory, 'database.dump')];
  await tool('pg_dumpall', '--roles-only', '-d', from.url(database), '-f', roles);
  await tool('pg_dump', '-Fc', '-d', from.url(database), '-f', dump);
  // The superuser of both clusters is there already.
  await tool('psql', '-q', '-d', to.url('postgres'), '-f', roles);
  await to.create(database);
  await tool('pg_restore', '--exit-on-error', '-d', to.url(database), dump);
  await rm(directory, { recursive: true });
};
