/** The form in which two spellings of a register's word are the same: case, blanks, and 600.0 for 600 do not count. */
export function wordKey(text: string): string {
  const key = text.trim().replace(/\s+/g, ' ').toLowerCase();
  return /^\d+\.0+$/.test(key) ? key.slice(0, key.indexOf('.')) : key;
}

/** Looks words up in a table of a mapping. `undefined`: the table does not have it. */
export function wordLookup<T>(table: Readonly<Record<string, T>>): (text: string) => T | undefined {
  const byKey = new Map(Object.entries(table).map(([text, ours]) => [wordKey(text), ours]));
  return (text) => byKey.get(wordKey(text));
}

export function unknownWord(column: string, value: string) {
  return {
    code: 'word-unknown' as const,
    column,
    value,
    reason: 'The mapping does not know this word; it was left as found.',
  };
}
