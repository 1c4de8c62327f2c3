import type { FastifyInstance } from 'fastify';
import { Unavailable } from '../event-store/errors.js';

/** What is not answered by then is cut off: an orchestrator that waits ten seconds would otherwise kill the process. */
const PATIENCE = 8_000;

const stopping = () =>
  new Unavailable(
    'shutting-down',
    'This server is stopping; nothing was done. Send the same request again in a moment.',
  );

/**
 * While the server stops, whoever comes is sent away, and whoever is still answered is told that the connection ends
 * with it: one that was kept alive would hold the stop up until it is idle for more than a minute.
 */
export const endConnectionsOnClosing = (server: FastifyInstance): void => {
  let closing = false;
  server.addHook('preClose', (done) => {
    closing = true;
    const late = setTimeout(() => server.server.closeAllConnections(), PATIENCE);
    server.server.once('close', () => clearTimeout(late));
    done();
  });
  server.addHook('onRequest', (_, __, done) => done(closing ? stopping() : undefined));
  server.addHook('onSend', (_, reply, payload, done) => {
    if (closing) void reply.header('connection', 'close');
    done(null, payload);
  });
};
