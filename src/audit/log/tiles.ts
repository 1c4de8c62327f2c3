import { GrowingTree, HASH_SIZE, nodeHash, EMPTY } from './merkle.js';

/** The tree in tiles, as C2SP tlog-tiles has them: tile (level, index) holds 256 heads of subtrees of 256^level leaves. Pure. */

export const TILE_WIDTH = 256;
export const TILE_SIZE = TILE_WIDTH * HASH_SIZE;
const HEIGHT = 8;

export interface TileName {
  readonly level: number;
  readonly index: number;
}

/** A tile's hashes one after the other; fewer than 256 at the right edge of the tree. */
export interface Tile extends TileName {
  readonly hashes: Buffer;
}

/** Where tiles are. It may hand out more hashes than a tree of the asked size has: a tile only ever grows. */
export interface TileReader {
  tile(level: number, index: number): Promise<Buffer>;
}

/** The log's tiles do not hold what a tree of that size has. */
export class MissingTile extends Error {
  constructor({ level, index }: TileName) {
    super(`Tile ${index} of level ${level} is missing or too short.`);
  }
}

/** How many hashes the tile holds once the tree has that many leaves. */
export const widthAt = (size: number, { level, index }: TileName): number =>
  Math.min(TILE_WIDTH, Math.max(0, Math.floor(size / TILE_WIDTH ** level) - index * TILE_WIDTH));

/** The tiles at the right edge that are begun and not full; level by level. */
export const edgeOf = (size: number): TileName[] => {
  const edge: TileName[] = [];
  for (let [level, count] = [0, size]; count > 0; level += 1, count = Math.floor(count / TILE_WIDTH))
    if (count % TILE_WIDTH > 0) edge.push({ level, index: Math.floor(count / TILE_WIDTH) });
  return edge;
};

const hashIn = (hashes: Buffer, at: number): Buffer => hashes.subarray(at * HASH_SIZE, (at + 1) * HASH_SIZE);

/** The head over 2^n hashes that stand one after the other. */
const headOver = (hashes: Buffer): Buffer => {
  const tree = new GrowingTree();
  for (let at = 0; at < hashes.length / HASH_SIZE; at += 1) tree.append(hashIn(hashes, at));
  return tree.root();
};

/** What grows at the right edge. It is given what the edge held, and tells which tiles changed. */
export class GrowingTiles {
  private readonly edge: { index: number; count: number; hashes: Buffer; grew: boolean }[] = [];
  private readonly full: Tile[] = [];

  constructor(size: number, held: readonly Tile[]) {
    for (let level = 0; TILE_WIDTH ** level <= size; level += 1) this.begin(size, level);
    for (const name of edgeOf(size)) {
      const { level, index } = name;
      const hashes = held.find((tile) => tile.level === level && tile.index === index)?.hashes;
      if (hashes?.length !== widthAt(size, name) * HASH_SIZE) throw new MissingTile(name);
      this.edge[level]?.hashes.set(hashes);
    }
  }

  append(hash: Buffer, level = 0): void {
    if (level === this.edge.length) this.begin(0, level);
    const tile = this.edge[level];
    if (!tile) return;
    tile.hashes.set(hash, tile.count * HASH_SIZE);
    tile.count += 1;
    tile.grew = true;
    if (tile.count < TILE_WIDTH) return;
    this.full.push({ level, index: tile.index, hashes: tile.hashes });
    this.edge[level] = {
      index: tile.index + 1,
      count: 0,
      hashes: Buffer.allocUnsafe(TILE_SIZE),
      grew: false,
    };
    this.append(headOver(tile.hashes), level + 1);
  }

  /** Those that grew, as they are now. */
  changed(): Tile[] {
    const partial = this.edge.flatMap(({ index, count, hashes, grew }, level) =>
      grew ? [{ level, index, hashes: hashes.subarray(0, count * HASH_SIZE) }] : [],
    );
    return [...this.full, ...partial];
  }

  private begin(size: number, level: number): void {
    const count = Math.floor(size / TILE_WIDTH ** level);
    this.edge[level] = {
      index: Math.floor(count / TILE_WIDTH),
      count: count % TILE_WIDTH,
      hashes: Buffer.allocUnsafe(TILE_SIZE),
      grew: false,
    };
  }
}

