import type { Cells, Columns } from './columns.js';
import type { Flag, LegacyAllegation } from './legacy-case.js';
import type { CaseColumns } from './mapping.js';
import type { ClosingOutcome } from './vocabulary.js';
import { unknownWord, wordLookup } from './words.js';

const isDetermined = (allegations: readonly LegacyAllegation[]): boolean =>
  allegations.length > 0 && allegations.every(({ finding }) => finding !== null);

const withoutFindings = (column: string, value: string): Flag => ({
  code: 'outcome-without-findings',
  column,
  value,
  reason: 'The outcome says determined, but not every allegation has a finding: no outcome is recorded.',
});

/** How a closed case ended: what the register says, else determined when all of it was. Null: nobody says. */
export const outcomeReader = (mapped: CaseColumns['outcome'], columns: Columns) => {
  const said = mapped === undefined ? () => null : statedOutcome(mapped, columns);
  return (cells: Cells, allegations: readonly LegacyAllegation[], flags: Flag[]): ClosingOutcome | null => {
    const stated = said(cells, flags);
    const determined = isDetermined(allegations);
    if (stated === null) return determined ? 'determined' : null;
    if (stated.outcome !== 'determined' || determined) return stated.outcome;
    flags.push(withoutFindings(mapped?.column ?? '', stated.value));
    return null;
  };
};

const statedOutcome = ({ column, values }: NonNullable<CaseColumns['outcome']>, columns: Columns) => {
  const cell = columns.cell(column);
  const lookup = wordLookup(values);
  return (cells: Cells, flags: Flag[]): { outcome: ClosingOutcome; value: string } | null => {
    const value = cell(cells).trim();
    const outcome = value === '' ? null : lookup(value);
    if (outcome === undefined) flags.push(unknownWord(column, value));
    return outcome ? { outcome, value } : null;
  };
};
