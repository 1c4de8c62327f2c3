import type { FastifyInstance } from 'fastify';
import helmet from 'helmet';

/**
 * Security headers on every answer. The middleware is made once: its plugin for Fastify makes it anew for each request,
 * which costs more than all else that is done to route one.
 */
export const setSecurityHeaders = (server: FastifyInstance): void => {
  // The documents' page loads everything from here; whoever puts TLS in front of Redress also speaks plain HTTP to it.
  const setHeaders = helmet({ contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } } });
  server.addHook('onRequest', (request, reply, done) => setHeaders(request.raw, reply.raw, () => done()));
};
