import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import type Provider from 'oidc-provider';

/** A real OpenID provider on loopback, whose keys can be changed while it serves. */
export interface OpenIdProvider {
  readonly issuer: string;
  /** What it was asked, oldest first. */
  readonly asked: readonly string[];
  /** Changes its keys, without a pause: it signs with the first. */
  useKeys(...keys: readonly JWK[]): void;
  /** A token by client credentials, over HTTP, as a service account gets it. */
  forService(scope: string): Promise<string>;
  /** The access token of a member of staff. */
  forPerson(accountId: string, roles: readonly string[]): Promise<string>;
  stop(): Promise<void>;
  start(): Promise<void>;
}

export const AUDIENCE = 'https://redress.example';

export const keyNamed = async (kid: string, alg = 'RS256'): Promise<JWK> => {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), kid, alg, use: 'sig' };
};

const SCOPES = 'operator integration';
const resource = { scope: SCOPES, audience: AUDIENCE, accessTokenFormat: 'jwt', accessTokenTTL: 600 };

/** It warns of what a specification need not hear: an older Node, storage in memory. */
const quietly = <T>(make: () => T): T => {
  const { warn, info } = console;
  Object.assign(console, { warn: () => undefined, info: () => undefined });
  const over = () => Object.assign(console, { warn, info });
  const made = make();
  if (made instanceof Promise) return made.finally(over) as T;
  over();
  return made;
};

const settingsOf = (keys: readonly JWK[], rolesOf: ReadonlyMap<string, readonly string[]>) => ({
  jwks: { keys },
  ttl: { ClientCredentials: 600, AccessToken: 600 },
  clients: [
    {
      client_id: 'scheduler',
      client_secret: 'a-secret-of-the-spec',
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
    },
  ],
  scopes: SCOPES.split(' '),
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => AUDIENCE,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({ ...resource, jwt: { sign: { alg: keys[0]?.alg } } }),
    },
  },
  extraTokenClaims: (_: unknown, token: { accountId?: string; scope?: string }) => {
    const roles = token.accountId === undefined ? token.scope?.split(' ') : rolesOf.get(token.accountId);
    return { roles, realm_access: { roles } };
  },
});

export const openIdProvider = async (...keys: readonly JWK[]): Promise<OpenIdProvider> => {
  const { default: Made } = await quietly(() => import('oidc-provider'));
  const asked: string[] = [];
  const rolesOf = new Map<string, readonly string[]>();
  let answer: (request: IncomingMessage, reply: ServerResponse) => void = () => undefined;
  let server: Server;
  let port = 0;
  const start = async (): Promise<void> => {
    server = createServer((request, reply) => {
      asked.push(request.url ?? '');
      answer(request, reply);
    }).listen(port, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  };
  await start();
  const issuer = `http://127.0.0.1:${port}`;
  let provider: Provider;
  const useKeys = (...next: readonly JWK[]): void => {
    provider = quietly(() => new Made(issuer, settingsOf(next, rolesOf)));
    answer = provider.callback();
  };
  useKeys(...keys);
  return {
    issuer,
    asked,
    useKeys,
    start,
    forService: async (scope) => {
      const told = await fetch(`${issuer}/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa('scheduler:a-secret-of-the-spec')}` },
        body: new URLSearchParams({ grant_type: 'client_credentials', scope }),
      });
      return ((await told.json()) as { access_token: string }).access_token;
    },
    forPerson: async (accountId, roles) => {
      rolesOf.set(accountId, roles);
      const client = await provider.Client.find('scheduler');
      const resourceServer = new provider.ResourceServer(AUDIENCE, {
        ...resource,
        jwt: { sign: { alg: 'RS256' } },
      });
      const fields = { accountId, client: client ?? {}, scope: '', grantId: 'a-grant', resourceServer };
      return new provider.AccessToken(fields).save();
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
