import type { Cluster, Redis, RedisOptions } from 'ioredis';
import type { Logger } from 'pino';
import type { Config } from './config.js';
import { redisAddress, type RedisAddress } from './redis-address.js';

/** The Redis of the queue: one server, the one that Sentinels say is master, or a Cluster. */

type Client = Redis | Cluster;

const WANTED = 'noeviction';

/** While Redis is away requests wait for it, however long that is. */
const patient: RedisOptions = { maxRetriesPerRequest: null };

const accessOf = ({ tls, username, password }: Exclude<RedisAddress, { kind: 'one' }>): RedisOptions => ({
  ...patient,
  ...(username === undefined ? {} : { username }),
  ...(password === undefined ? {} : { password }),
  ...(tls ? { tls: {} } : {}),
});

const clientAt = async (address: RedisAddress, config: Config): Promise<Client> => {
  const { Cluster: Many, Redis: One } = await import('ioredis');
  if (address.kind === 'one') return new One(address.url, patient);
  const access = accessOf(address);
  if (address.kind === 'cluster')
    return new Many([...address.nodes], {
      redisOptions: access,
      // A certificate names hosts, and what is looked up first is an address.
      ...(address.tls ? { dnsLookup: (host, told) => told(null, host) } : {}),
    });
  const { REDIS_SENTINEL_USERNAME: sentinelUsername, REDIS_SENTINEL_PASSWORD: sentinelPassword } = config;
  return new One({
    ...access,
    sentinels: [...address.sentinels],
    name: address.name,
    db: address.db,
    ...(sentinelUsername === undefined ? {} : { sentinelUsername }),
    ...(sentinelPassword === undefined ? {} : { sentinelPassword }),
    ...(address.tls ? { enableTLSForSentinelMode: true, sentinelTLS: {} } : {}),
    // A master whose machine is gone says no word of it: the Sentinels tell who is in its place.
    failoverDetector: true,
    // Once a master is a replica it takes no writes: ask the Sentinels anew who is master, and send it again.
    reconnectOnError: ({ message }) => (message.startsWith('READONLY') ? 2 : false),
  });
};

/** The client says so at each attempt to reach it: told is when Redis goes, and when it is back. */
const tellOnce = (redis: Client, log: Logger): void => {
  let away = false;
  redis.on('error', ({ message: reason }: Error) => {
    if (!away) log.warn({ reason }, 'queue: Redis is out of reach');
    away = true;
  });
  redis.on('ready', () => {
    if (away) log.warn('queue: Redis is back');
    away = false;
  });
};

/** Undefined where neither is permitted. */
const policyOf = async (node: Redis): Promise<string | undefined> => {
  const set = await node.config('GET', 'maxmemory-policy').catch(() => undefined);
  if (Array.isArray(set)) return String(set[1]);
  const told = await node.info('memory').catch(() => '');
  return /^maxmemory_policy:(\S+)/m.exec(told)?.[1];
};

/** Of a Cluster, each master: the queue is on one of them, and may be moved to another. */
const nodesOf = (redis: Client): readonly Redis[] => ('nodes' in redis ? redis.nodes('master') : [redis]);

/** Redis that throws keys away when it is full breaks the queue, silently. Asked whenever it is reached anew: another may be master. */
const warnOfEviction = async (redis: Client, log: Logger): Promise<void> => {
  for (const policy of new Set(await Promise.all(nodesOf(redis).map(policyOf)))) {
    if (policy === undefined)
      log.warn(`queue: it could not be checked that maxmemory-policy of Redis is ${WANTED}; see to it`);
    else if (policy !== WANTED)
      log.warn({ policy }, `queue: set maxmemory-policy of Redis to ${WANTED}; it may throw jobs away`);
  }
};

/** A client that is duplicated by workers, and how all of them are let go. */
export const openRedis = async (
  url: string,
  config: Config,
  log: Logger,
): Promise<{ redis: Client; end: () => void }> => {
  const clients: Client[] = [];
  const connected = <C extends Client>(client: C): C => {
    clients.push(client);
    const duplicate = client.duplicate.bind(client) as (...given: unknown[]) => C;
    client.duplicate = ((...given: unknown[]) => connected(duplicate(...given))) as C['duplicate'];
    return client;
  };
  const address = redisAddress(url);
  if (!address) throw new Error('The configuration lets no such address pass.');
  const redis = connected(await clientAt(address, config));
  tellOnce(redis, log);
  redis.on('ready', () => void warnOfEviction(redis, log));
  // Those of the workers too: while Redis is away they would try to reach it for ever, and the process never end.
  return { redis, end: () => clients.forEach((client) => client.disconnect()) };
};
