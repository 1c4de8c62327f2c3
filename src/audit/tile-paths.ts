/** What stands behind `tile/`: a level, an index in groups of three digits, and how much of a tile at the edge. */
export const TILE_PARTS = ['level', 'index', 'second', 'third', 'fourth'] as const;

/** Its length depends on the index: enough for a million million events. */
export const TILE_PATHS = [2, 3, 4, 5].map((length) => TILE_PARTS.slice(0, length));
