import { unescape } from 'node:querystring';

/** Where the Redis of the queue is, as REDIS_URL says it: one server, one that Sentinels watch, or a Cluster. */

export interface RedisNode {
  readonly host: string;
  readonly port: number;
}

interface Access {
  readonly tls: boolean;
  readonly username?: string;
  readonly password?: string;
}

export type RedisAddress =
  | { readonly kind: 'one'; readonly url: string }
  | (Access & {
      readonly kind: 'sentinel';
      readonly sentinels: readonly RedisNode[];
      readonly name: string;
      readonly db: number;
    })
  | (Access & { readonly kind: 'cluster'; readonly nodes: readonly RedisNode[] });

const ONE = /^rediss?:\/\/./;
const SEVERAL =
  /^(rediss?)\+(sentinel|cluster):\/\/(?:([^:@/]*):([^@/]*)@)?([^/@?#]+)(?:\/([\w.-]+)(?:\/(\d{1,3}))?)?\/?$/;
const NODE = /^(\[[\da-f:.]+\]|[^:[\]\s]+)(?::(\d{1,5}))?$/i;
const USUAL_PORT = { sentinel: 26_379, cluster: 6_379 } as const;

const nodeIn = (text: string, usual: number): RedisNode | undefined => {
  const [, host = '', port] = NODE.exec(text) ?? [];
  const at = port === undefined ? usual : Number(port);
  return host === '' || at > 65_535 ? undefined : { host: host.replace(/^\[|\]$/g, ''), port: at };
};

const nodesIn = (text: string, usual: number): readonly RedisNode[] | undefined => {
  const nodes = text.split(',').map((each) => nodeIn(each, usual));
  return nodes.every((node) => node !== undefined) ? nodes : undefined;
};

const accessIn = (scheme: string, username = '', password = ''): Access => ({
  tls: scheme === 'rediss',
  ...(username === '' ? {} : { username: unescape(username) }),
  ...(password === '' ? {} : { password: unescape(password) }),
});

const several = (url: string): RedisAddress | undefined => {
  const found = SEVERAL.exec(url);
  if (!found) return undefined;
  const [, scheme = '', , username, password, hosts = '', name, db] = found;
  const kind = found[2] === 'cluster' ? 'cluster' : 'sentinel';
  const nodes = nodesIn(hosts, USUAL_PORT[kind]);
  // Sentinels watch masters by name; a Cluster has none, and but one database.
  if (!nodes || (kind === 'sentinel') !== (name !== undefined)) return undefined;
  const access = accessIn(scheme, username, password);
  return name === undefined
    ? { kind: 'cluster', nodes, ...access }
    : { kind: 'sentinel', sentinels: nodes, name, db: Number(db ?? 0), ...access };
};

/** Undefined when it is no such address. */
export const redisAddress = (url: string): RedisAddress | undefined =>
  ONE.test(url) ? { kind: 'one', url } : several(url);
