import type { Socket } from 'node:net';

/** Longer than whoever sends needs to see that they are answered; so long a stranger may go on sending. */
const LINGER_MS = 2_000;

/**
 * Ends a connection by its own side first, and throws away for a moment what still comes in. Closed with bytes unread it is
 * reset, and the answer lost that was on its way (RFC 9112, 9.6). node:http calls destroySoon after a last answer.
 */
export const lingering = (socket: Socket): void => {
  socket.destroySoon = () => {
    socket.end();
    const late = setTimeout(() => socket.destroy(), LINGER_MS);
    socket.once('close', () => clearTimeout(late));
  };
};
