import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { eventually } from './eventually.js';

/** Whether this machine has redis-server; where it has not, the specs on Redis are skipped and say so. */
export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;
if (!hasRedis) process.stderr.write('redis-server is not installed: the specs on Redis are skipped.\n');

const has = (program: string, argument: string, word: string): boolean =>
  spawnSync(program, [argument], { encoding: 'utf8' }).stdout?.includes(word) ?? false;

/** Whether it speaks TLS, and there is openssl to make certificates with. */
export const hasTlsRedis =
  hasRedis && has('redis-cli', '--help', '--tls') && has('openssl', 'version', 'SSL');
if (!hasTlsRedis)
  process.stderr.write('redis-server with TLS, or openssl, is missing: the specs on that are skipped.\n');

/** A certificate of 127.0.0.1 that lives for a day, and its key. */
export interface Certificate {
  readonly file: string;
  readonly keyFile: string;
}

export const makeCertificate = (directory: string): Certificate => {
  const [file, keyFile] = [join(directory, 'redis.crt'), join(directory, 'redis.key')];
  const made = spawnSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'].concat([
      '-subj',
      '/CN=redis',
      '-addext',
      'subjectAltName=IP:127.0.0.1',
      '-keyout',
      keyFile,
      '-out',
      file,
    ]),
    { encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(made.stderr);
  return { file, keyFile };
};

/** Who is let in: by TLS and with a password. */
export interface Guarded {
  readonly certificate: Certificate;
  readonly password: string;
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

export interface RedisServer {
  readonly url: string;
  flush(): Promise<void>;
  /** Kills it at once, with all that it holds. */
  kill(): Promise<void>;
  /** At the same address again, empty. */
  again(): Promise<void>;
  stop(): Promise<void>;
}

/** One process, and a client that talks to it. */
interface RedisNode {
  readonly port: number;
  readonly client: Redis;
  readonly kill: () => Promise<void>;
  /** From now on it answers nothing and closes nothing, as a machine that is gone. */
  readonly hang: () => void;
  readonly again: () => Promise<void>;
  readonly end: (signal: NodeJS.Signals) => Promise<void>;
}

const listening = (port: number, guarded: Guarded | undefined): readonly string[] => {
  if (!guarded) return [`port ${port}`];
  const { certificate, password } = guarded;
  return [
    'port 0',
    `tls-port ${port}`,
    `tls-cert-file ${certificate.file}`,
    `tls-key-file ${certificate.keyFile}`,
    `tls-ca-cert-file ${certificate.file}`,
    'tls-auth-clients no',
    'tls-replication yes',
    `requirepass ${password}`,
  ];
};

/** On loopback; keeps nothing on disk that outlives it. `settings` are lines of its configuration. */
const startNode = async (
  settings: readonly string[],
  program: readonly string[] = [],
  guarded?: Guarded,
): Promise<RedisNode> => {
  const directory = await mkdtemp(join(tmpdir(), 'redress-redis-'));
  const port = await freePort();
  const file = join(directory, 'redis.conf');
  await writeFile(
    file,
    [...listening(port, guarded), 'bind 127.0.0.1', `dir ${directory}`, ...settings, ''].join('\n'),
  );
  const start = () => spawn('redis-server', [file, ...program], { stdio: 'ignore' });
  let server = start();
  const ended = async (signal: NodeJS.Signals) => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.kill(signal);
    await once(server, 'exit');
  };
  const client = new Redis(port, '127.0.0.1', {
    maxRetriesPerRequest: null,
    ...(guarded && { password: guarded.password, tls: { ca: readFileSync(guarded.certificate.file) } }),
  });
  client.on('error', () => {});
  await client.ping();
  return {
    port,
    client,
    kill: () => ended('SIGKILL'),
    hang: () => void server.kill('SIGSTOP'),
    again: async () => {
      server = start();
      await client.ping();
    },
    end: async (signal) => {
      client.disconnect();
      await ended(signal);
      await rm(directory, { recursive: true, force: true });
    },
  };
};

const KEEPS_ALL = ['save ""', 'maxmemory-policy noeviction'];

/** A real Redis of its own that asks for TLS and a password. */
export const startGuardedRedis = async (guarded: Guarded): Promise<Pick<RedisServer, 'url' | 'stop'>> => {
  const user = `user queue on >${guarded.password} ~* &* +@all`;
  const { port, end } = await startNode([...KEEPS_ALL, user], [], guarded);
  return { url: `rediss://queue:${guarded.password}@127.0.0.1:${port}`, stop: () => end('SIGTERM') };
};

