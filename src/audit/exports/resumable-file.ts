import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, stat, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';

export interface WrittenFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** A file that is written over several attempts, and that has its name only when it is whole. */
export class ResumableFile {
  private constructor(
    private readonly path: string,
    private readonly handle: FileHandle,
    private readonly hash: Hash,
    public bytes: number,
  ) {}

  /** Goes on after the first `bytes`; undefined when there are not so many. */
  static async begin(path: string, bytes: number): Promise<ResumableFile | undefined> {
    const part = `${path}.part`;
    const hash = createHash('sha256');
    if (bytes > 0) {
      const found = await stat(part).catch(() => undefined);
      if (!found || found.size < bytes) return undefined;
      for await (const chunk of createReadStream(part, { end: bytes - 1 })) hash.update(chunk as Buffer);
    }
    const handle = await open(part, bytes > 0 ? 'r+' : 'w', 0o600);
    await handle.truncate(bytes);
    return new ResumableFile(path, handle, hash, bytes);
  }

  async write(text: string): Promise<void> {
    const chunk = Buffer.from(text);
    this.hash.update(chunk);
    await this.handle.write(chunk, 0, chunk.length, this.bytes);
    this.bytes += chunk.length;
  }

  /** What was written is on disk. */
  async sync(): Promise<void> {
    await this.handle.datasync();
  }

  async finish(): Promise<WrittenFile> {
    await this.handle.sync();
    await this.handle.close();
    await rename(`${this.path}.part`, this.path);
    return { name: basename(this.path), bytes: this.bytes, sha256: this.hash.digest('hex') };
  }

  /** Leaves it as it is, to be gone on with. */
  async leave(): Promise<void> {
    await this.handle.close();
  }
}
