import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { readConfig, WrongSetting } from '../platform/config.js';
import { developmentToken, Tokens } from './tokens.js';

const warnings: unknown[] = [];
const log = { warn: (...told: unknown[]) => warnings.push(told), debug: () => undefined } as never;

const tokensOf = (issuer: string) =>
  Tokens.from(readConfig({ OIDC_ISSUER: issuer, OIDC_AUDIENCE: 'redress' }), { log });

/** An issuer that says `told` about itself at every address. */
const checked = async (told: (self: string) => string, status = 200): Promise<void> => {
  const server = createServer((_, answer) => {
    const { port } = server.address() as AddressInfo;
    answer.writeHead(status, { location: 'http://127.0.0.1:1/' }).end(told(`http://127.0.0.1:${port}`));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    await (await tokensOf(`http://127.0.0.1:${port}`)).check();
  } finally {
    server.closeAllConnections();
    server.close();
  }
};

describe('an issuer of tokens', () => {
  it.each([
    ['has no keys', () => '{}', /does not say where the keys of the issuer are/],
    ['is no provider', () => 'no JSON', /answers with something that is not JSON/],
    [
      'is another than its address says',
      () => '{"issuer":"https://id.example.org","jwks_uri":"https://id.example.org/keys"}',
      /is about the issuer https:\/\/id\.example\.org\. Name it exactly so/,
    ],
    [
      'has keys where others can write',
      (self: string) => `{"issuer":"${self}","jwks_uri":"http://id.example.org/keys"}`,
      /has its keys at http:\/\/id\.example\.org\/keys, which does not begin with https/,
    ],
    [
      'has a file there',
      (self: string) => `{"issuer":"${self}","jwks_uri":"file:///etc/passwd"}`,
      /which does not begin with https/,
    ],
    [
      'has something else in the place of keys',
      (self: string) => `{"issuer":"${self}","jwks_uri":"${self}/keys"}`,
      /is no set of keys/,
    ],
  ])('that %s stops the start with a sentence', async (_, told, sentence) => {
    const refused = await checked(told).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(WrongSetting);
    expect((refused as Error).message).toMatch(/^Configuration: OIDC_ISSUER: http:\/\/127/);
    expect((refused as Error).message).toMatch(sentence);
  });

  it.each([302, 404])('that answers with status %i stops the start with a sentence', (status) =>
    expect(checked(() => '{}', status)).rejects.toThrow(`answers with status ${status}`),
  );

  it('that is away, or ill, is waited for', async () => {
    warnings.length = 0;
    await (await tokensOf('http://127.0.0.1:1/realm')).check();
    await checked(() => '{}', 503);
    expect(warnings).toHaveLength(2);
    expect(JSON.stringify(warnings)).toContain('cannot be reached');
  });
});

describe('a token', () => {
  const whose = async (sub: string): Promise<string> => {
    const config = readConfig({ REDRESS_DATA_DIR: `${process.env['REDRESS_TEST_DIRECTORY'] ?? ''}/whose` });
    const token = await developmentToken(config, { sub, roles: ['intake'], ttl: '1h' });
    return (await Tokens.from(config, { log })).principal(`Bearer ${token}`).then(
      ({ id }) => id,
      (error: unknown) => (error as { code: string }).code,
    );
  };

  it.each([
    ['Auth0', 'auth0|5f7c8ec7c33c6c004bbafe82'],
    ['Auth0, by SAML', 'samlp|my-directory|a1b2c3d4'],
    ['Auth0, a service', 'Hq7rD0aX5b@clients'],
    ['Entra ID', 'AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ'],
    ['Keycloak', '3f2c9c1e-8b7a-4d59-9a51-0d0b1f0c7a11'],
    ['Keycloak, from a directory', 'f:3f2c9c1e-8b7a-4d59-9a51-0d0b1f0c7a11:jdoe'],
    ['Google', '110169484474386276334'],
    ['AD FS', 'N5rgBgBjHyOw0uAtPcZ+8g/q5c0jKKjbC0qM1kYx0tA='],
    ['Okta, which gives the login', 'staff-7@example.org'],
    ['an address', 'https://id.example.org/people/7'],
    ['a directory with letters of its own', 'ren\u00e9e'],
    ['whoever has the longest', 'x'.repeat(255)],
  ])('of %s is told as it is', async (_, sub) => {
    expect(await whose(sub)).toBe(sub);
  });

  it('tells the log, and nobody else, why its sub is refused, without citing it', async () => {
    const told: unknown[] = [];
    const config = readConfig({ REDRESS_DATA_DIR: `${process.env['REDRESS_TEST_DIRECTORY'] ?? ''}/whose` });
    const token = await developmentToken(config, { sub: 'Ann Lee', roles: ['intake'], ttl: '1h' });
    const tokens = await Tokens.from(config, {
      log: { warn: () => undefined, debug: (line: unknown) => told.push(line) } as never,
    });
    await expect(tokens.principal(`Bearer ${token}`)).rejects.toMatchObject({ code: 'token-refused' });
    expect(told).toEqual([
      { why: 'its sub: There is a blank in it: let the provider give an opaque reference.' },
    ]);
  });

  it('names whoever comes as nobody else could be named', async () => {
    expect(await whose('staff-7')).toBe('staff-7');
    for (const sub of [
      ' staff-7',
      'staff-7 ',
      'staff 7',
      'staff\t7',
      'staff-7\u0000',
      'staff\u20287',
      '\u200bstaff-7',
      'staff\u00a07',
      'staff\u034f-7',
      'staff\u3164-7',
      'staff-7\ufe0f',
      'staff-\ue000',
      // To its provider it may be another person than the one in NFC.
      'rene\u0301e',
      'x'.repeat(256),
    ])
      expect([sub, await whose(sub)]).toEqual([sub, 'token-refused']);
    for (const sub of ['redress', 'import', 'command-line'])
      expect([sub, await whose(sub)]).toEqual([sub, 'token-refused']);
  });
});

describe('development keys', () => {
  it('are told of, loudly', async () => {
    warnings.length = 0;
    const dataDir = `${process.env['REDRESS_TEST_DIRECTORY'] ?? ''}/keys`;
    await (await Tokens.from(readConfig({ REDRESS_DATA_DIR: dataDir }), { log })).check();
    expect(JSON.stringify(warnings)).toContain('DEVELOPMENT KEYS: OIDC_ISSUER is not set');
  });
});
