import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { developmentToken } from '../src/access/tokens.js';
import { testApplication, type TestApplication } from './support/application.js';

// A server that is asked to stop, at real sockets.

let redress: TestApplication;
let port: number;
let authorization: string;

beforeEach(async () => {
  redress = await testApplication();
  await redress.app.listen(0, '127.0.0.1');
  ({ port } = redress.app.getHttpServer().address() as AddressInfo);
  const who = { sub: 'staff-1', roles: ['case-handler', 'integration'], ttl: '1h' };
  authorization = `Bearer ${await developmentToken(redress.config, who)}`;
});
afterEach(() => redress.close());

const COMPLAINT = JSON.stringify({
  receivedOn: '2026-02-27',
  channel: 'letter',
  category: 'abuse',
  summary: 'Shouted at.',
});

/** One connection that is kept, and what came over it until now. */
class Line {
  said = '';
  private readonly socket: Socket;

  constructor() {
    this.socket = connect(port, '127.0.0.1').setEncoding('utf8');
    this.socket.on('data', (chunk: string) => (this.said += chunk)).on('error', () => {});
  }

  async say(what: string): Promise<void> {
    if (this.socket.connecting) await once(this.socket, 'connect');
    this.socket.write(what);
  }

  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.said) && !this.socket.closed) await this.next('data');
    return this.said;
  }

  async ended(): Promise<string> {
    while (!this.socket.closed) await this.next('close');
    return this.said;
  }

  private next(event: 'data' | 'close'): Promise<void> {
    return new Promise((resolve) => {
      this.socket.once(event, () => resolve());
      this.socket.once('close', () => resolve());
    });
  }
}

const head = (request: string, more = '') =>
  `${request} HTTP/1.1\r\nhost: here\r\nauthorization: ${authorization}\r\n${more}\r\n`;
const asking = () => head('GET /v1/cases');
const posting = () =>
  head('POST /v1/complaints', `content-type: application/json\r\ncontent-length: ${COMPLAINT.length}\r\n`);

/** What was sent until now is read when the server answers what was sent after it. */
const readUntilNow = async () => {
  const other = new Line();
  await other.say(head('GET /health/live', 'connection: close\r\n'));
  await other.ended();
};

describe('a server that stops', () => {
  it('answers what it has begun, sends away whoever asks meanwhile, and is gone', async () => {
    const [begun, late, idle] = [new Line(), new Line(), new Line()];
    await idle.say(asking());
    await idle.until(/"next":/);
    await begun.say(posting() + COMPLAINT.slice(0, 20));
    await late.say(asking().slice(0, 20));
    await readUntilNow();
    const stopped = redress.app.close();
    expect(await idle.ended()).toMatch(/^HTTP\/1.1 200 OK[^]*"next":null\}$/);
    await late.say(asking().slice(20));
    expect(await late.ended()).toMatch(/^HTTP\/1.1 503 [^]*connection: close[^]*"code":"shutting-down"/i);
    await begun.say(COMPLAINT.slice(20));
    expect(await begun.ended()).toMatch(/^HTTP\/1.1 201 [^]*connection: close/i);
    await stopped;
    await expect(fetch(`http://127.0.0.1:${port}/health/live`)).rejects.toThrow(/fetch failed/);
  });

  it('waits some seconds for whoever never ends, and no longer', async () => {
    const begun = new Line();
    await begun.say(posting() + COMPLAINT.slice(0, 20));
    await readUntilNow();
    const began = performance.now();
    await redress.app.close();
    const took = performance.now() - began;
    expect(took).toBeGreaterThan(5_000);
    expect(took).toBeLessThan(10_000);
    expect(await begun.ended()).toBe('');
  });

  it('ends streams and waiting readers of events politely', async () => {
    const [stream, waiting] = [new Line(), new Line()];
    await stream.say(head('GET /v1/events', 'accept: text/event-stream\r\n'));
    await stream.until(/retry: 1000/);
    const { body } = await (await redress.as('auditor-1', 'auditor')).get('/v1/events?limit=1000');
    await waiting.say(head(`GET /v1/events?wait=30&after=${body.at(-1).position}`));
    await readUntilNow();
    await redress.app.close();
    // The last chunk says that this was all.
    expect(await stream.ended()).toMatch(/0\r\n\r\n$/);
    expect(await waiting.ended()).toMatch(/^HTTP\/1.1 200 OK[^]*\[\]$/);
  });
});
