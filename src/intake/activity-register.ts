import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { zone } from '../event-store/schema.js';
import { LONGEST_ID } from './case-rows.js';
import { Columns, type CellOf } from './columns.js';
import { dateReader, type DateReader, type StatedDate } from './date-format.js';
import type { Reject } from './legacy-case.js';
import { asMapping, columnName, dateFormat, kebabCase, mappingPath } from './mapping.js';
import { RegisterFile, type Row } from './register-file.js';

/** An activity log: a row for each thing that was done in a case. `docs/mapping.md` explains its mapping. */

export const activityMapping = z.strictObject({
  source: kebabCase.max(60),
  zone,
  activities: z.strictObject({
    case: z.strictObject({ column: columnName }),
    activity: z
      .strictObject({ columns: z.array(columnName).min(1).max(5) })
      .describe('its name; what stands in several columns is joined by " / "'),
    on: z.strictObject({ column: columnName, formats: z.array(dateFormat).min(1).max(5) }),
  }),
});

export type ActivityMapping = z.output<typeof activityMapping>;

/** Undefined for another kind of mapping. Errors: InvalidInput `mapping-invalid`. */
export const activityMappingIn = async (nameOrPath: string): Promise<ActivityMapping | undefined> => {
  const text = await readFile(mappingPath(nameOrPath), 'utf8').catch(() => '');
  if (!text.includes('"activities"')) return undefined;
  return asMapping(activityMapping, text, nameOrPath);
};

export interface Activity {
  readonly caseId: string;
  readonly activity: string;
  readonly on: string;
  readonly line: number;
  readonly asFound: Readonly<Record<string, string>>;
}

export type ActivityEntry =
  | { readonly kind: 'activity'; readonly activity: Activity }
  | { readonly kind: 'reject'; readonly reject: Omit<Reject, 'code'> };

const LONGEST_ACTIVITY = 200;
/** Days that an event can hold. */
const [FIRST_DAY, LAST_DAY] = ['1900-01-01', '2199-12-31'];

/** The rows of a log, once its header is known. */
class ActivityRows {
  private readonly columns: Columns;
  private readonly caseId: CellOf;
  private readonly names: readonly CellOf[];
  private readonly day: CellOf;
  private readonly readers: readonly DateReader[];

  constructor(
    private readonly mapped: ActivityMapping['activities'],
    header: readonly string[],
    private readonly file: string,
  ) {
    this.columns = new Columns(header, []);
    this.caseId = this.columns.cell(mapped.case.column);
    this.names = mapped.activity.columns.map((name) => this.columns.cell(name));
    this.day = this.columns.cell(mapped.on.column);
    this.readers = mapped.on.formats.map((format) => dateReader(format));
  }

  entry({ line, cells }: Row): ActivityEntry {
    const caseId = this.caseId(cells).trim();
    const parts = this.names.map((name) => name(cells).trim());
    const activity = parts.filter((part) => part !== '').join(' / ');
    const stated = this.stated(this.day(cells));
    const { case: named, activity: called, on } = this.mapped;
    if (caseId === '' || caseId.length > LONGEST_ID)
      return this.reject(line, named.column, caseId, `A case id has 1 to ${LONGEST_ID} characters.`);
    if (activity === '' || activity.length > LONGEST_ACTIVITY)
      return this.reject(
        line,
        called.columns[0] ?? '',
        activity,
        `An activity has 1 to ${LONGEST_ACTIVITY} characters.`,
      );
    if (stated.kind !== 'date' || stated.date < FIRST_DAY || stated.date > LAST_DAY)
      return this.reject(
        line,
        on.column,
        this.day(cells),
        `This is no day of the form ${on.formats.join(' or ')}.`,
      );
    const asFound = this.columns.asFound(cells);
    return { kind: 'activity', activity: { caseId, activity, on: stated.date, line, asFound } };
  }

  private stated(text: string): StatedDate {
    const read = this.readers.map((reader) => reader(text));
    return read.find(({ kind }) => kind === 'date') ?? { kind: 'unreadable' };
  }

  private reject(line: number, column: string, value: string, reason: string): ActivityEntry {
    return { kind: 'reject', reject: { file: this.file, line, column, value, reason } };
  }
}

/** Reads a log from beginning to end, so that an unusable one is refused before anything is recorded; then row by row. */
export class ActivityRegister {
  private constructor(
    private readonly file: RegisterFile,
    readonly mapping: ActivityMapping,
  ) {}

  /** Errors: InvalidInput of the file. */
  static async prepare(path: string, mapping: ActivityMapping): Promise<ActivityRegister> {
    const register = new ActivityRegister(await RegisterFile.open(path, ','), mapping);
    for await (const row of register.rows()) if (row.line === 0) break;
    return register;
  }

  get sha256(): string {
    return this.file.sha256;
  }

  /** Of both readings. */
  progress(): number {
    return this.file.bytesRead / (2 * this.file.size);
  }

  async *entries(): AsyncGenerator<ActivityEntry> {
    let rows: ActivityRows | undefined;
    for await (const row of this.rows()) {
      if (rows) yield rows.entry(row);
      else rows = new ActivityRows(this.mapping.activities, row.cells, this.file.name);
    }
  }

  private rows(): AsyncGenerator<Row> {
    const { case: named, activity, on } = this.mapping.activities;
    return this.file.read([named.column, ...activity.columns, on.column]);
  }
}
