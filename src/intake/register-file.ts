import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { PassThrough, pipeline, Transform, type TransformCallback } from 'node:stream';
import { createGunzip, type Gunzip } from 'node:zlib';
import { parse, type Parser } from 'csv-parse';
import { InvalidInput, Unavailable } from '../event-store/errors.js';

/** A row: its cells in the order of the header, and the physical line that it begins on (the header is line 1). */
export interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

/** More than any honest row holds: past it, a quote was opened and never closed. */
const LONGEST_ROW = 1_000_000;
/** What an error quotes of a header. */
const MOST_NAMED = 40;
const LONGEST_NAME = 60;

/**
 * A CSV file (`.csv`, or `.csv.gz`) read as a stream of rows: strict UTF-8 with or without byte order mark, RFC 4180
 * quoting, lines ended by CRLF or LF. What makes the whole file unusable is refused with one InvalidInput:
 * `file-not-found`, `file-unreadable`, `encoding-invalid`, `text-has-nul`, `csv-unreadable`, `file-empty`,
 * `column-missing`, `column-duplicate`.
 */
export class RegisterFile {
  readonly name: string;
  /** SHA-256 of the file as it lies on disk, hexadecimal; empty until one reading reached its end. */
  sha256 = '';
  /** Bytes of the file read so far, over all readings. */
  bytesRead = 0;
  private unpacker: Gunzip | undefined;

  private constructor(
    readonly path: string,
    readonly size: number,
    private readonly delimiter: string,
  ) {
    this.name = basename(path);
  }

  /** @throws InvalidInput `file-not-found` */
  static async open(path: string, delimiter: string): Promise<RegisterFile> {
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile() !== true)
      throw new InvalidInput('file-not-found', `There is no file ${path}. Check its path.`);
    return new RegisterFile(path, found.size, delimiter);
  }

  /**
   * The header first, then every row that is not an empty line, in file order. `needed` columns must be there.
   * @throws InvalidInput as the class says; `file-changed` when the file is no longer what an earlier reading saw.
   */
  async *read(needed: readonly string[]): AsyncGenerator<Row, void, undefined> {
    const digest = createHash('sha256');
    const parser = this.parser(digest);
    let line = 1;
    let header: readonly string[] | undefined;
    try {
      for await (const cells of parser as AsyncIterable<string[]>) {
        if (cells.length > 1 || cells[0] !== '') {
          if (header === undefined) checkHeader((header = cells), needed, this.name);
          yield { line, cells };
        }
        line += 1 + lineBreaksIn(cells);
      }
    } catch (error) {
      throw this.refusal(error);
    }
    if (header === undefined)
      throw new InvalidInput('file-empty', `${this.name} is empty: it has no header line.`);
    this.conclude(digest.digest('hex'));
  }

  private conclude(sha256: string): void {
    if (this.sha256 !== '' && this.sha256 !== sha256) {
      throw new InvalidInput('file-changed', `${this.name} was changed while it was read. Import it again.`);
    }
    this.sha256 = sha256;
  }

  private parser(digest: { update(bytes: Buffer): unknown }): Parser {
    const counted = passing((bytes) => {
      digest.update(bytes);
      this.bytesRead += bytes.length;
    });
    this.unpacker = this.name.endsWith('.gz') ? createGunzip() : undefined;
    const unpacked = this.unpacker ?? new PassThrough();
    const parser = parse({
      bom: true,
      delimiter: this.delimiter,
      record_delimiter: ['\r\n', '\n'],
      relax_column_count: true,
      max_record_size: LONGEST_ROW,
    });
    // The parser is destroyed with the error of any stage, and so ends the loop over its rows.
    pipeline(createReadStream(this.path), counted, unpacked, strictText(this.name), parser, () => undefined);
    return parser;
  }

  private notUnpacked(message: string): string {
    if (message === 'incorrect header check')
      return `${this.name} is no gzip file, though its name ends in .gz. Give it another name, or fetch it again.`;
    if (message === 'unexpected end of file')
      return `${this.name} ends too early: its ${this.size} bytes are not a whole gzip file. Fetch it again.`;
    return `${this.name} is a damaged gzip file: it cannot be unpacked beyond byte ${this.unpacker?.bytesWritten ?? 0} or soon after. Fetch it again.`;
  }

  private refusal(error: unknown): unknown {
    if (error instanceof InvalidInput || typeof error !== 'object' || error === null) return error;
    if (!('code' in error)) return error;
    const code = String(error.code);
    if (code === 'CSV_MAX_RECORD_SIZE' || /QUOTE/.test(code)) {
      const near = 'lines' in error ? ` near line ${String(error.lines)}` : '';
      const problem = `${this.name} is not proper CSV${near}: ${quoteOrLength(code)} is misplaced or never closed.`;
      return new InvalidInput('csv-unreadable', `${problem} Correct it; nothing was imported.`);
    }
    if (code.startsWith('Z_'))
      return new InvalidInput('file-unreadable', this.notUnpacked((error as unknown as Error).message));
    return code.startsWith('E')
      ? new Unavailable(
          'file-unreadable',
          `${this.name} cannot be read (${code}). Check it and import again.`,
        )
      : error;
  }
}

