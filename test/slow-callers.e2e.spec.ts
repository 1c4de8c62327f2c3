import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Server } from 'node:http';
import { developmentToken } from '../src/access/tokens.js';
import { testApplication, type TestApplication } from './support/application.js';

// Callers who take their time, at a real socket: they hold a connection, and nobody else is kept waiting.

const SLOW = 300;
const PATIENCE = 1_500;
const SOON = 1_000;

let redress: TestApplication;
let server: Server;
let authorization: string;
const open = new Set<Socket>();

beforeAll(async () => {
  redress = await testApplication();
  await redress.app.listen(0, '127.0.0.1');
  server = redress.app.getHttpServer();
  const who = { sub: 'staff-1', roles: ['case-handler'], ttl: '1h' };
  authorization = `Bearer ${await developmentToken(redress.config, who)}`;
});
afterAll(async () => {
  for (const socket of open) socket.destroy();
  await redress.close();
});

const connection = async (begin: string): Promise<Socket> => {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  open.add(socket.on('error', () => {}));
  await once(socket, 'connect');
  socket.write(begin);
  return socket;
};

const ask = async () => {
  const began = performance.now();
  const { port } = server.address() as AddressInfo;
  const { status } = await fetch(`http://127.0.0.1:${port}/v1/cases`, { headers: { authorization } });
  return { status, took: performance.now() - began };
};

const problemTold = async (socket: Socket) => {
  const [head = '', body = '{}'] = (await text(socket)).split('\r\n\r\n');
  return { status: Number(head.split(' ')[1]), code: (JSON.parse(body) as { code: string }).code };
};

const BODY_BEGUN = () =>
  `POST /v1/complaints HTTP/1.1\r\nhost: here\r\nauthorization: ${authorization}\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{"receivedOn":`;

const slow: readonly (readonly [string, () => string, (ms: number) => void])[] = [
  ['headers', () => 'GET /v1/cases HTTP/1.1\r\nx-slow: a', (ms) => (server.headersTimeout = ms)],
  ['a body', BODY_BEGUN, (ms) => (server.requestTimeout = ms)],
];

describe('hundreds of callers who never end', () => {
  it.each(slow)('%s keep nobody waiting, and are sent away in time', async (_, begin, setTimeLimit) => {
    const { headersTimeout, requestTimeout } = server;
    try {
      const sockets = await Promise.all(Array.from({ length: SLOW }, () => connection(begin())));
      await ask();
      const answers = [await ask(), await ask(), await ask()];
      for (const { status, took } of answers) {
        expect(status).toBe(200);
        expect(took).toBeLessThan(SOON);
      }
      // What they had until now is no matter: the limit of a running server is what it is when connections are looked at.
      setTimeLimit(PATIENCE);
      const told = await Promise.all(sockets.map(problemTold));
      expect(new Set(told.map((each) => JSON.stringify(each)))).toEqual(
        new Set([JSON.stringify({ status: 408, code: 'request-timeout' })]),
      );
    } finally {
      Object.assign(server, { headersTimeout, requestTimeout });
    }
  });

  it('and take nothing of what they are answered are let go of in time', async () => {
    const { timeout } = server;
    server.timeout = PATIENCE;
    try {
      const connected = once(server, 'connection') as Promise<[Socket]>;
      // More than the sockets hold, and nobody reads it.
      await connection('GET /openapi.json HTTP/1.1\r\nhost: here\r\n\r\n'.repeat(200));
      const [served] = await connected;
      await once(served, 'close');
      expect(served.bytesWritten).toBeGreaterThan(0);
    } finally {
      server.timeout = timeout;
    }
  });

  it('have seconds for headers and minutes for a body, and so many may be there at once', () => {
    expect(server).toMatchObject({ headersTimeout: 15_000, requestTimeout: 300_000, maxConnections: 10_000 });
    expect(server.timeout).toBe(300_000);
    expect(server.keepAliveTimeout).toBeGreaterThan(0);
  });
});
