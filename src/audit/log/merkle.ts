import { hash } from 'node:crypto';

/** The Merkle tree of RFC 6962 (section 2.1) and RFC 9162: hashes of leaves and nodes, and what proofs prove. Pure. */

export const HASH_SIZE = 32;

/** By way of text: a buffer that the hash itself makes costs its own piece of memory and twice the time. */
const sha256 = (data: string | Uint8Array): Buffer => Buffer.from(hash('sha256', data, 'binary'), 'binary');

/** The head of a tree that holds nothing. */
export const EMPTY: Buffer = sha256('');

const LEAF = Buffer.of(0);

/** Of what is text in UTF-8 anyway, without making bytes of it first: the leaf's mark is a character of one byte. */
export const leafHashOf = (text: string): Buffer => sha256(`\0${text}`);

export const leafHash = (bytes: Uint8Array): Buffer => sha256(Buffer.concat([LEAF, bytes]));

const pair = Buffer.alloc(1 + 2 * HASH_SIZE, 1);

export const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer => {
  pair.set(left, 1);
  pair.set(right, 1 + HASH_SIZE);
  return sha256(pair);
};

/** Told of every whole subtree of 2^level leaves, the moment it is whole. */
export type Completed = (level: number, index: number, subtree: Buffer) => void;

/** A tree that only grows, kept as the heads of its whole subtrees: as many hashes as its size has ones in binary. */
export class GrowingTree {
  private readonly peaks: Buffer[];

  /** `peaks` from left to right, as `size` has them. */
  constructor(
    public size = 0,
    peaks: readonly Buffer[] = [],
  ) {
    this.peaks = [...peaks];
  }

  append(leaf: Buffer, completed?: Completed): void {
    let [subtree, level, index] = [leaf, 0, this.size];
    completed?.(level, index, subtree);
    for (; index % 2 === 1; index = (index - 1) / 2) {
      subtree = nodeHash(this.peaks.pop() ?? EMPTY, subtree);
      level += 1;
      completed?.(level, (index - 1) / 2, subtree);
    }
    this.peaks.push(subtree);
    this.size += 1;
  }

  root(): Buffer {
    const last = this.peaks.at(-1);
    if (!last) return EMPTY;
    return this.peaks.slice(0, -1).reduceRight((right, left) => nodeHash(left, right), last);
  }
}

const half = (n: number): number => Math.floor(n / 2);
const isOdd = (n: number): boolean => n % 2 === 1;

/** Up past the levels at which the node is the left one of nothing. */
const risen = (fn: number, sn: number): [number, number] =>
  isOdd(fn) || fn === 0 ? [fn, sn] : risen(half(fn), half(sn));

/** RFC 9162, 2.1.3.2: that the leaf stands at `index` of the tree of that size and root. */
export const provesInclusion = (
  leaf: Buffer,
  index: number,
  { size, root }: { readonly size: number; readonly root: Buffer },
  path: readonly Buffer[],
): boolean => {
  if (index >= size) return false;
  let [fn, sn, r] = [index, size - 1, leaf];
  for (const p of path) {
    if (sn === 0) return false;
    if (isOdd(fn) || fn === sn) {
      r = nodeHash(p, r);
      [fn, sn] = risen(fn, sn);
    } else r = nodeHash(r, p);
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && r.equals(root);
};

interface Head {
  readonly size: number;
  readonly root: Buffer;
}

/** RFC 9162, 2.1.4.2: that the first tree is the beginning of the second. */
export const provesConsistency = (first: Head, second: Head, path: readonly Buffer[]): boolean => {
  if (first.size > second.size) return false;
  if (first.size === second.size) return path.length === 0 && first.root.equals(second.root);
  // Nothing is the beginning of anything.
  if (first.size === 0) return path.length === 0 && first.root.equals(EMPTY);
  return path.length > 0 && climbs(first, second, path);
};

const isPowerOfTwo = (n: number): boolean => Number.isInteger(Math.log2(n)) && 2 ** Math.log2(n) === n;

const climbs = (first: Head, second: Head, path: readonly Buffer[]): boolean => {
  const [seed = EMPTY, ...rest] = isPowerOfTwo(first.size) ? [first.root, ...path] : path;
  let [fn, sn, fr, sr] = [first.size - 1, second.size - 1, seed, seed];
  while (isOdd(fn)) [fn, sn] = [half(fn), half(sn)];
  for (const c of rest) {
    if (sn === 0) return false;
    if (isOdd(fn) || fn === sn) {
      [fr, sr] = [nodeHash(c, fr), nodeHash(c, sr)];
      [fn, sn] = risen(fn, sn);
    } else sr = nodeHash(sr, c);
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && fr.equals(first.root) && sr.equals(second.root);
};
