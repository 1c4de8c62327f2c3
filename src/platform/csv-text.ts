/** CSV as RFC 4180 has it, in which a spreadsheet calculates nothing. */

/** Text that a spreadsheet would calculate is made plain text by an apostrophe. */
const safe = (text: string): string => (/^[\s]*[=+\-@]|^[\t\r]/.test(text) ? `'${text}` : text);

const cell = (value: string | number | null): string => {
  if (value === null || typeof value === 'number') return String(value ?? '');
  const text = safe(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** One line; null is an empty cell. */
export const csvLine = (cells: readonly (string | number | null)[]): string =>
  `${cells.map(cell).join(',')}\r\n`;
