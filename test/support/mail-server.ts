import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface Received {
  readonly to: string;
  readonly messageId: string;
  readonly text: string;
  /** The name by which whoever brought it greeted. */
  readonly by: string;
}

export interface MailServer {
  readonly url: string;
  readonly received: readonly Received[];
  /** How often somebody tried to name a recipient. */
  readonly asked: number;
  /** Answers recipients with this code, so many times; undefined: takes them again. */
  refuse(code: number | undefined, times?: number): void;
  /** Called when a letter is whole here and nobody was told so yet, which is done when it resolves. */
  beforeAnswer(act: (letter: Received) => unknown): void;
  stop(): Promise<void>;
}

/** A real SMTP server on loopback. */
export const startMailServer = async (): Promise<MailServer> => {
  const received: Received[] = [];
  let refusal: number | undefined;
  let refusals = 0;
  let asked = 0;
  let before: (letter: Received) => unknown = () => {};
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo(_address, _session, answer) {
      asked += 1;
      if (refusal === undefined || refusals === 0) return answer();
      refusals -= 1;
      answer(Object.assign(new Error('not now'), { responseCode: refusal }));
    },
    onData(stream, session, answer) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const to = session.envelope.rcptTo[0]?.address ?? '';
        const messageId = /^Message-ID: (.+)$/im.exec(text)?.[1]?.trim() ?? '';
        const letter = { to, messageId, text, by: session.hostNameAppearsAs };
        received.push(letter);
        void Promise.resolve(before(letter)).then(() => answer());
      });
    },
  });
  server.on('error', () => {});
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const { port } = listening.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    received,
    get asked() {
      return asked;
    },
    refuse: (code, times = Infinity) => {
      refusal = code;
      refusals = times;
    },
    beforeAnswer: (act) => void (before = act),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
      }),
  };
};
