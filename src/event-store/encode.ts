/** PostgreSQL array literals; written here because the driver's own encoder looks at each value's type first. */
const SPECIAL = /["\\]/;
const ALL_SPECIAL = /["\\]/g;

function quoted(text: string | null): string {
  if (text === null) return 'NULL';
  return SPECIAL.test(text) ? `"${text.replace(ALL_SPECIAL, '\\$&')}"` : `"${text}"`;
}

export function textArray(values: readonly (string | null)[]): string {
  return `{${values.map(quoted).join(',')}}`;
}

export function numberArray(values: readonly number[]): string {
  return `{${values.join(',')}}`;
}

export function bytesArray(values: readonly Buffer[]): string {
  return textArray(values.map((bytes) => `\\x${bytes.toString('hex')}`));
}
