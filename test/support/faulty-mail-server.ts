import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

/** Where it goes wrong. `greylists`: whoever comes for the first time is told to come again. */
export type MailFault =
  'none' | 'never-greets' | 'refuses' | 'greylists' | 'drops-after-data' | 'silent-after-data';

/** As much of an SMTP server as is needed to break off at a chosen place. */
export const startFaultyMailServer = async () => {
  const letters: string[] = [];
  const known = new Set<string>();
  const sockets = new Set<Socket>();
  let fault: MailFault = 'none';

  const answerTo = (line: string): string => {
    const command = line.slice(0, 4).toUpperCase();
    if (command === 'RCPT') {
      if (fault === 'refuses') return '550 no such user';
      if (fault === 'greylists' && !known.has(line)) {
        known.add(line);
        return '451 come again';
      }
    }
    if (command === 'DATA') return '354 go on';
    return command === 'QUIT' ? '221 bye' : '250 fine';
  };

  /** The letter is whole here; nobody was told so yet. */
  const taken = (socket: Socket): void => {
    if (fault === 'drops-after-data') socket.destroy();
    else if (fault !== 'silent-after-data') socket.write('250 taken\r\n');
  };

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    if (fault === 'never-greets') return;
    socket.write('220 here\r\n');
    let text = '';
    let inLetter = false;
    socket.on('data', (chunk) => {
      text += chunk.toString();
      for (;;) {
        const end = inLetter ? '\r\n.\r\n' : '\r\n';
        const at = text.indexOf(end);
        if (at < 0) return;
        const part = text.slice(0, at);
        text = text.slice(at + end.length);
        if (inLetter) {
          inLetter = false;
          letters.push(part);
          taken(socket);
        } else {
          const answer = answerTo(part);
          inLetter = answer.startsWith('354');
          socket.write(`${answer}\r\n`);
        }
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    letters,
    turns: (to: MailFault) => void (fault = to),
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
};
