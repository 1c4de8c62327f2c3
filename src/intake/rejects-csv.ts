import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { access, constants, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { finished } from 'node:stream/promises';
import { InvalidInput, Unavailable } from '../event-store/errors.js';
import { csvLine } from '../platform/csv-text.js';
import type { Reject } from './legacy-case.js';

const HEADER = ['file', 'line', 'column', 'value', 'reason'];
const LONGEST_CELL = 1000;
const cut = (text: string): string => (text.length > LONGEST_CELL ? `${text.slice(0, LONGEST_CELL)}…` : text);

/** The CSV line of a reject, ended by CRLF; a spreadsheet opens every cell as text. */
export function rejectLine(reject: Omit<Reject, 'code'>): string {
  const { file, line, column, value, reason } = reject;
  return csvLine([file, String(line), column, value, reason].map(cut));
}

/** Writes `FILE.rejected.csv`. With no reject there is no file, and one of an earlier run is removed. */
export class RejectsCsv {
  private stream: WriteStream | undefined;
  private failure: Error | undefined;
  /** How many were written. */
  count = 0;

  private constructor(readonly path: string) {}

  /** @throws InvalidInput `rejects-in-the-way` when another file has this name, or nothing can be written there */
  static async open(path: string): Promise<RejectsCsv> {
    const there = await beginningOf(path);
    if (there !== '' && !there.startsWith(HEADER.join(','))) {
      const problem = `${path} is there and is no list of rejected or flagged rows, so it is left alone.`;
      throw new InvalidInput('rejects-in-the-way', `${problem} Name another file with --rejects.`);
    }
    await access(dirname(path), constants.W_OK).catch(() => {
      const problem = `Rejected and flagged rows cannot be written to ${dirname(path)}.`;
      throw new InvalidInput('rejects-in-the-way', `${problem} Name another file with --rejects.`);
    });
    await rm(path, { force: true });
    return new RejectsCsv(path);
  }

  /** Waits while the disk is behind. @throws Unavailable `rejects-unwritable` */
  async write(reject: Omit<Reject, 'code'>): Promise<void> {
    this.stream ??= this.begin();
    this.count += 1;
    if (!this.stream.write(rejectLine(reject)))
      await once(this.stream, 'drain').catch((error: Error) => (this.failure = error));
    this.refuseAfterFailure();
  }

  /** @throws Unavailable `rejects-unwritable` */
  async close(): Promise<void> {
    if (this.stream === undefined) return;
    this.stream.end();
    await finished(this.stream).catch((error: Error) => (this.failure = error));
    this.refuseAfterFailure();
  }

  private begin(): WriteStream {
    const stream = createWriteStream(this.path, { mode: 0o600 });
    stream.on('error', (error) => (this.failure = error));
    stream.write(csvLine(HEADER));
    return stream;
  }

  private refuseAfterFailure(): void {
    if (this.failure === undefined) return;
    const why = `The rejected rows cannot be written to ${this.path}. Free some room or name another place.`;
    throw new Unavailable('rejects-unwritable', why, { cause: this.failure.message });
  }
}

/** Enough of a file to know it by; nothing when there is none, a space when it is no file. */
async function beginningOf(path: string): Promise<string> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => error);
  if (file instanceof Error) return file.code === 'ENOENT' ? '' : ' ';
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0);
    return bytesRead === 0 ? ' ' : buffer.toString('utf8', 0, bytesRead);
  } catch {
    return ' ';
  } finally {
    await file.close();
  }
}
