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

const TEXT_OID = 25;

/** A text[] in PostgreSQL's binary form: for long texts, because nothing in them needs quoting. */
export function longTexts(values: readonly string[]): Buffer {
  const sizes = values.map((value) => Buffer.byteLength(value));
  const head = values.length === 0 ? 12 : 20;
  const bytes = Buffer.allocUnsafe(sizes.reduce((sum, size) => sum + size + 4, head));
  [values.length === 0 ? 0 : 1, 0, TEXT_OID, values.length, 1]
    .slice(0, head / 4)
    .forEach((field, index) => bytes.writeInt32BE(field, index * 4));
  let at = head;
  values.forEach((value, index) => {
    const size = sizes[index] ?? 0;
    bytes.writeInt32BE(size, at);
    bytes.write(value, at + 4);
    at += size + 4;
  });
  return bytes;
}

export function numberArray(values: readonly number[]): string {
  return `{${values.join(',')}}`;
}

export function bytesArray(values: readonly Buffer[]): string {
  return textArray(values.map((bytes) => `\\x${bytes.toString('hex')}`));
}
