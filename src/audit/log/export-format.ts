import { HASH_SIZE } from './merkle.js';
import { TILE_WIDTH } from './tiles.js';

/**
 * An export of the log, the one that verifies without a database. Pure.
 *
 * - `events/{position of its first event, 16 digits}.log`: segments of at most 65,536 events, cut at multiples of it. An event is
 *   the length of its canonical bytes in decimal, a line feed, these bytes, a line feed.
 * - `tiles/{level}`: the tiles of a level of the tree one after the other, of the whole log, also where the events begin later.
 * - `checkpoint.txt`, over the last event; `keys.txt`, the public keys; `manifest.json`: what there is, and the hash of each file.
 */

const FORMAT = 'redress-log/1';
export const SEGMENT = 65_536;
export const MANIFEST = 'manifest.json';
export const CHECKPOINT = 'checkpoint.txt';
export const KEYS = 'keys.txt';

export interface ExportedFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface Manifest {
  readonly format: typeof FORMAT;
  readonly origin: string;
  readonly first: number;
  readonly last: number;
  readonly events: number;
  readonly root: string;
  readonly files: readonly ExportedFile[];
}

export interface Segment {
  readonly name: string;
  readonly first: number;
  readonly last: number;
}

export function* segmentsOf(first: number, last: number): Generator<Segment> {
  for (let from = first; from <= last;) {
    const to = Math.min(last, (Math.floor((from - 1) / SEGMENT) + 1) * SEGMENT);
    yield { name: `events/${String(from).padStart(16, '0')}.log`, first: from, last: to };
    from = to + 1;
  }
}

export interface TileFile {
  readonly name: string;
  readonly level: number;
  readonly bytes: number;
}

export const tileFilesOf = (size: number): TileFile[] => {
  const files: TileFile[] = [];
  for (let [level, count] = [0, size]; count > 0; level += 1, count = Math.floor(count / TILE_WIDTH))
    files.push({ name: `tiles/${level}`, level, bytes: count * HASH_SIZE });
  return files;
};

/** All but the manifest, in its order. */
export const fileNamesOf = (first: number, last: number): string[] => [
  ...[...segmentsOf(first, last)].map(({ name }) => name),
  ...tileFilesOf(last).map(({ name }) => name),
  CHECKPOINT,
  KEYS,
];

export const manifestText = ({
  origin,
  first,
  last,
  events,
  root,
  files,
}: Omit<Manifest, 'format'>): string =>
  `${JSON.stringify({ format: FORMAT, origin, first, last, events, root, files }, null, 2)}\n`;

const isFile = (value: unknown): value is ExportedFile => {
  const { name, bytes, sha256 } = Object(value) as Record<string, unknown>;
  return typeof name === 'string' && Number.isSafeInteger(bytes) && typeof sha256 === 'string';
};

const isManifest = (value: unknown): value is Manifest => {
  const { format, origin, first, last, events, root, files } = Object(value) as Record<string, unknown>;
  const texts = [format, origin, root].every((text) => typeof text === 'string');
  const numbers = [first, last, events].every((n) => Number.isSafeInteger(n) && Number(n) >= 0);
  return format === FORMAT && texts && numbers && Array.isArray(files) && files.every(isFile);
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Undefined for what is no manifest, or is one in another spelling: each has one only. */
export const manifestIn = (text: string): Manifest | undefined => {
  const value = parsed(text);
  if (!isManifest(value)) return undefined;
  const { first, last, events } = value;
  const files = value.files.map(({ name, bytes, sha256 }) => ({ name, bytes, sha256 }));
  const sound = first >= 1 && events === last - first + 1 && manifestText({ ...value, files }) === text;
  return sound ? value : undefined;
};
