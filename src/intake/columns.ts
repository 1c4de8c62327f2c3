import type { AsFound } from './legacy-case.js';
import type { WordColumn } from './mapping.js';
import type { Flag } from './legacy-case.js';
import { unknownWord, wordLookup } from './words.js';

export type Cells = readonly string[];
const LONGEST_WORD = 200;

export type CellOf = (cells: Cells) => string;

/** The header line of a file, by which cells are found and rows are compared. */
export class Columns {
  private readonly compared: readonly number[];

  /** @param rowNumbers columns in which exact repeats may differ */
  constructor(
    readonly names: readonly string[],
    rowNumbers: readonly string[],
  ) {
    this.compared = names.flatMap((name, index) => (rowNumbers.includes(name) ? [] : [index]));
  }

  /** The text of one column; the header has been checked to have it. */
  cell(name: string): CellOf {
    const index = this.names.indexOf(name);
    return (cells) => cells[index] ?? '';
  }

  /** Equal for exact repeats, row numbers aside. */
  repeatKey(cells: Cells): string {
    return JSON.stringify(this.compared.map((index) => cells[index]));
  }

  /** The columns, row numbers aside, in which a row differs from another. */
  differences(cells: Cells, from: Cells): { column: string; value: string }[] {
    const differing = this.compared.filter((index) => cells[index] !== from[index]);
    return differing.map((index) => ({ column: this.names[index] ?? '', value: cells[index] ?? '' }));
  }

  asFound(cells: Cells): AsFound {
    return Object.fromEntries(this.names.map((name, index) => [name, cells[index] ?? '']));
  }

  isRagged(cells: Cells): boolean {
    return cells.length !== this.names.length;
  }

  /** Reads a column into our words; blank cells become the mapping's default, unknown words too, and are flagged. */
  words(mapped: WordColumn): (cells: Cells, flags: Flag[]) => string {
    const column = mapped.column;
    if (column === undefined) return () => mapped.default;
    const cell = this.cell(column);
    const lookup = mapped.values === undefined ? (text: string) => text : wordLookup(mapped.values);
    return (cells, flags) => {
      const text = cell(cells).trim();
      if (text === '') return mapped.default;
      const ours = lookup(text);
      if (ours === undefined) flags.push(unknownWord(column, text));
      if (ours === undefined || ours.length <= LONGEST_WORD) return ours ?? mapped.default;
      const reason = `A word has at most ${LONGEST_WORD} characters; this was left as found.`;
      flags.push({ code: 'word-too-long', column, value: text, reason });
      return mapped.default;
    };
  }
}
