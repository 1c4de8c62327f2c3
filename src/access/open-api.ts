import type { CommandDoor } from './command-door.js';
import { commandPaths } from './open-api-commands.js';
import { json, NamedShapes, refused, refusedOnly, type Paths } from './open-api-parts.js';
import { readPaths } from './open-api-reads.js';
import type { ReadDoor } from './read-door.js';

/** The REST doors in OpenAPI 3.1, written from the acts and questions themselves. */

const anyone = { security: [] as object[] };
const text = { schema: { type: 'string' } };

const graphql = {
  post: {
    operationId: 'graphql',
    tags: ['graphql'],
    summary: 'The same commands and questions in GraphQL.',
    requestBody: {
      required: true,
      content: json({
        type: 'object',
        properties: {
          query: { type: 'string' },
          operationName: { type: ['string', 'null'] },
          variables: { type: ['object', 'null'] },
        },
        required: ['query'],
      }),
    },
    responses: {
      200: {
        description: 'Data, errors or both; extensions.code as in Problem.',
        content: json({ type: 'object' }),
      },
      ...refused(400, 401, 413, 415, 503),
    },
  },
};

const operations: Paths = {
  '/': {
    get: {
      ...anyone,
      operationId: 'start',
      tags: ['operations'],
      summary: 'Where the documents, the GraphQL door and the readiness are.',
      responses: { 200: { description: 'Their paths.', content: json({ type: 'object' }) } },
    },
  },
  '/health/live': {
    get: {
      ...anyone,
      operationId: 'live',
      tags: ['operations'],
      summary: 'Whether the process lives.',
      responses: { 200: { description: 'It does.', content: json({ type: 'object' }) } },
    },
  },
  '/health/ready': {
    get: {
      ...anyone,
      operationId: 'ready',
      tags: ['operations'],
      summary: 'Whether the database answers and its schema is up to date.',
      responses: { 200: { description: 'It does.', content: json({ type: 'object' }) }, ...refusedOnly(503) },
    },
  },
  '/metrics': {
    get: {
      ...anyone,
      operationId: 'metrics',
      tags: ['operations'],
      summary: 'Metrics for Prometheus; on the loopback address only.',
      responses: { 200: { description: 'Metrics.', content: { 'text/plain': text } }, ...refused(403) },
    },
  },
};

/** Two methods of one path stand in one item. */
const together = (...all: readonly Paths[]): Paths => {
  const paths: Record<string, object> = {};
  for (const part of all)
    for (const [path, item] of Object.entries(part)) paths[path] = { ...paths[path], ...item };
  return paths as Paths;
};

/** `others`: paths of doors that are no JSON questions or acts, each described beside its controller. */
export const openApiOf = (
  commands: readonly CommandDoor[],
  reads: readonly ReadDoor[],
  others: Paths = {},
): object => {
  const shapes = new NamedShapes();
  const paths = together(
    commandPaths(commands, shapes),
    ...readPaths(reads, shapes),
    others,
    { '/graphql': graphql },
    operations,
  );
  return {
    openapi: '3.1.0',
    info: {
      title: 'Redress',
      version: '1',
      description:
        'Complaint cases as immutable events: their age, their deadlines, and proof of their history.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    paths,
    components: shapes.components,
  };
};
