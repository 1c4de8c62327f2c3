/** The bytes of one id. */
const LENGTH = 16;
/** PostgreSQL's number of the type uuid, as it stands in an array of them. */
const UUID_OID = 2950;

const textOf = (hex: string): string =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;

/** As PostgreSQL reads an array of one dimension: how many, from one on, and before each how long it is. */
const arrayOf = (bytes: Buffer): Buffer => {
  const count = bytes.length / LENGTH;
  const array = Buffer.alloc(20 + count * (4 + LENGTH));
  [1, 0, UUID_OID, count, 1].forEach((word, nth) => array.writeInt32BE(word, nth * 4));
  for (let nth = 0; nth < count; nth += 1) {
    const at = array.writeInt32BE(LENGTH, 20 + nth * (4 + LENGTH));
    bytes.copy(array, at, nth * LENGTH, (nth + 1) * LENGTH);
  }
  return array;
};

/**
 * Ids that may be thousands, as the database packed them and takes them back: as text they would be twice as long, and most
 * of what a request costs.
 */
export class Ids {
  static readonly none = new Ids(Buffer.alloc(0));

  private texts: ReadonlySet<string> | undefined;
  private array: Buffer | undefined;

  private constructor(private readonly bytes: Buffer) {}

  /** As SQL that packs a column of those rows, for `Ids.packed`. */
  static packing(column: string, rows = 'true'): string {
    return `encode(string_agg(uuid_send(${column}), '') FILTER (WHERE ${rows}), 'base64')`;
  }

  static packed(base64: string | null): Ids {
    return base64 === null ? Ids.none : new Ids(Buffer.from(base64, 'base64'));
  }

  get isEmpty(): boolean {
    return this.bytes.length === 0;
  }

  get all(): ReadonlySet<string> {
    if (this.texts) return this.texts;
    const hex = this.bytes.toString('hex');
    const ids = Array.from({ length: this.bytes.length / LENGTH }, (_, nth) =>
      textOf(hex.slice(nth * 2 * LENGTH, (nth + 1) * 2 * LENGTH)),
    );
    return (this.texts = new Set(ids));
  }

  has(id: string): boolean {
    return this.all.has(id);
  }

  and(others: Ids): Ids {
    if (others.isEmpty) return this;
    return this.isEmpty ? others : new Ids(Buffer.concat([this.bytes, others.bytes]));
  }

  without(others: Ids): Ids {
    if (this.isEmpty || others.isEmpty) return this;
    const left = [...this.all].filter((id) => !others.has(id));
    return new Ids(Buffer.from(left.join('').replaceAll('-', ''), 'hex'));
  }

  /** As a parameter of a statement, `$1::uuid[]`. */
  toPostgres(): Buffer {
    return (this.array ??= arrayOf(this.bytes));
  }
}

/** That a column is none of the ids of a parameter. Of thousands PostgreSQL makes a table of hashes; over `<> ALL` it ponders each while it plans. */
export const notAmong = (column: string, parameter: string): string =>
  `${column} NOT IN (SELECT unnest(${parameter}::uuid[]))`;