/** A real Redis of its own. */
export const startRedis = async (policy = 'noeviction'): Promise<RedisServer> => {
  const { port, client, kill, again, end } = await startNode(['save ""', `maxmemory-policy ${policy}`]);
  return {
    url: `redis://127.0.0.1:${port}`,
    flush: async () => void (await client.flushall()),
    kill,
    again,
    stop: () => end('SIGTERM'),
  };
};

const stopAll = async (nodes: readonly RedisNode[]): Promise<void> => {
  await Promise.all(nodes.map((node) => node.end('SIGTERM')));
};

export interface WatchedRedis {
  readonly url: string;
  killMaster(): Promise<void>;
  hangMaster(): void;
  stop(): Promise<void>;
}

/** A master, a replica of it, and three Sentinels that agree on who is master; all of them guarded, or none. */
export const startWatchedRedis = async (guarded?: Guarded): Promise<WatchedRedis> => {
  const auth = guarded ? [`masterauth ${guarded.password}`] : [];
  const master = await startNode([...KEEPS_ALL, ...auth], [], guarded);
  const replica = await startNode(
    [...KEEPS_ALL, ...auth, `replicaof 127.0.0.1 ${master.port}`, 'repl-diskless-sync-delay 0'],
    [],
    guarded,
  );
  const watch = [
    `sentinel monitor main 127.0.0.1 ${master.port} 2`,
    'sentinel down-after-milliseconds main 1000',
    'sentinel failover-timeout main 4000',
    ...(guarded
      ? [`sentinel auth-pass main ${guarded.password}`, `sentinel sentinel-pass ${guarded.password}`]
      : []),
  ];
  const sentinels = await Promise.all([1, 2, 3].map(() => startNode(watch, ['--sentinel'], guarded)));
  await eventually(async () => {
    for (const { client } of sentinels) {
      const [[fields]] = [(await client.call('SENTINEL', 'masters')) as string[][]];
      const told = (name: string) => fields?.[fields.indexOf(name) + 1];
      if (told('num-other-sentinels') !== '2' || told('num-slaves') !== '1')
        throw new Error('not agreed yet');
    }
    const link = await replica.client.info('replication');
    if (!link.includes('master_link_status:up')) throw new Error('no replica yet');
  }, 30_000);
  const hosts = sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',');
  return {
    url: guarded
      ? `rediss+sentinel://default:${guarded.password}@${hosts}/main`
      : `redis+sentinel://${hosts}/main`,
    killMaster: () => master.end('SIGKILL'),
    hangMaster: master.hang,
    // Who hangs heeds no other signal.
    stop: () => master.kill().then(() => stopAll([...sentinels, replica, master])),
  };
};

export interface RedisCluster {
  readonly url: string;
  /** Of each master. */
  keys(): Promise<string[][]>;
  stop(): Promise<void>;
}

const SLOTS = 16_384;

/** A Cluster of three masters. */
export const startRedisCluster = async (): Promise<RedisCluster> => {
  const nodes = await Promise.all(
    [1, 2, 3].map(async () => {
      const bus = await freePort();
      const node = await startNode([...KEEPS_ALL, 'cluster-enabled yes', `cluster-port ${bus}`]);
      return { ...node, bus };
    }),
  );
  for (const [index, { client }] of nodes.entries()) {
    const from = Math.ceil((SLOTS * index) / nodes.length);
    const to = Math.ceil((SLOTS * (index + 1)) / nodes.length) - 1;
    await client.call('CLUSTER', 'ADDSLOTSRANGE', from, to);
    for (const { port, bus } of nodes) await client.call('CLUSTER', 'MEET', '127.0.0.1', port, bus);
  }
  await eventually(async () => {
    for (const { client } of nodes) {
      const told = await client.cluster('INFO');
      if (!told.includes('cluster_state:ok') || !told.includes(`cluster_known_nodes:${nodes.length}`))
        throw new Error('not one yet');
    }
  }, 30_000);
  return {
    url: `redis+cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
    keys: () => Promise.all(nodes.map(({ client }) => client.keys('*'))),
    stop: () => stopAll(nodes),
  };
};