/** The head of the whole subtree of 2^level leaves at that index. */
const subtree = async (tiles: TileReader, level: number, index: number): Promise<Buffer> => {
  const within = level % HEIGHT;
  const first = index * 2 ** within;
  const name = { level: (level - within) / HEIGHT, index: Math.floor(first / TILE_WIDTH) };
  const from = (first % TILE_WIDTH) * HASH_SIZE;
  const to = from + 2 ** within * HASH_SIZE;
  const hashes = await tiles.tile(name.level, name.index);
  if (hashes.length < to) throw new MissingTile(name);
  return headOver(hashes.subarray(from, to));
};

/** The largest power of two below n, for n > 1. */
const splitOf = (n: number): number => {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
};

/** MTH(D[from:to]) where `from` is a multiple of the first power of two that is not below the length. */
const headOf = async (tiles: TileReader, from: number, to: number): Promise<Buffer> => {
  const length = to - from;
  const k = length > 1 ? splitOf(length) : 1;
  if (length === 1) return subtree(tiles, 0, from);
  if (k * 2 === length) return subtree(tiles, Math.log2(length), from / length);
  return nodeHash(await headOf(tiles, from, from + k), await headOf(tiles, from + k, to));
};

export const rootAt = async (tiles: TileReader, size: number): Promise<Buffer> =>
  size === 0 ? EMPTY : headOf(tiles, 0, size);

/** The tree as it was at that size, ready to grow. */
export const treeAt = async (tiles: TileReader, size: number): Promise<GrowingTree> => {
  const peaks: Buffer[] = [];
  for (let [from, left] = [0, size]; left > 0;) {
    const k = splitOf(left + 1);
    peaks.push(await headOf(tiles, from, from + k));
    [from, left] = [from + k, left - k];
  }
  return new GrowingTree(size, peaks);
};

/** PATH(index, D[from:to]) of RFC 9162, 2.1.3.1. */
const pathIn = async (tiles: TileReader, index: number, from: number, to: number): Promise<Buffer[]> => {
  if (to - from === 1) return [];
  const middle = from + splitOf(to - from);
  return index < middle
    ? [...(await pathIn(tiles, index, from, middle)), await headOf(tiles, middle, to)]
    : [...(await pathIn(tiles, index, middle, to)), await headOf(tiles, from, middle)];
};

/** Proves that the leaf at `index` is in the tree of `size`. */
export const inclusionProof = (tiles: TileReader, index: number, size: number): Promise<Buffer[]> =>
  pathIn(tiles, index, 0, size);

/** SUBPROOF(size, D[from:to], known) of RFC 9162, 2.1.4.1. */
const proofIn = async (
  tiles: TileReader,
  size: number,
  [from, to]: readonly [number, number],
  known: boolean,
): Promise<Buffer[]> => {
  if (size === to) return known ? [] : [await headOf(tiles, from, to)];
  const middle = from + splitOf(to - from);
  return size <= middle
    ? [...(await proofIn(tiles, size, [from, middle], known)), await headOf(tiles, middle, to)]
    : [...(await proofIn(tiles, size, [middle, to], false)), await headOf(tiles, from, middle)];
};

/** Proves that the tree of `first` leaves is the beginning of that of `second`. */
export const consistencyProof = async (
  tiles: TileReader,
  first: number,
  second: number,
): Promise<Buffer[]> => (first === 0 || first === second ? [] : proofIn(tiles, first, [0, second], true));

/** Where C2SP tlog-tiles serves it, below the log's prefix: `tile/0/x001/067.p/44`. */
export const tilePath = ({ level, index }: TileName, width = TILE_WIDTH): string => {
  const groups = [String(index % 1000).padStart(3, '0')];
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000))
    groups.unshift(`x${String(rest % 1000).padStart(3, '0')}`);
  return `tile/${level}/${groups.join('/')}${width < TILE_WIDTH ? `.p/${width}` : ''}`;
};

const PATH = /^(\d{1,2})\/((?:x\d{3}\/){0,5}\d{3})(?:\.p\/([1-9]\d{0,2}))?$/;

/** What stands behind `tile/`, read back; undefined for what names no tile. */
export const tileNamed = (path: string): (TileName & { readonly width: number }) | undefined => {
  const [, level, groups = '', width] = PATH.exec(path) ?? [];
  const name = { level: Number(level), index: Number(groups.replaceAll(/[x/]/g, '')) };
  const wide = Number(width ?? TILE_WIDTH);
  return `tile/${path}` === tilePath(name, wide) ? { ...name, width: wide } : undefined;
};
