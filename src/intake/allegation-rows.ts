import { type CellOf, type Cells, Columns } from './columns.js';
import type { Flag, LegacyAllegation, LegacySanction } from './legacy-case.js';
import type { ChildColumns } from './mapping.js';
import type { Row } from './register-file.js';
import { SanctionReader } from './sanctions.js';
import type { Finding } from './vocabulary.js';
import { unknownWord, wordLookup } from './words.js';

/** The allegations of one case. `read = allegations + grouped + merged`, in rows. */
export interface DecidedAllegations {
  readonly allegations: readonly LegacyAllegation[];
  readonly grouped: number;
  readonly merged: number;
}

/** Decides the rows of the child file that belong to one case. */
export class AllegationRows {
  readonly columns: Columns;
  private readonly caseId: CellOf;
  private readonly respondent: CellOf;
  private readonly category: (cells: Cells, flags: Flag[]) => string;
  private readonly findingWord: (text: string) => Finding | null | undefined;
  private readonly sanctions: SanctionReader;
  private readonly same: readonly CellOf[] | undefined;

  constructor(
    private readonly mapped: ChildColumns,
    header: Cells,
  ) {
    this.columns = new Columns(header, mapped.rowNumbers);
    this.caseId = this.columns.cell(mapped.case.column);
    this.respondent =
      mapped.respondent === undefined ? () => '' : this.columns.cell(mapped.respondent.column);
    this.category = this.columns.words(mapped.category);
    this.findingWord = wordLookup(mapped.finding?.values ?? {});
    this.sanctions = new SanctionReader(mapped.sanction, this.columns);
    this.same = mapped.sameAllegation?.map((name) => this.columns.cell(name));
  }

  /** The id of the case that a row belongs to, without blanks around it. */
  caseOf(cells: Cells): string {
    return this.caseId(cells).trim();
  }

  /** @param rows all child rows of one case, in file order */
  decide(rows: Iterable<Row>): DecidedAllegations {
    const seen = new Set<string>();
    const groups = new Map<string, Row[]>();
    let read = 0;
    for (const row of rows) {
      read += 1;
      const key = this.columns.repeatKey(row.cells);
      if (seen.has(key)) continue;
      seen.add(key);
      const allegation =
        this.same === undefined ? key : JSON.stringify(this.same.map((cell) => cell(row.cells)));
      const group = groups.get(allegation);
      if (group === undefined) groups.set(allegation, [row]);
      else group.push(row);
    }
    const taken = new Set<string>();
    const allegations = [...groups.values()].map((group) => this.allegation(group, taken));
    return { allegations, grouped: seen.size - groups.size, merged: read - seen.size };
  }

  private allegation(rows: readonly Row[], taken: Set<string>): LegacyAllegation {
    const [first, ...others] = rows as readonly [Row, ...Row[]];
    const flags: Flag[] = [];
    const respondent = this.respondent(first.cells).trim();
    const category = this.category(first.cells, flags);
    const finding = this.finding(rows, flags);
    const sanctions = this.sanctions.read(rows, taken, flags);
    if (finding !== 'upheld' && finding !== 'partly-upheld') this.flagUnfounded(sanctions, flags);
    const further = others.map((row) => ({ line: row.line, asFound: this.columns.asFound(row.cells) }));
    return {
      line: first.line,
      respondent: respondent === '' ? null : respondent,
      category,
      finding,
      sanctions,
      flags,
      asFound: this.columns.asFound(first.cells),
      further,
    };
  }

  private finding(rows: readonly Row[], flags: Flag[]): Finding | null {
    const column = this.mapped.finding?.column;
    if (column === undefined) return null;
    const cell = this.columns.cell(column);
    const said = new Set(rows.map((row) => cell(row.cells).trim()).filter((text) => text !== ''));
    for (const value of said)
      if (this.findingWord(value) === undefined) flags.push(unknownWord(column, value));
    const findings = new Set([...said].map((text) => this.findingWord(text) ?? null));
    if (findings.size <= 1) return [...findings][0] ?? null;
    const reason = 'Rows of this allegation disagree in the finding: none is recorded.';
    flags.push({ code: 'findings-disagree', column, value: [...said].join('; '), reason });
    return null;
  }

  private flagUnfounded(sanctions: readonly LegacySanction[], flags: Flag[]): void {
    if (sanctions.length === 0) return;
    const column = this.mapped.sanction?.column ?? '';
    const value = sanctions.map((sanction) => sanction.kind).join('; ');
    const reason = 'The register has a sanction here without an upheld finding.';
    flags.push({ code: 'sanction-without-upheld-finding', column, value, reason });
  }
}
