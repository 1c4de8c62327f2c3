import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { Unavailable } from '../event-store/errors.js';
import type { Reject } from './legacy-case.js';

const HEADER = ['file', 'line', 'column', 'value', 'reason'];
const LONGEST_CELL = 1000;
/** What a spreadsheet may take for the start of a formula, full-width forms included. */
const FORMULA = /^[\s]*[=+\-@|%\uFF1D\uFF0B\uFF0D\uFF20]|^[\t\r\n]/;

/** The CSV line of a reject, ended by CRLF; a spreadsheet opens every cell as text. */
export function rejectLine(reject: Reject): string {
  return csvLine([reject.file, String(reject.line), reject.column, reject.value, reject.reason]);
}

/** Writes `FILE.rejected.csv`. With no reject there is no file, and one of an earlier run is removed. */
export class RejectsCsv {
  private stream: WriteStream | undefined;
  private failure: Error | undefined;
  /** How many were written. */
  count = 0;

  private constructor(readonly path: string) {}

  static async open(path: string): Promise<RejectsCsv> {
    await rm(path, { force: true });
    return new RejectsCsv(path);
  }

  /** Waits while the disk is behind. @throws Unavailable `rejects-unwritable` */
  async write(reject: Reject): Promise<void> {
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

function csvLine(cells: readonly string[]): string {
  return `${cells.map(safeCell).join(',')}\r\n`;
}

function safeCell(text: string): string {
  const cut = text.length > LONGEST_CELL ? `${text.slice(0, LONGEST_CELL)}…` : text;
  const safe = FORMULA.test(cut) ? `'${cut}` : cut;
  return /[",\r\n;\t]|^'|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
