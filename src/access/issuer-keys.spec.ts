import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { WrongSetting } from '../platform/config.js';
import { isAway, IssuerKeys } from './issuer-keys.js';

let server: Server | undefined;

/** A provider that answers one of its two addresses as it likes. */
const provider = async (
  hostile: 'configuration' | 'keys',
  answer: (reply: ServerResponse) => void,
): Promise<IssuerKeys> => {
  server = createServer((request, reply) => {
    const isKeys = request.url === '/keys';
    if (isKeys === (hostile === 'keys')) answer(reply);
    else reply.end(JSON.stringify(isKeys ? { keys: [] } : { issuer, jwks_uri: `${issuer}/keys` }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return new IssuerKeys(issuer, () => performance.now(), undefined);
};

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

const MEGABYTE = Buffer.alloc(1_048_576, ' ');

/** Writes for as long as anybody reads. */
const endlessly = (reply: ServerResponse): void => {
  const more = (): void => {
    while (!reply.destroyed && reply.write(MEGABYTE));
  };
  reply.on('drain', more);
  more();
};

const refusal = (keys: IssuerKeys): Promise<unknown> =>
  keys.read().then(
    () => undefined,
    (error: unknown) => error,
  );

describe.each(['configuration', 'keys'] as const)('a provider that answers for its %s', (hostile) => {
  it('without an end is left after a megabyte', async () => {
    const keys = await provider(hostile, endlessly);
    const error = await refusal(keys);
    expect(error).toBeInstanceOf(WrongSetting);
    expect((error as Error).message).toContain('answers with more than 1048576 bytes.');
  });

  it('with a little that unpacks to a lot is left as well', async () => {
    const packed = gzipSync(Buffer.alloc(4 * 1_048_576, ' '));
    const keys = await provider(hostile, (reply) => {
      reply.setHeader('content-encoding', 'gzip');
      reply.end(packed);
    });
    expect(await refusal(keys)).toBeInstanceOf(WrongSetting);
  });

  it('a byte at a time, for ever, is not waited for', async () => {
    const keys = await provider(hostile, (reply) => {
      const drip = setInterval(() => reply.write(' '), 50);
      reply.on('close', () => clearInterval(drip));
    });
    const began = performance.now();
    expect(isAway(await refusal(keys))).toBe(true);
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  it('nothing at all is not waited for', async () => {
    const keys = await provider(hostile, () => undefined);
    expect(isAway(await refusal(keys))).toBe(true);
  });
});
