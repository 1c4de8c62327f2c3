import type pg from 'pg';
import type { TileReader } from './log/tiles.js';

const RUN = `SELECT index::float8, hashes FROM log_tiles
  WHERE level = $1 AND index >= $2 AND index < $2 + $3 ORDER BY index`;

const NONE = Buffer.alloc(0);

/** The tiles that the follower keeps; `ahead` of them are read at once by whoever goes from one to the next. */
export class StoredTiles implements TileReader {
  private readonly read = new Map<number, { readonly from: number; readonly tiles: Map<number, Buffer> }>();

  constructor(
    private readonly pool: pg.Pool | pg.ClientBase,
    private readonly ahead = 1,
  ) {}

  async tile(level: number, index: number): Promise<Buffer> {
    const run = this.read.get(level);
    if (run && index >= run.from && index < run.from + this.ahead) return run.tiles.get(index) ?? NONE;
    const { rows } = await this.pool.query<{ index: number; hashes: Buffer }>(RUN, [
      level,
      index,
      this.ahead,
    ]);
    const tiles = new Map(rows.map((row) => [row.index, row.hashes]));
    this.read.set(level, { from: index, tiles });
    return tiles.get(index) ?? NONE;
  }
}
