import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { readCheckpoint } from './checkpoint.js';
import type { Entry, LogSource } from './examination.js';
import {
  CHECKPOINT,
  fileNamesOf,
  KEYS,
  MANIFEST,
  manifestIn,
  segmentsOf,
  tileFilesOf,
  type Manifest,
} from './export-format.js';
import type { Faults } from './fault.js';
import { Unreadable, verifierKeys, type VerifierKey } from './note.js';
import { entryIn, eventsIn, Malformed, openFile } from './segment-file.js';
import { MissingTile, TILE_SIZE } from './tiles.js';

/** An export in a directory, read as a log. Nothing in it is believed: neither names nor sizes nor what a file is. */

const LONGEST_SMALL = 16 * 1024 * 1024;

const smallFile = async (directory: string, name: string): Promise<string> => {
  const handle = await openFile(join(directory, name), name);
  try {
    if ((await handle.stat()).size > LONGEST_SMALL) throw new Malformed(`${name} is too long to be one.`);
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
};

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const manifestOf = async (directory: string): Promise<Manifest> => {
  const manifest = manifestIn(await smallFile(directory, MANIFEST));
  if (!manifest) throw new Malformed(`${MANIFEST} is not the manifest of an export of the log.`);
  const { first, last, files } = manifest;
  // Before names are made of it: so many files cannot be.
  const most = files.length * 65_536;
  const names = last - first <= most ? fileNamesOf(first, last) : [];
  if (names.length !== files.length || names.some((name, at) => files[at]?.name !== name))
    throw new Malformed(`${MANIFEST} does not list the files that an export of these positions has.`);
  return manifest;
};

/** The small files. */
interface Read {
  readonly manifest: Manifest;
  readonly note: string;
  readonly keys: readonly VerifierKey[];
}

export class ExportedLog implements LogSource {
  readonly tiles = { tile: (level: number, index: number) => this.tile(level, index) };

  private constructor(
    private readonly directory: string,
    private readonly read: Read,
    private readonly faults: Faults,
  ) {}

  /** Errors: Malformed, Unreadable. */
  static async in(directory: string, faults: Faults): Promise<ExportedLog> {
    const manifest = await manifestOf(directory);
    const [note, keys] = [await smallFile(directory, CHECKPOINT), await smallFile(directory, KEYS)];
    const checkpoint = readCheckpoint(note);
    const agrees =
      checkpoint.size === manifest.last &&
      checkpoint.root.toString('base64') === manifest.root &&
      checkpoint.origin === manifest.origin;
    if (!agrees) throw new Malformed(`${MANIFEST} is not over what ${CHECKPOINT} was signed for.`);
    const log = new ExportedLog(directory, { manifest, note, keys: verifierKeys(keys) }, faults);
    log.hold(CHECKPOINT, { sha256: sha256(note), bytes: Buffer.byteLength(note) });
    log.hold(KEYS, { sha256: sha256(keys), bytes: Buffer.byteLength(keys) });
    for (const { name, bytes } of tileFilesOf(manifest.last)) await log.holdTiles(name, bytes);
    return log;
  }

  get first(): number {
    return this.read.manifest.first;
  }

  get last(): number {
    return this.read.manifest.last;
  }

  get tiled(): number {
    return this.last;
  }

  get note(): string {
    return this.read.note;
  }

  get keys(): readonly VerifierKey[] {
    return this.read.keys;
  }

  async *entries(): AsyncIterable<readonly Entry[]> {
    for (const { name } of segmentsOf(this.first, this.last)) {
      const events = eventsIn(join(this.directory, name), name);
      for (;;) {
        const next = await events.next();
        if (next.done === true) {
          this.hold(name, next.value);
          break;
        }
        yield next.value.map(entryIn);
      }
    }
  }

  private hold(name: string, { sha256: found, bytes }: { sha256: string; bytes: number }): void {
    const listed = this.read.manifest.files.find((file) => file.name === name);
    if (listed?.sha256 === found && listed.bytes === bytes) return;
    this.faults.add({ code: 'file', says: `${name} is not the file that ${MANIFEST} lists.` });
  }

  private async holdTiles(name: string, expected: number): Promise<void> {
    const handle = await openFile(join(this.directory, name), name);
    try {
      const { size } = await handle.stat();
      if (size !== expected)
        throw new Malformed(`${name} holds ${size} bytes, where ${expected} are expected.`);
      const hash = createHash('sha256');
      for (let [at, read] = [0, 1]; read > 0; at += read) {
        const chunk = Buffer.allocUnsafe(64 * TILE_SIZE);
        read = (await handle.read(chunk, 0, chunk.length, at)).bytesRead;
        hash.update(chunk.subarray(0, read));
      }
      this.hold(name, { sha256: hash.digest('hex'), bytes: size });
    } finally {
      await handle.close();
    }
  }

  private async tile(level: number, index: number): Promise<Buffer> {
    const file = tileFilesOf(this.last)[level];
    if (!file) return Buffer.alloc(0);
    const handle = await openFile(join(this.directory, file.name), file.name);
    try {
      const tile = Buffer.alloc(TILE_SIZE);
      const { bytesRead } = await handle.read(tile, 0, TILE_SIZE, index * TILE_SIZE);
      return tile.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  }
}

export const isFault = (error: unknown): error is Error =>
  error instanceof Malformed || error instanceof Unreadable || error instanceof MissingTile;
