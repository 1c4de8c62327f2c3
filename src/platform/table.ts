const FIGURE = /^[-+]?[\d,.]*$/;

const isOfFigures = (rows: readonly (readonly string[])[], column: number): boolean =>
  rows.slice(1).every((row) => FIGURE.test(row[column] ?? ''));

/** Rows below their heading, for a terminal: columns of figures to the right, all others to the left. */
export const table = (rows: readonly (readonly string[])[]): string => {
  const columns = (rows[0] ?? []).map((_, column) => {
    const width = Math.max(...rows.map((row) => row[column]?.length ?? 0));
    const figures = isOfFigures(rows, column);
    return (cell: string) => (figures ? cell.padStart(width) : cell.padEnd(width));
  });
  return rows
    .map((row) => columns.map((align, column) => align(row[column] ?? '')).join('  '))
    .map((line) => `  ${line}`.trimEnd())
    .join('\n');
};
