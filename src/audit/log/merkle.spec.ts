import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EMPTY, GrowingTree, leafHash, leafHashOf, provesConsistency, provesInclusion } from './merkle.js';
import {
  consistencyProof,
  edgeOf,
  GrowingTiles,
  inclusionProof,
  MissingTile,
  rootAt,
  tilePath,
  treeAt,
  type Tile,
  type TileReader,
} from './tiles.js';

// RFC 6962, section 2.1, word for word; what we have is held against it.

const sha256 = (...parts: Uint8Array[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

const k = (n: number): number => {
  let power = 1;
  while (power * 2 < n) power *= 2;
  return power;
};

type D = readonly Uint8Array[];

const MTH = (d: D): Buffer => {
  if (d.length === 0) return sha256();
  if (d.length === 1) return sha256(Buffer.of(0), d[0]!);
  return sha256(Buffer.of(1), MTH(d.slice(0, k(d.length))), MTH(d.slice(k(d.length))));
};

const PATH = (m: number, d: D): Buffer[] => {
  if (d.length === 1) return [];
  const [left, right] = [d.slice(0, k(d.length)), d.slice(k(d.length))];
  return m < left.length ? [...PATH(m, left), MTH(right)] : [...PATH(m - left.length, right), MTH(left)];
};

const SUBPROOF = (m: number, d: D, b: boolean): Buffer[] => {
  if (m === d.length) return b ? [] : [MTH(d)];
  const [left, right] = [d.slice(0, k(d.length)), d.slice(k(d.length))];
  return m <= left.length
    ? [...SUBPROOF(m, left, b), MTH(right)]
    : [...SUBPROOF(m - left.length, right, false), MTH(left)];
};

/** Tiles as they are kept, grown by these pieces. */
const tilesOf = (pieces: readonly D[]): { reader: TileReader; kept: Map<string, Tile> } => {
  const kept = new Map<string, Tile>();
  const nameOf = (level: number, index: number): string => `${level}/${index}`;
  let size = 0;
  for (const piece of pieces) {
    const held = edgeOf(size).flatMap(({ level, index }) => kept.get(nameOf(level, index)) ?? []);
    const growing = new GrowingTiles(size, held);
    for (const leaf of piece) growing.append(leafHash(leaf));
    for (const tile of growing.changed())
      kept.set(nameOf(tile.level, tile.index), { ...tile, hashes: Buffer.from(tile.hashes) });
    size += piece.length;
  }
  const none = Buffer.alloc(0);
  const reader = {
    tile: (level: number, index: number) => Promise.resolve(kept.get(nameOf(level, index))?.hashes ?? none),
  };
  return { reader, kept };
};

const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const hexes = (hashes: readonly Buffer[]): string[] => hashes.map((hash) => hash.toString('hex'));

/** The leaves and what is known of them in the tests of Certificate Transparency, where RFC 6962 comes from. */
const LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map(hex);

const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
].map(hex);

const PATHS: readonly [index: number, size: number, path: readonly string[]][] = [
  [0, 1, []],
  [
    0,
    8,
    [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  ],
  [
    5,
    8,
    [
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  ],
  [2, 3, ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125']],
];

const PROOFS: readonly [first: number, second: number, path: readonly string[]][] = [
  [1, 1, []],
  [
    1,
    8,
    [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  ],
  [
    6,
    8,
    [
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  ],
  [
    2,
    5,
    [
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  ],
];

describe('the tree of RFC 6962', () => {
  const { reader } = tilesOf([LEAVES]);

  it('has the published roots', async () => {
    const tree = new GrowingTree();
    for (const [size, root] of ROOTS.entries()) {
      expect(tree.root()).toEqual(root);
      expect(await rootAt(reader, size)).toEqual(root);
      if (LEAVES[size]) tree.append(leafHash(LEAVES[size]));
    }
    expect(EMPTY).toEqual(ROOTS[0]);
  });

  it.each(PATHS)('has the published inclusion proof of leaf %i in %i', async (index, size, path) => {
    const ours = await inclusionProof(reader, index, size);
    expect(hexes(ours)).toEqual(path);
    expect(provesInclusion(leafHash(LEAVES[index]!), index, { size, root: ROOTS[size]! }, ours)).toBe(true);
  });

  it.each(PROOFS)('has the published consistency proof of %i and %i', async (first, second, path) => {
    const ours = await consistencyProof(reader, first, second);
    expect(hexes(ours)).toEqual(path);
    const heads = [first, second].map((size) => ({ size, root: ROOTS[size]! })) as [never, never];
    expect(provesConsistency(...heads, ours)).toBe(true);
  });

  it('hashes text as its bytes', () => {
    expect(leafHashOf('ünï 😀 \0')).toEqual(leafHash(Buffer.from('ünï 😀 \0')));
  });
});

const RUNS = process.env['REDRESS_LONG'] ? 1_000 : 40;

/** Few distinct leaves, so that wrong proofs are not told apart by their leaves alone; more than a tile of them at times. */
const leaf = fc.integer({ min: 0, max: 3 }).map((n) => Buffer.of(n));
const leaves = fc.oneof(
  fc.array(leaf, { minLength: 1, maxLength: 40 }),
  fc.array(leaf, { minLength: 1, maxLength: 700, size: 'max' }),
);

const cut = (d: D, at: readonly number[]): D[] => {
  const ends = [...at.map((each) => each % (d.length + 1)), 0, d.length].toSorted((a, b) => a - b);
  return ends.slice(1).map((end, index) => d.slice(ends[index], end));
};

describe('what the text of RFC 6962 says, tiles say too', () => {
  it('of roots, trees that go on, and proofs, however the log grew', async () => {
    await fc.assert(
      fc.asyncProperty(
        leaves,
        fc.array(fc.nat(), { maxLength: 5 }),
        fc.nat(),
        fc.nat(),
        async (d, at, a, b) => {
          const { reader } = tilesOf(cut(d, at));
          const [second, first] = [1 + (a % d.length), b % (1 + (a % d.length))];
          const [part, index] = [d.slice(0, second), b % second];
          const [root, before] = [MTH(part), MTH(d.slice(0, first))];
          expect(await rootAt(reader, second)).toEqual(root);
          const tree = await treeAt(reader, first);
          for (const each of d.slice(first, second)) tree.append(leafHash(each));
          expect(tree.root()).toEqual(root);
          const path = await inclusionProof(reader, index, second);
          expect(path).toEqual(PATH(index, part));
          expect(provesInclusion(leafHash(part[index]!), index, { size: second, root }, path)).toBe(true);
          const proof = await consistencyProof(reader, first, second);
          if (first > 0) expect(proof).toEqual(SUBPROOF(first, part, true));
          expect(provesConsistency({ size: first, root: before }, { size: second, root }, proof)).toBe(true);
        },
      ),
      { numRuns: RUNS },
    );
  });

  it('proves nothing that is not so', async () => {
    const bit = fc.record({ hash: fc.nat(), bit: fc.nat({ max: 255 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(leaf, { minLength: 2, maxLength: 40 }), fc.nat(), bit, async (d, n, flip) => {
        const { reader } = tilesOf([d]);
        const [size, index, first] = [d.length, n % d.length, 1 + (n % (d.length - 1))];
        const [root, before] = [MTH(d), MTH(d.slice(0, first))];
        const spoiled = (path: readonly Buffer[]): Buffer[] => {
          const copy = path.map((hash) => Buffer.from(hash));
          const one = copy[flip.hash % copy.length]!;
          one[flip.bit >> 3]! ^= 1 << (flip.bit & 7);
          return copy;
        };
        const path = await inclusionProof(reader, index, size);
        const holds = (p: readonly Buffer[], of = leafHash(d[index]!)) =>
          provesInclusion(of, index, { size, root }, p);
        expect(holds(spoiled(path))).toBe(false);
        expect(holds(path.slice(1))).toBe(false);
        expect(holds([...path, root])).toBe(false);
        expect(holds(path, leafHash(Buffer.of(9)))).toBe(false);
        expect(provesInclusion(leafHash(d[index]!), size + index, { size, root }, path)).toBe(false);
        const proof = await consistencyProof(reader, first, size);
        const follows = (p: readonly Buffer[], from = before, to = root) =>
          provesConsistency({ size: first, root: from }, { size, root: to }, p);
        expect(follows(spoiled(proof))).toBe(false);
        expect(follows(proof.slice(1))).toBe(false);
        expect(follows([...proof, root])).toBe(false);
        expect(follows(proof, sha256(before))).toBe(false);
        expect(follows(proof, before, sha256(root))).toBe(false);
        expect(provesConsistency({ size, root }, { size: first, root: before }, proof)).toBe(false);
      }),
      { numRuns: RUNS },
    );
  });

  it('of 70,000 leaves, which take three levels', async () => {
    const d = Array.from({ length: 70_000 }, (_, n) => Buffer.from(String(n)));
    const { reader, kept } = tilesOf([d.slice(0, 65_535), d.slice(65_535)]);
    const tree = new GrowingTree();
    for (const each of d) tree.append(leafHash(each));
    expect(await rootAt(reader, d.length)).toEqual(tree.root());
    expect(kept.get('2/0')?.hashes.length).toBe(32);
    expect(kept.get('1/1')?.hashes.length).toBe(17 * 32);
  });

  it('is told where a tile is missing or does not fit the size', async () => {
    const { reader } = tilesOf([LEAVES]);
    await expect(rootAt(reader, 9)).rejects.toThrow('Tile 0 of level 0 is missing or too short.');
    expect(() => new GrowingTiles(8, [])).toThrow(MissingTile);
    expect(() => new GrowingTiles(8, [{ level: 0, index: 0, hashes: Buffer.alloc(32) }])).toThrow(
      MissingTile,
    );
  });

  it('names tiles as C2SP tlog-tiles does', () => {
    expect(tilePath({ level: 0, index: 1_234_067 })).toBe('tile/0/x001/x234/067');
    expect(tilePath({ level: 1, index: 0 }, 44)).toBe('tile/1/000.p/44');
  });
});