const quoteOrLength = (code: string): string =>
  code === 'CSV_MAX_RECORD_SIZE' ? 'a row is longer than a million characters, or a quote' : 'a quote';

function lineBreaksIn(cells: readonly string[]): number {
  let breaks = 0;
  for (const cell of cells) {
    for (let at = cell.indexOf('\n'); at !== -1; at = cell.indexOf('\n', at + 1)) breaks += 1;
  }
  return breaks;
}

function checkHeader(header: readonly string[], needed: readonly string[], file: string): void {
  const twice = header.find((name, index) => header.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new InvalidInput(
      'column-duplicate',
      `${file} has two columns "${shortened(twice)}". Rename one of them.`,
      {
        file,
        column: twice,
      },
    );
  }
  const missing = needed.find((name) => !header.includes(name));
  if (missing === undefined) return;
  const problem = `${file} has no column "${missing}", which the mapping names. It has ${namesOf(header)}.`;
  throw new InvalidInput('column-missing', `${problem} Correct the mapping or the file.`, {
    file,
    column: missing,
  });
}

/** So many that a person finds a name in them; a header may hold ten thousand, or be no header at all. */
function namesOf(header: readonly string[]): string {
  const shown = header.slice(0, MOST_NAMED).map((name) => `"${shortened(name)}"`);
  const more = header.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
}

const shortened = (name: string): string =>
  name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name;

function passing(look: (bytes: Buffer) => void): Transform {
  return new Transform({
    transform(bytes: Buffer, _encoding, done: TransformCallback) {
      look(bytes);
      done(null, bytes);
    },
  });
}

/** Lets UTF-8 without NUL pass and stops at the first byte that is anything else, naming its line. */
function strictText(file: string): Transform {
  let carried: Buffer = Buffer.alloc(0);
  let line = 1;
  const check = (bytes: Buffer): InvalidInput | null => {
    const defect = textDefect(bytes, file, line);
    for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) line += 1;
    return defect;
  };
  return new Transform({
    transform(bytes: Buffer, _encoding, done: TransformCallback) {
      const joined = carried.length === 0 ? bytes : Buffer.concat([carried, bytes]);
      const whole = joined.subarray(0, joined.length - unfinished(joined));
      carried = joined.subarray(whole.length);
      const defect = check(whole);
      if (defect === null) done(null, whole);
      else done(defect);
    },
    flush(done: TransformCallback) {
      done(check(carried), carried);
    },
  });
}

function textDefect(bytes: Buffer, file: string, firstLine: number): InvalidInput | null {
  const nul = bytes.indexOf(0);
  if (firstLine === 1 && isUtf16(bytes)) {
    const problem = `${file} is UTF-16, not UTF-8.`;
    return new InvalidInput(
      'encoding-invalid',
      `${problem} Save it as CSV with encoding UTF-8; nothing was imported.`,
    );
  }
  if (nul !== -1) {
    const where = `${file} has a NUL character on line ${firstLine + breaksBefore(bytes, nul)}`;
    return new InvalidInput(
      'text-has-nul',
      `${where}. Save it as CSV with encoding UTF-8; nothing was imported.`,
    );
  }
  if (isUtf8(bytes)) return null;
  const where = `${file} is not UTF-8 on line ${firstLine + breaksBefore(bytes, firstInvalid(bytes))}`;
  return new InvalidInput('encoding-invalid', `${where}. Save it with encoding UTF-8; nothing was imported.`);
}

/** A byte order mark of UTF-16, or every other byte of the first two letters NUL. */
function isUtf16(bytes: Buffer): boolean {
  const mark = bytes.length >= 2 ? bytes.readUInt16BE(0) : 0;
  const [a, b, c, d] = bytes;
  return mark === 0xfffe || mark === 0xfeff || (a === 0 && c === 0) || (b === 0 && d === 0);
}

/** How many bytes at the end begin a character that the next chunk may finish. */
function unfinished(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
  }
  return 0;
}

function firstInvalid(bytes: Buffer): number {
  let valid = 0;
  let invalid = bytes.length;
  while (invalid - valid > 4) {
    const middle = (valid + invalid) >> 1;
    const part = bytes.subarray(0, middle);
    if (isUtf8(part.subarray(0, middle - unfinished(part)))) valid = middle;
    else invalid = middle;
  }
  return valid;
}

function breaksBefore(bytes: Buffer, end: number): number {
  let breaks = 0;
  for (let at = bytes.indexOf(10); at !== -1 && at < end; at = bytes.indexOf(10, at + 1)) breaks += 1;
  return breaks;
}
