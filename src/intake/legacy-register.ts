import { InvalidInput } from '../event-store/errors.js';
import { AllegationRows, type DecidedAllegations } from './allegation-rows.js';
import { CaseIndex } from './case-index.js';
import { CaseRows } from './case-rows.js';
import type { Columns } from './columns.js';
import type { Origin } from './legacy-acts.js';
import type { Defect, LegacyCase, RegisterCounts, Reject } from './legacy-case.js';
import type { Mapping } from './mapping.js';
import { neededCaseColumns, neededChildColumns } from './needed-columns.js';
import { RegisterFile, type Row } from './register-file.js';
import { RowSpool } from './row-spool.js';

export interface RegisterInput {
  /** Paths of `.csv` or `.csv.gz` files; `allegations` needs `children` in the mapping. */
  readonly cases: string;
  readonly allegations?: string;
  readonly mapping: Mapping;
  /** The day that counts as today, ISO; later dates lie in the future. */
  readonly today: string;
  /** Where temporary files go; default the system's place for them. They may grow to the unpacked child file. */
  readonly spoolDirectory?: string;
}

/** One decided thing of a register, in a fixed order. */
export type RegisterEntry =
  { readonly kind: 'case'; readonly case: LegacyCase } | { readonly kind: 'reject'; readonly reject: Reject };

type SpooledReject = readonly [code: string, column: string, value: string, reason: string];

const NOTHING: DecidedAllegations = { allegations: [], grouped: 0, merged: 0 };
const REJECTS = 0;

/**
 * A legacy register, read in bounded memory: `prepare` reads both files through once, so that everything that makes a
 * file unusable is refused before the first case comes out; `entries` then streams the decided cases.
 */
export class LegacyRegister {
  readonly counts: RegisterCounts = {
    cases: { read: 0, imported: 0, merged: 0, differing: 0, rejected: 0, open: 0, closed: 0, flagged: 0 },
    children: { read: 0, allegations: 0, grouped: 0, merged: 0, rejected: 0 },
  };
  private readonly index = new CaseIndex();
  private readonly repeats: RowSpool;
  private readonly children: RowSpool;
  private readonly childRejects: RowSpool;
  private caseRows: CaseRows | undefined;
  private childRows: AllegationRows | undefined;

  private constructor(
    private readonly input: RegisterInput,
    readonly casesFile: RegisterFile,
    readonly allegationsFile: RegisterFile | null,
  ) {
    this.repeats = new RowSpool(input.spoolDirectory);
    this.children = new RowSpool(input.spoolDirectory);
    this.childRejects = new RowSpool(input.spoolDirectory);
  }

  /**
   * Opens the files and reads each once. Close the register afterwards, whatever happens.
   * @throws InvalidInput what RegisterFile refuses, and `allegations-not-mapped`; Unavailable `spool-full`
   */
  static async prepare(input: RegisterInput): Promise<LegacyRegister> {
    const { delimiter } = input.mapping;
    if (input.allegations !== undefined && input.mapping.children === undefined) {
      const problem = 'The mapping has no "children", so the file of allegations cannot be read.';
      throw new InvalidInput(
        'allegations-not-mapped',
        `${problem} Add them to the mapping or leave the file out.`,
      );
    }
    const cases = await RegisterFile.open(input.cases, delimiter);
    const allegations =
      input.allegations === undefined ? null : await RegisterFile.open(input.allegations, delimiter);
    const register = new LegacyRegister(input, cases, allegations);
    try {
      await register.indexCases();
      await register.sortChildren();
      return register;
    } catch (error) {
      register.close();
      throw error;
    }
  }

  /** What the cases are known by: the register, and the exact files. */
  get origin(): Origin {
    return {
      source: this.input.mapping.source,
      casesSha256: this.casesFile.sha256,
      allegationsSha256: this.allegationsFile?.sha256 ?? '',
      standsOn: this.standsOn,
    };
  }

  private get standsOn(): string {
    const { mapping, today } = this.input;
    return mapping.releasedOn !== undefined && mapping.releasedOn < today ? mapping.releasedOn : today;
  }

  /** The day that counts as today. */
  get today(): string {
    return this.input.today;
  }

  /** Bytes of the files read so far, and in all: `prepare` reads both files, `entries` the case file again. */
  progress(): { readonly done: number; readonly total: number } {
    const children = this.allegationsFile;
    const total = 2 * this.casesFile.size + (children?.size ?? 0);
    return { done: this.casesFile.bytesRead + (children?.bytesRead ?? 0), total };
  }

