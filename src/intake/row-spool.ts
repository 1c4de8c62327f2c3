import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Unavailable } from '../event-store/errors.js';
import type { Row } from './register-file.js';

const BLOCK = 256 * 1024;
const LONGEST_RUN = 1024 * 1024;
const NONE = -1;

/**
 * Rows set aside on disk by group, given back group by group in the order in which they were added. Memory holds 40
 * bytes for each unbroken run of rows of one group. The file has no name (on Windows until it is closed) and dies with
 * the process.
 */
export class RowSpool {
  private readonly directory: string;
  private readonly file: number;
  private readonly first = new GrowingNumbers();
  private readonly last = new GrowingNumbers();
  private readonly start = new GrowingNumbers();
  private readonly bytes = new GrowingNumbers();
  private readonly next = new GrowingNumbers();
  private pending: Buffer[] = [];
  private pendingBytes = 0;
  private written = 0;

  constructor(directory: string = tmpdir()) {
    this.directory = mkdtempSync(join(directory, 'redress-import-'));
    this.file = openSync(join(this.directory, 'rows'), 'wx+', 0o600);
    if (process.platform !== 'win32') rmSync(this.directory, { recursive: true });
  }

  /** @throws Unavailable `spool-full` */
  add(group: number, row: Row): void {
    const record = Buffer.from(`${JSON.stringify([row.line, row.cells])}\n`);
    this.extendRun(group, this.written + this.pendingBytes, record.length);
    this.pending.push(record);
    this.pendingBytes += record.length;
    if (this.pendingBytes >= BLOCK) this.flush();
  }

  /** The rows of a group, in the order in which they were added. */
  *rows(group: number): Generator<Row, void, undefined> {
    this.flush();
    for (let run = this.first.at(group); run !== NONE; run = this.next.at(run)) {
      for (const record of this.text(this.start.at(run), this.bytes.at(run)).split('\n')) {
        if (record === '') continue;
        const [line, cells] = JSON.parse(record) as [number, string[]];
        yield { line, cells };
      }
    }
  }

  close(): void {
    closeSync(this.file);
    rmSync(this.directory, { recursive: true, force: true });
  }

  private extendRun(group: number, offset: number, length: number): void {
    const run = this.last.at(group);
    const grown = this.bytes.at(run) + length;
    if (run !== NONE && this.start.at(run) + grown === offset + length && grown <= LONGEST_RUN) {
      this.bytes.set(run, grown);
      return;
    }
    const added = this.start.length;
    this.start.set(added, offset);
    this.bytes.set(added, length);
    if (run === NONE) this.first.set(group, added);
    else this.next.set(run, added);
    this.last.set(group, added);
  }

  private text(start: number, length: number): string {
    const bytes = Buffer.allocUnsafe(length);
    let filled = 0;
    while (filled < length) filled += readSync(this.file, bytes, filled, length - filled, start + filled);
    return bytes.toString('utf8');
  }

  private flush(): void {
    if (this.pendingBytes === 0) return;
    const block = Buffer.concat(this.pending);
    try {
      for (let done = 0; done < block.length;) {
        done += writeSync(this.file, block, done, block.length - done, this.written + done);
      }
    } catch (error) {
      const why = 'There is not enough room for temporary files. Free some, or set TMPDIR, and import again.';
      throw new Unavailable('spool-full', why, { cause: String(error) });
    }
    this.written += block.length;
    this.pending = [];
    this.pendingBytes = 0;
  }
}

/** Numbers by index that grow as they are set; an index never set reads as -1. */
export class GrowingNumbers {
  length = 0;
  private numbers = new Float64Array(1024).fill(NONE);

  at(index: number): number {
    return this.numbers[index] ?? NONE;
  }

  set(index: number, value: number): void {
    if (index >= this.numbers.length) {
      const grown = new Float64Array(Math.max(this.numbers.length * 2, index + 1)).fill(NONE);
      grown.set(this.numbers);
      this.numbers = grown;
    }
    this.numbers[index] = value;
    this.length = Math.max(this.length, index + 1);
  }
}
