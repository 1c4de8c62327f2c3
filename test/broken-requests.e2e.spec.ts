import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testApplication, type TestApplication } from './support/application.js';

// What never becomes a request, at a real socket: the parser gives up, and the answer is a problem document all the same.

let redress: TestApplication;
let port: number;

beforeAll(async () => {
  redress = await testApplication();
  await redress.app.listen(0, '127.0.0.1');
  ({ port } = redress.app.getHttpServer().address() as AddressInfo);
});
afterAll(() => redress.close());

const answerTo = async (...sent: readonly string[]) => {
  const socket = connect(port, '127.0.0.1');
  for (const part of sent) socket.write(part);
  const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n').slice(-2);
  return { status: Number(head.split(' ')[1]), head, problem: JSON.parse(body) };
};

const get = 'GET /live HTTP/1.1\r\nhost: here\r\n';

const broken: readonly (readonly [string, string, number, string])[] = [
  ['headers of more than 16 KB', `${get}x-long: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'headers-too-large'],
  ['something that is not HTTP', '\u0016\u0003\u0001 hello\r\n\r\n', 400, 'malformed-request'],
  ['a header without a colon', `${get}nonsense\r\n\r\n`, 400, 'malformed-request'],
  [
    'a body of which two lengths are told',
    'POST /v1/complaints HTTP/1.1\r\nhost: here\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}',
    400,
    'malformed-request',
  ],
  [
    'a chunk without a length',
    'POST /v1/complaints HTTP/1.1\r\nhost: here\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n',
    400,
    'malformed-request',
  ],
];

describe('a connection that brings', () => {
  it.each(broken)('%s is told so by a problem document, and ended', async (_, sent, status, code) => {
    const { head, problem } = await answerTo(sent);
    expect(head.split('\r\n')).toContain('content-type: application/problem+json; charset=utf-8');
    expect(problem).toMatchObject({ status, code, type: `urn:redress:problem:${code}` });
    expect(problem.detail).toMatch(/\.$/);
  });
});

describe('a body that is still on its way when it is refused', () => {
  it('is not listened to for long: whoever has no token sends nothing without end', async () => {
    const length = 'content-type: application/octet-stream\r\ncontent-length: 9999999999\r\n\r\n';
    const { status, head, problem } = await answerTo(
      `POST /v1/cases/018f0000-0000-7000-8000-000000000001/documents HTTP/1.1\r\nhost: here\r\n${length}`,
      'x'.repeat(1000),
    );
    expect([status, problem.code]).toEqual([401, 'no-token']);
    expect(head.toLowerCase()).toContain('connection: close');
  });

  it('is told why, also to whoever sends all of it before they read', async () => {
    const socket = connect(port, '127.0.0.1').pause();
    const body = Buffer.alloc(20_000_000, ' ');
    socket.write(
      `POST /v1/complaints HTTP/1.1\r\nhost: here\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`,
    );
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject).write(body, (error) => (error ? reject(error) : resolve()));
    });
    const answer = await text(socket);
    expect(answer).toMatch(/^HTTP\/1.1 413 [^]*"code":"body-too-large"[^]*larger than 1 MB/);
  });

  it('costs nobody their connection who sent all of it', async () => {
    const url = `http://127.0.0.1:${port}/v1/complaints`;
    const { headers } = await fetch(url, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    });
    expect(headers.get('connection')).toBe('keep-alive');
    expect((await fetch(`http://127.0.0.1:${port}/nowhere`)).headers.get('connection')).toBe('keep-alive');
  });
});
