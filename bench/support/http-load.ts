import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface Request {
  readonly path: string;
  readonly token: string;
  /** It is posted; without one, the path is got. */
  readonly body?: string;
}

/** One keep-alive connection that asks one thing at a time; as little work as possible beside the server under test. */
class Connection {
  private text = '';
  private answered: ((answer: { status: number; body: string }) => void) | undefined;

  constructor(private readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => this.take(chunk));
  }

  ask({ path, token, body = '' }: Request): Promise<{ status: number; body: string }> {
    return new Promise((resolve) => {
      this.answered = resolve;
      this.socket.write(
        `${body === '' ? 'GET' : 'POST'} ${path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n` +
          `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
    });
  }

  end(): void {
    this.socket.destroy();
  }

  private take(chunk: string): void {
    this.text += chunk;
    const head = this.text.indexOf('\r\n\r\n');
    if (head < 0) return;
    const length = Number(/content-length: (\d+)/i.exec(this.text)?.[1]);
    const body = this.text.slice(head + 4);
    if (Buffer.byteLength(body) < length) return;
    const status = Number(this.text.slice(9, 12));
    this.text = '';
    this.answered?.({ status, body });
  }
}

/** So many connections to the server under test. */
export class HttpLoad {
  private constructor(private readonly connections: readonly Connection[]) {}

  static async on(port: number, connections: number): Promise<HttpLoad> {
    const sockets = Array.from({ length: connections }, () => connect(port, '127.0.0.1'));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    return new HttpLoad(sockets.map((socket) => new Connection(socket)));
  }

  /** Each connection asks again as soon as it was answered; answers per second. Stops at the first refusal. */
  async run(next: () => Request, milliseconds: number): Promise<number> {
    const began = performance.now();
    let done = 0;
    const ask = async (connection: Connection) => {
      while (performance.now() - began < milliseconds) {
        const { status, body } = await connection.ask(next());
        if (status >= 300) throw new Error(`The server under test answered ${status}: ${body}`);
        done += 1;
      }
    };
    await Promise.all(this.connections.map(ask));
    return (done / (performance.now() - began)) * 1000;
  }

  /** One answer by each connection, to as many requests as there are. */
  async each(next: () => Request): Promise<string[]> {
    const answers = await Promise.all(this.connections.map((connection) => connection.ask(next())));
    return answers.map(({ body }) => body);
  }

  end(): void {
    for (const connection of this.connections) connection.end();
  }
}
