import { Controller, Get, Inject, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Pool } from 'pg';
import { Reads } from '../access/authentication.js';
import { NotFound } from '../event-store/errors.js';
import { POOL } from '../platform/database.js';
import { Checkpoints } from './checkpoints.js';
import { HASH_SIZE } from './log/merkle.js';
import { tileNamed, TILE_WIDTH } from './log/tiles.js';
import { TILE_PARTS, TILE_PATHS } from './tile-paths.js';
import { StoredTiles } from './stored-tiles.js';

const tileRoutes = TILE_PATHS.map((parts) => `tile/${parts.map((part) => `:${part}`).join('/')}`);

/** The log as C2SP tlog-tiles serves it: its latest checkpoint, and the tiles of its tree. */
@Controller('v1/audit')
export class LogController {
  constructor(
    @Inject(Checkpoints) private readonly checkpoints: Checkpoints,
    @Inject(POOL) private readonly pool: Pool,
  ) {}

  @Get('checkpoint')
  @Reads('log')
  async checkpoint(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const latest = await this.checkpoints.latest();
    if (!latest) throw new NotFound('checkpoint', 'yet', 'One is signed soon after the first event.');
    void reply.header('content-type', 'text/plain; charset=utf-8').header('cache-control', 'no-store');
    return latest.note;
  }

  @Get(tileRoutes)
  @Reads('log')
  async tile(@Param() parts: Record<string, string>, @Res() reply: FastifyReply): Promise<void> {
    const asked = tileNamed(TILE_PARTS.flatMap((part) => parts[part] ?? []).join('/'));
    const hashes = asked && (await new StoredTiles(this.pool).tile(asked.level, asked.index));
    const size = (asked?.width ?? TILE_WIDTH) * HASH_SIZE;
    if (!hashes || hashes.length < size) throw new NotFound('tile', 'of that name', 'See C2SP tlog-tiles.');
    await reply
      .header('content-type', 'application/octet-stream')
      // What a name stands for never changes.
      .header('cache-control', 'private, max-age=31536000, immutable')
      .send(hashes.subarray(0, size));
  }
}
