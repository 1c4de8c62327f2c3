import { createHash } from 'node:crypto';
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type pg from 'pg';
import { readUnread } from '../event-store/loader.js';
import type { Ground } from '../platform/platform.module.js';
import { Checkpoints } from './checkpoints.js';
import { canonicalText } from './log/canonical.js';
import { readCheckpoint, type Checkpoint } from './log/checkpoint.js';
import {
  CHECKPOINT,
  KEYS,
  MANIFEST,
  manifestText,
  segmentsOf,
  tileFilesOf,
  type ExportedFile,
  type Segment,
  type TileFile,
} from './log/export-format.js';
import { HASH_SIZE, leafHash } from './log/merkle.js';
import { eventsIn, Malformed } from './log/segment-file.js';
import { MissingTile, TILE_WIDTH } from './log/tiles.js';
import { StoredTiles } from './stored-tiles.js';

/** The exact bytes of the log with what proves them, in a directory: see log/export-format.ts. */

const PAGE = 2_000;
const TILES_AHEAD = 64;

export interface Exported {
  readonly first: number;
  readonly last: number;
  readonly events: number;
  /** Whole segments that lay there already. */
  readonly kept: number;
  readonly directory: string;
}

/** Whole or absent under its name, with its hash. */
const written = async (
  directory: string,
  name: string,
  write: (add: (bytes: Buffer) => Promise<void>) => Promise<void>,
): Promise<ExportedFile> => {
  const file = join(directory, name);
  await mkdir(dirname(file), { recursive: true });
  const handle = await open(`${file}.part`, 'w', 0o600);
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    await write(async (chunk) => {
      hash.update(chunk);
      bytes += chunk.length;
      await handle.writeFile(chunk);
    });
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.part`, file);
  return { name, bytes, sha256: hash.digest('hex') };
};

const small = (directory: string, name: string, text: string): Promise<ExportedFile> =>
  written(directory, name, (add) => add(Buffer.from(text)));

const framed = (event: Parameters<typeof canonicalText>[0]): string => {
  const text = canonicalText(event);
  return `${Buffer.byteLength(text)}\n${text}\n`;
};

export class LogExport {
  private readonly tiles: StoredTiles;
  private kept = 0;

  constructor(
    private readonly pool: pg.Pool,
    private readonly directory: string,
  ) {
    this.tiles = new StoredTiles(pool, TILES_AHEAD);
  }

  /** Errors: RuleBroken, WrongSetting (see Checkpoints). */
  static async of(
    { pool, config }: Pick<Ground, 'pool' | 'config'>,
    directory: string,
    from: number,
    progress: (position: number, of: number) => void = () => {},
  ): Promise<Exported> {
    const checkpoints = new Checkpoints(pool, config);
    const note = await checkpoints.signHead();
    const keys = (await checkpoints.keys()).map(({ key }) => key);
    const made = new LogExport(pool, directory);
    return made.write({ note, keys, from }, progress);
  }

  private async write(
    { note, keys, from }: { note: string; keys: readonly string[]; from: number },
    progress: (position: number, of: number) => void,
  ): Promise<Exported> {
    const checkpoint = readCheckpoint(note);
    const first = Math.min(from, checkpoint.size + 1);
    // What stands there is of an earlier export until all is written.
    await mkdir(this.directory, { recursive: true });
    await rm(join(this.directory, MANIFEST), { force: true });
    const files: ExportedFile[] = [];
    for (const segment of segmentsOf(first, checkpoint.size)) {
      files.push((await this.whole(segment)) ?? (await this.segment(segment)));
      progress(segment.last, checkpoint.size);
    }
    for (const file of tileFilesOf(checkpoint.size)) files.push(await this.level(file));
    files.push(await small(this.directory, CHECKPOINT, note));
    files.push(await small(this.directory, KEYS, `${keys.join('\n')}\n`));
    return this.finish(checkpoint, first, files);
  }

  private async finish(
    { origin, size, root }: Checkpoint,
    first: number,
    files: readonly ExportedFile[],
  ): Promise<Exported> {
    const events = size - first + 1;
    const head = { origin, first, last: size, events, root: root.toString('base64'), files };
    await writeFile(join(this.directory, `${MANIFEST}.part`), manifestText(head), { mode: 0o600 });
    await rename(join(this.directory, `${MANIFEST}.part`), join(this.directory, MANIFEST));
    return { first, last: size, events, kept: this.kept, directory: this.directory };
  }

  /** A segment that an earlier attempt left whole: its events are those of the tree, and all of them. */
  private async whole({ name, first, last }: Segment): Promise<ExportedFile | undefined> {
    const events = eventsIn(join(this.directory, name), name);
    let position = first;
    try {
      for (;;) {
        const next = await events.next();
        if (next.done === true) {
          if (position !== last + 1) return undefined;
          this.kept += 1;
          return { name, bytes: next.value.bytes, sha256: next.value.sha256 };
        }
        for (const bytes of next.value) {
          if (position > last || !leafHash(bytes).equals(await this.leaf(position))) return undefined;
          position += 1;
        }
      }
    } catch (error) {
      if (error instanceof Malformed) return undefined;
      throw error;
    } finally {
      await events.return({ sha256: '', bytes: 0 });
    }
  }

  private async leaf(position: number): Promise<Buffer> {
    const at = ((position - 1) % TILE_WIDTH) * HASH_SIZE;
    const tile = await this.tiles.tile(0, Math.floor((position - 1) / TILE_WIDTH));
    return tile.subarray(at, at + HASH_SIZE);
  }

  private segment({ name, first, last }: Segment): Promise<ExportedFile> {
    return written(this.directory, name, async (add) => {
      for (let after = first - 1; after < last;) {
        const events = await readUnread(this.pool, after, Math.min(PAGE, last - after));
        const end = events.at(-1)?.position;
        if (end === undefined) return;
        const own = events.filter(({ position }) => position <= last);
        await add(Buffer.from(own.map(framed).join('')));
        after = end;
      }
    });
  }

  private level({ name, level, bytes }: TileFile): Promise<ExportedFile> {
    return written(this.directory, name, async (add) => {
      const count = bytes / HASH_SIZE;
      for (let index = 0; index * TILE_WIDTH < count; index += 1) {
        const width = Math.min(TILE_WIDTH, count - index * TILE_WIDTH);
        const hashes = await this.tiles.tile(level, index);
        if (hashes.length < width * HASH_SIZE) throw new MissingTile({ level, index });
        await add(hashes.subarray(0, width * HASH_SIZE));
      }
    });
  }
}
