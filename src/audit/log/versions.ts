import { randomInt } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { placeOf, type Fault } from './fault.js';

/**
 * That the versions of each stream follow one another, over more streams than fit into memory: what was seen is put aside in
 * parts by stream, on disk once there is much of it, and each part is looked at by itself in the end.
 */

const PARTS = 64;
const FULL = 64 * 1024;

type Seen = readonly [stream: string, version: number, position: number];

export class Versions {
  private readonly parts = Array.from({ length: PARTS }, () => ({
    text: [] as string[],
    size: 0,
    spilt: false,
  }));
  private readonly seed = randomInt(2 ** 31);
  private directory: string | undefined;

  /** `whole`: the log is seen from its first position on, so each stream begins with 1. */
  constructor(private readonly whole: boolean) {}

  async take(stream: string, version: number, position: number): Promise<void> {
    const at = this.partOf(stream);
    const part = this.parts[at];
    if (!part) return;
    const line = `${JSON.stringify([stream, version, position] satisfies Seen)}\n`;
    part.text.push(line);
    part.size += line.length;
    if (part.size < FULL) return;
    this.directory ??= await mkdtemp(join(tmpdir(), 'redress-verify-'));
    await appendFile(this.fileOf(at), part.text.join(''), { mode: 0o600 });
    Object.assign(part, { text: [], size: 0, spilt: true });
  }

  /** What does not follow, wherever it is. */
  async *faults(): AsyncIterable<Fault> {
    for (const at of this.parts.keys()) yield* this.faultsOf(at);
  }

  async close(): Promise<void> {
    if (this.directory !== undefined) await rm(this.directory, { recursive: true, force: true });
  }

  private async *faultsOf(at: number): AsyncIterable<Fault> {
    const last = new Map<string, number>();
    for await (const line of this.linesOf(at)) {
      const [stream, version, position] = JSON.parse(line) as Seen;
      const before = last.get(stream);
      last.set(stream, version);
      const expected = before === undefined ? this.firstOf(version) : before + 1;
      if (version !== expected)
        yield {
          code: 'version',
          position,
          stream,
          version,
          says: `The event at position ${position} ${placeOf(stream, version)} should have version ${expected}: the stream is not whole, or not in order.`,
        };
    }
  }

  private firstOf(version: number): number {
    return this.whole ? 1 : version;
  }

  private async *linesOf(at: number): AsyncIterable<string> {
    const part = this.parts[at];
    if (part?.spilt) yield* createInterface({ input: createReadStream(this.fileOf(at)) });
    yield* part?.text ?? [];
  }

  private fileOf(at: number): string {
    return join(this.directory ?? '', String(at));
  }

  /** Another one each time, so that nobody can choose names that all come into one part. */
  private partOf(stream: string): number {
    let hash = this.seed;
    for (let at = 0; at < stream.length; at += 1) hash = Math.imul(hash ^ stream.charCodeAt(at), 16_777_619);
    return ((hash >>> 16) ^ hash) & (PARTS - 1);
  }
}
