import type { CellOf, Cells, Columns } from './columns.js';
import type { Flag, LegacySanction } from './legacy-case.js';
import type { SanctionColumns } from './mapping.js';
import type { Row } from './register-file.js';
import { unknownWord, wordKey, wordLookup } from './words.js';

type Stage = 'imposed' | 'proposed' | 'unmarked';

interface StatedSanction extends LegacySanction {
  readonly id: string;
  readonly stage: Stage;
  readonly value: string;
}

type Meaning = {
  readonly kind: LegacySanction['kind'];
  readonly days: number | null;
  readonly note: string | null;
};

/** Longer than any suspension in days; a larger number is a code that the mapping does not know. */
const MOST_DAYS = 3660;
const NO_CELL: CellOf = () => '';

/** Reads the sanctions that the rows of one allegation state. */
export class SanctionReader {
  private readonly cell: CellOf;
  private readonly days: CellOf;
  private readonly id: CellOf;
  private readonly stageCell: CellOf;
  private readonly word: ReturnType<typeof wordLookup<SanctionColumns['values'][string]>>;
  private readonly dayCode: (text: string) => string | undefined;
  private readonly stageWord: (text: string) => 'imposed' | 'proposed' | undefined;

  constructor(
    private readonly mapped: SanctionColumns | undefined,
    columns: Columns,
  ) {
    const { column, id, days, stage, values = {} }: Partial<SanctionColumns> = mapped ?? {};
    const cellOf = (name: string | undefined) => (name === undefined ? NO_CELL : columns.cell(name));
    this.cell = cellOf(column);
    this.days = cellOf(days?.column);
    this.id = cellOf(id);
    this.stageCell = cellOf(stage?.column);
    this.word = wordLookup(values);
    this.dayCode = wordLookup(days?.values ?? {});
    this.stageWord = wordLookup(stage?.values ?? {});
  }

  /**
   * The sanctions imposed. `taken` are the sanction ids that earlier allegations of the case have: one sanction for
   * several allegations is recorded once. Proposed ones are only flagged; where rows disagree and none is marked as
   * imposed, nothing is recorded and that is flagged.
   */
  read(rows: readonly Row[], taken: Set<string>, flags: Flag[]): LegacySanction[] {
    const stated = rows.flatMap((row) => this.stated(row, flags));
    const imposed = stated.filter((sanction) => sanction.stage === 'imposed');
    const chosen = imposed.length > 0 ? imposed : stated.filter((sanction) => sanction.stage === 'unmarked');
    const distinct = [...new Map(chosen.map((sanction) => [meaningKey(sanction), sanction])).values()];
    if (imposed.length === 0 && distinct.length > 1) {
      const value = distinct.map((sanction) => sanction.value).join('; ');
      const reason = 'Rows of this allegation disagree in the sanction: none is recorded.';
      flags.push({ code: 'sanctions-disagree', column: this.mapped?.column ?? '', value, reason });
      return [];
    }
    if (chosen.some((sanction) => sanction.id !== '' && taken.has(sanction.id))) return [];
    for (const sanction of chosen) taken.add(sanction.id);
    return distinct.map(({ kind, days, note, line }) => ({ kind, days, note, line }));
  }

  private stated(row: Row, flags: Flag[]): StatedSanction[] {
    const value = this.cell(row.cells).trim();
    const meaning = this.meaning(value, row.cells, flags);
    if (meaning === null) return [];
    const stage = this.stageWord(this.stageCell(row.cells)) ?? 'unmarked';
    if (stage === 'proposed') {
      const reason = `Line ${row.line} states a sanction that was only proposed.`;
      flags.push({ code: 'sanction-proposed', column: this.mapped?.column ?? '', value, reason });
    }
    return [{ ...meaning, line: row.line, id: this.id(row.cells).trim(), stage, value }];
  }

  private meaning(value: string, cells: Cells, flags: Flag[]): Meaning | null {
    if (this.mapped === undefined || value === '') return null;
    const known = this.word(value);
    if (known === null) return null;
    if (known !== undefined) {
      const days = known.kind === 'suspension' ? this.suspension(cells, flags) : { days: null, note: null };
      return { kind: known.kind, days: days.days, note: known.note ?? days.note };
    }
    const days = this.mapped.numbers === undefined ? null : wholeDays(value);
    if (days !== null) return { kind: 'suspension', days, note: null };
    flags.push(unknownWord(this.mapped.column, value));
    return null;
  }

  private suspension(cells: Cells, flags: Flag[]): { days: number | null; note: string | null } {
    const value = this.days(cells).trim();
    if (value === '') return { days: null, note: null };
    const code = this.dayCode(value);
    if (code !== undefined) return { days: null, note: code };
    const days = wholeDays(value);
    if (days === null) {
      const reason = 'This is no number of days; it was left as found.';
      flags.push({ code: 'days-unreadable', column: this.mapped?.days?.column ?? '', value, reason });
    }
    return { days, note: null };
  }
}

function wholeDays(value: string): number | null {
  const key = wordKey(value);
  const days = /^\d{1,4}$/.test(key) ? Number(key) : 0;
  return days > 0 && days <= MOST_DAYS ? days : null;
}

function meaningKey(sanction: Meaning): string {
  return `${sanction.kind} ${sanction.days} ${sanction.note}`;
}
