import { refused, type Paths } from '../access/open-api-parts.js';
import { rolesFor } from '../access/permissions.js';
import { TILE_PATHS } from './tile-paths.js';

const description = `For ${(rolesFor('read', 'log') ?? []).join(', ')}.`;

const tile = (parts: readonly string[]): Paths[string] => ({
  get: {
    operationId: `logTile${parts.length}`,
    tags: ['audit'],
    summary:
      'A tile of the log’s Merkle tree, as C2SP tlog-tiles names it: 0/x001/067, or 0/000.p/44 for its first 44 hashes.',
    description,
    parameters: parts.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
    responses: {
      200: {
        description: 'Hashes of 32 bytes, one after the other.',
        content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
      },
      ...refused(401, 403, 404, 503),
    },
  },
});

/** The controller's paths: neither a signed note nor a tile is JSON. */
export const logPaths: Paths = {
  '/v1/audit/checkpoint': {
    get: {
      operationId: 'logCheckpoint',
      tags: ['audit'],
      summary: 'The latest signed head of the log: origin, size and root, as C2SP tlog-checkpoint has them.',
      description,
      responses: {
        200: { description: 'A signed note.', content: { 'text/plain': { schema: { type: 'string' } } } },
        ...refused(401, 403, 404, 503),
      },
    },
  },
  ...Object.fromEntries(
    TILE_PATHS.map((parts) => [`/v1/audit/tile/${parts.map((part) => `{${part}}`).join('/')}`, tile(parts)]),
  ),
};
