/** CSV as RFC 4180 has it, in which a spreadsheet calculates nothing and cuts nothing otherwise. */

/** What a spreadsheet may take for the start of a formula, full-width forms included. */
const FORMULA = /^\s*[=+\-@|%\uFF1D\uFF0B\uFF0D\uFF20]|^[\t\r\n]/;
/** Where one reads a cell otherwise than it is written: by another mark between cells, or without its blanks. */
const AMBIGUOUS = /[",\r\n;\t]|^'|^\s|\s$/;

const cell = (value: string | number | null): string => {
  if (value === null || typeof value === 'number') return String(value ?? '');
  // An apostrophe makes plain text of what would be calculated.
  const text = FORMULA.test(value) ? `'${value}` : value;
  return AMBIGUOUS.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** One line; null is an empty cell. */
export const csvLine = (cells: readonly (string | number | null)[]): string =>
  `${cells.map(cell).join(',')}\r\n`;
