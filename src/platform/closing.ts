import type { FastifyInstance } from 'fastify';

/**
 * While the server stops, whoever is still answered is told that the connection ends with it: one that was kept alive
 * would hold the stop up until it is idle for more than a minute.
 */
export const endConnectionsOnClosing = (server: FastifyInstance): void => {
  let closing = false;
  server.addHook('preClose', (done) => {
    closing = true;
    done();
  });
  server.addHook('onSend', (_, reply, payload, done) => {
    if (closing) void reply.header('connection', 'close');
    done(null, payload);
  });
};