  /**
   * Cases and rejected case rows in the order of the case file, then rejected rows of the child file in its order.
   * To be run through once; `counts` is complete when it ends.
   */
  async *entries(): AsyncGenerator<RegisterEntry, void, undefined> {
    const { caseRows } = this;
    if (caseRows === undefined) return;
    let header = true;
    for await (const row of this.casesFile.read([])) {
      const entry = header ? null : this.entry(row, caseRows);
      header = false;
      if (entry !== null) yield entry;
    }
    for (const row of this.childRejects.rows(REJECTS)) {
      const [code, column, value, reason] = row.cells as unknown as SpooledReject;
      const defect = { code: code as Reject['code'], column, value, reason };
      yield { kind: 'reject', reject: { ...defect, file: this.allegationsFile?.name ?? '', line: row.line } };
    }
  }

  /** Frees the temporary files. */
  close(): void {
    for (const spool of [this.repeats, this.children, this.childRejects]) spool.close();
  }

  private async indexCases(): Promise<void> {
    const { mapping, today } = this.input;
    for await (const row of this.casesFile.read(neededCaseColumns(mapping))) {
      if (this.caseRows === undefined) {
        this.caseRows = new CaseRows(mapping, row.cells, today);
        continue;
      }
      this.counts.cases.read += 1;
      if (this.caseRows.columns.isRagged(row.cells)) continue;
      const stated = this.caseRows.state(row.cells);
      if (stated.id === '') continue;
      const noted = this.index.note(stated, row.line);
      if (!noted.first) this.repeats.add(noted.number, row);
    }
  }

  private async sortChildren(): Promise<void> {
    const mapped = this.input.mapping.children;
    if (this.allegationsFile === null || mapped === undefined) return;
    for await (const row of this.allegationsFile.read(neededChildColumns(mapped))) {
      if (this.childRows === undefined) {
        this.childRows = new AllegationRows(mapped, row.cells);
        continue;
      }
      this.counts.children.read += 1;
      const found = this.childPlace(row, this.childRows);
      if (typeof found === 'number') {
        this.children.add(found, row);
        continue;
      }
      this.counts.children.rejected += 1;
      this.childRejects.add(REJECTS, {
        line: row.line,
        cells: [found.code, found.column, found.value, found.reason],
      });
    }
  }

  private childPlace(row: Row, rows: AllegationRows): number | Defect {
    if (rows.columns.isRagged(row.cells)) return raggedRow(row, rows.columns);
    const column = this.input.mapping.children?.case.column ?? '';
    const value = rows.caseOf(row.cells);
    if (value === '')
      return { code: 'id-missing', column, value, reason: 'The row names no case. Give its id.' };
    const number = this.index.numberOf(value);
    if (number === undefined) {
      const reason = `${this.casesFile.name} has no case ${shortened(value)}. Add the case or correct the id.`;
      return { code: 'case-missing', column, value, reason };
    }
    if (!this.index.isRejected(number)) return number;
    const where = `line ${this.index.firstLine(number)} of ${this.casesFile.name}`;
    return {
      code: 'case-rejected',
      column,
      value,
      reason: `Its case, ${where}, was rejected. Correct the case.`,
    };
  }

  private entry(row: Row, rows: CaseRows): RegisterEntry | null {
    if (rows.columns.isRagged(row.cells)) return this.rejected(row, raggedRow(row, rows.columns));
    const stated = rows.state(row.cells);
    const number = this.index.numberOf(stated.id);
    const disagreement = number === undefined ? null : this.index.disagreement(number);
    if (number !== undefined && disagreement !== null) {
      return this.rejected(row, rows.disagreement(disagreement, row.cells, this.index.firstLine(number)));
    }
    if (stated.defect !== null) return this.rejected(row, stated.defect);
    if (number === undefined || this.index.firstLine(number) !== row.line) return null;
    return { kind: 'case', case: this.decide(row, number, rows) };
  }

  private decide(row: Row, number: number, rows: CaseRows): LegacyCase {
    const children = this.childRows?.decide(this.children.rows(number)) ?? NOTHING;
    const decided = rows.decide(row, this.repeats.rows(number), children.allegations);
    const counts = this.counts.cases;
    counts.imported += 1;
    counts.merged += decided.merged;
    counts.differing += decided.differing;
    if (decided.case.closedOn === null) counts.open += 1;
    else counts.closed += 1;
    if (isFlagged(decided.case)) counts.flagged += 1;
    this.counts.children.allegations += children.allegations.length;
    this.counts.children.grouped += children.grouped;
    this.counts.children.merged += children.merged;
    return decided.case;
  }

  private rejected(row: Row, defect: Defect): RegisterEntry {
    this.counts.cases.rejected += 1;
    return { kind: 'reject', reject: { ...defect, file: this.casesFile.name, line: row.line } };
  }
}

function raggedRow(row: Row, columns: Columns): Defect {
  const reason = `The row has ${row.cells.length} cells where the header has ${columns.names.length}. Check its commas and quotes.`;
  return { code: 'row-ragged', column: '', value: '', reason };
}

function isFlagged(decided: LegacyCase): boolean {
  return decided.flags.length > 0 || decided.allegations.some((allegation) => allegation.flags.length > 0);
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
