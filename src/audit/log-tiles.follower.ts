import type pg from 'pg';
import type { Follower } from '../event-store/followers.js';
import { canonicalText } from './log/canonical.js';
import { leafHashOf } from './log/merkle.js';
import { edgeOf, GrowingTiles, type Tile } from './log/tiles.js';

const EDGE = `SELECT level, index::float8, hashes FROM log_tiles
  JOIN unnest($1::smallint[], $2::bigint[]) AS edge(l, n) ON level = l AND index = n`;

/** A full tile is never touched again. */
const KEEP = `INSERT INTO log_tiles AS kept (level, index, hashes) SELECT * FROM unnest($1::smallint[], $2::bigint[], $3::bytea[])
  ON CONFLICT (level, index) DO UPDATE SET hashes = excluded.hashes WHERE octet_length(kept.hashes) < 8192`;

const edgeAt = async (client: pg.ClientBase, size: number): Promise<Tile[]> => {
  const edge = edgeOf(size);
  if (edge.length === 0) return [];
  const named = [edge.map(({ level }) => level), edge.map(({ index }) => index)];
  return (await client.query<Tile>(EDGE, named)).rows;
};

/** `log_tiles`: the Merkle tree over the log. An event's leaf stands at its position less one. */
export const logTiles: Follower = {
  name: 'log-tiles',
  page: 2_000,
  // Heads are signed no oftener, and whoever asks for one sooner has it follow at once.
  pace: 1_000,
  unread: true,
  apply: async (events, client) => {
    const size = (events[0]?.position ?? 1) - 1;
    const growing = new GrowingTiles(size, await edgeAt(client, size));
    for (const event of events) growing.append(leafHashOf(canonicalText(event)));
    const tiles = growing.changed();
    await client.query(KEEP, [
      tiles.map(({ level }) => level),
      tiles.map(({ index }) => index),
      tiles.map(({ hashes }) => hashes),
    ]);
  },
};
