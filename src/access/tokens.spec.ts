import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { readConfig, WrongSetting } from '../platform/config.js';
import { Tokens } from './tokens.js';

const tokensOf = (issuer: string) =>
  Tokens.from(readConfig({ OIDC_ISSUER: issuer, OIDC_AUDIENCE: 'redress' }));

describe('an issuer of tokens', () => {
  it('that cannot be reached stops the start with a sentence', () =>
    expect(tokensOf('http://127.0.0.1:1/realm')).rejects.toThrow(
      /^Configuration: OIDC_ISSUER: http:\/\/127\.0\.0\.1:1\/realm\/\.well-known\/openid-configuration does not say/,
    ));

  it.each(['{}', 'no JSON', '{"jwks_uri":"nowhere"}'])(
    'that answers %j stops the start with a sentence',
    async (told) => {
      const server = createServer((_, answer) => answer.end(told)).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      await expect(tokensOf(`http://127.0.0.1:${port}`)).rejects.toThrow(WrongSetting);
      server.close();
    },
  );
});
