import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Unavailable } from '../event-store/errors.js';
import { syncDirectory } from '../platform/key-files.js';

/** Where sealed documents are kept, by address. It sees ciphertext only. */
export abstract class DocumentBytes {
  /** Keeps the bytes, durably, under the address that is known once they have ended. When they break off, nothing stays. */
  abstract keep(bytes: AsyncIterable<Buffer>, address: () => string): Promise<void>;
  abstract read(address: string): AsyncIterable<Buffer>;
  /** Nothing, where there is nothing. */
  abstract remove(address: string): Promise<void>;
}

const ABANDONED_AFTER = 24 * 60 * 60 * 1000;

/** A folder on this machine, or one that several share. */
export class DiskBytes extends DocumentBytes {
  private readonly incoming: string;

  constructor(private readonly folder: string) {
    super();
    this.incoming = join(folder, 'incoming');
  }

  async keep(bytes: AsyncIterable<Buffer>, address: () => string): Promise<void> {
    await mkdir(this.incoming, { recursive: true, mode: 0o700 });
    const fresh = join(this.incoming, randomUUID());
    try {
      await writeDurably(fresh, bytes);
      const place = this.placeOf(address());
      await mkdir(dirname(place), { recursive: true, mode: 0o700 });
      await rename(fresh, place);
      await syncDirectory(dirname(place));
      await syncDirectory(this.folder);
    } catch (error) {
      await rm(fresh, { force: true });
      throw isFull(error)
        ? new Unavailable('storage-full', 'There is no room for this document just now. Tell the operator.')
        : error;
    }
  }

  /** The file is opened for whoever begins to read, and shut when they stop: many who ask are gone before the first byte. */
  async *read(address: string): AsyncGenerator<Buffer> {
    yield* createReadStream(this.placeOf(address)) as AsyncIterable<Buffer>;
  }

  async remove(address: string): Promise<void> {
    const place = this.placeOf(address);
    await rm(place, { force: true });
    await syncDirectory(dirname(place)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }

  /** Removes what a process left half written when it was killed. */
  async clear(now = Date.now()): Promise<void> {
    const names = await readdir(this.incoming).catch(() => []);
    for (const name of names) {
      const file = join(this.incoming, name);
      const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: now }));
      if (now - mtimeMs > ABANDONED_AFTER) await rm(file, { force: true });
    }
  }

  private placeOf(address: string): string {
    return join(this.folder, address.slice(0, 2), address);
  }
}

const isFull = (error: unknown): boolean =>
  ['ENOSPC', 'EDQUOT'].includes(String((error as NodeJS.ErrnoException).code));

const writeDurably = async (file: string, bytes: AsyncIterable<Buffer>): Promise<void> => {
  const handle = await open(file, 'wx', 0o600);
  try {
    await writeFile(handle, bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
};
