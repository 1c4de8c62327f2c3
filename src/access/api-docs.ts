import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

const require = createRequire(import.meta.url);

/** Addresses are relative, so that it also opens behind a proxy's prefix. */
const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Redress</title>
    <link rel="icon" href="./docs/favicon-32x32.png">
    <link rel="stylesheet" href="./docs/swagger-ui.css">
  </head>
  <body>
    <div id="docs"></div>
    <script src="./docs/swagger-ui-bundle.js"></script>
    <script src="./docs/open.js"></script>
  </body>
</html>
`;
const OPEN = `SwaggerUIBundle({ url: './openapi.json', dom_id: '#docs', deepLinking: true, tryItOutEnabled: true });\n`;
const FILES = ['/favicon-32x32.png', '/swagger-ui.css', '/swagger-ui-bundle.js'];

/** `/openapi.json`, made when it is first asked for, and `/docs` to read it and try it; the page's files are served from here. */
export const openDocs = async (server: FastifyInstance, document: () => object): Promise<void> => {
  await server.register(fastifyStatic, {
    root: dirname(require.resolve('swagger-ui-dist')),
    prefix: '/docs/',
    index: false,
    decorateReply: false,
    allowedPath: (path) => FILES.includes(path),
  });
  server.get('/docs', (_, reply) => reply.type('text/html; charset=utf-8').send(PAGE));
  server.get('/docs/', (_, reply) => reply.redirect('../docs'));
  server.get('/docs/open.js', (_, reply) => reply.type('text/javascript; charset=utf-8').send(OPEN));
  server.get('/openapi.json', () => document());
};
