import type pg from 'pg';
import type { Recorded } from '../event-store/event.js';
import { readUnread } from '../event-store/loader.js';
import { envelopeOf } from './log/canonical.js';
import type { Entry, LogSource } from './log/examination.js';
import { leafHashOf } from './log/merkle.js';
import { logTiles } from './log-tiles.follower.js';
import { StoredTiles } from './stored-tiles.js';

const PAGE = 4_000;
const TILES_AHEAD = 64;

const ENDS = `SELECT coalesce((SELECT max(position) FROM events), 0)::float8 AS last,
  coalesce((SELECT position FROM checkpoints WHERE follower = $1), 0)::float8 AS tiled`;

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

const entryOf = (event: Recorded): Entry => {
  const envelope = envelopeOf(event);
  return {
    envelope,
    leaf: leafHashOf(`${JSON.stringify(envelope)}\n${event.text}`),
    wrong: isJson(event.text) ? undefined : 'holds data that are no JSON',
  };
};

/** The log as it stands in the database just now, as far as it reached at the first look. */
export class LiveLog implements LogSource {
  readonly first = 1;
  readonly tiles: StoredTiles;

  private constructor(
    private readonly pool: pg.Pool,
    readonly last: number,
    readonly tiled: number,
    private readonly head: number,
  ) {
    this.tiles = new StoredTiles(pool, TILES_AHEAD);
  }

  static async in(pool: pg.Pool): Promise<LiveLog> {
    const { rows } = await pool.query<{ last: number; tiled: number }>(ENDS, [logTiles.name]);
    const { last, tiled } = rows[0] ?? { last: 0, tiled: 0 };
    return new LiveLog(pool, Math.max(last, tiled), tiled, last);
  }

  /** The next page is on its way while one is looked at. */
  async *entries(): AsyncIterable<readonly Entry[]> {
    let next = this.page(0);
    for (;;) {
      const events = await next;
      const last = events.at(-1);
      if (!last) return;
      next = this.page(last.position);
      // Whoever looks may stop in between.
      next.catch(() => {});
      yield events.map(entryOf);
    }
  }

  private async page(after: number): Promise<Recorded[]> {
    if (after >= this.head) return [];
    const page = await readUnread(this.pool, after, PAGE);
    return page.filter(({ position }) => position <= this.head);
  }
}
