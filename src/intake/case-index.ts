import { GrowingNumbers } from './row-spool.js';

const RECEIPT_DISAGREES = 1;
const CLOSING_DISAGREES = 2;
const REJECTED = 4;

/** What a row says of its case, reduced to what decides whether rows of one id agree. */
export interface StatedCase {
  readonly id: string;
  /** Equal exactly when the stated dates are: the ISO day, or the text of what is no date. */
  readonly received: string;
  readonly closed: string;
  readonly defective: boolean;
}

/**
 * Every id of a register with its first line and dates: what one pass must remember so that the next can decide rows
 * alone. Memory grows with distinct ids (about 150 bytes each), not with rows.
 */
export class CaseIndex {
  private readonly numbers = new Map<string, number>();
  private readonly dates = new Map<string, number>();
  private readonly lines = new GrowingNumbers();
  private readonly received = new GrowingNumbers();
  private readonly closed = new GrowingNumbers();
  private readonly marks = new GrowingNumbers();

  /** Takes note of a row. `first`: no earlier row has this id. `number` counts ids from 0 in order of appearance. */
  note(stated: StatedCase, line: number): { readonly number: number; readonly first: boolean } {
    const known = this.numbers.get(stated.id);
    if (known !== undefined) {
      this.compare(known, stated);
      return { number: known, first: false };
    }
    const number = this.numbers.size;
    this.numbers.set(stated.id, number);
    this.lines.set(number, line);
    this.received.set(number, this.dateNumber(stated.received));
    this.closed.set(number, this.dateNumber(stated.closed));
    this.marks.set(number, stated.defective ? REJECTED : 0);
    return { number, first: true };
  }

  numberOf(id: string): number | undefined {
    return this.numbers.get(id);
  }

  firstLine(number: number): number {
    return this.lines.at(number);
  }

  isRejected(number: number): boolean {
    return this.marks.at(number) !== 0;
  }

  /** In which date rows of this id disagree; receipt first where both do. */
  disagreement(number: number): 'receipt' | 'closing' | null {
    const marks = this.marks.at(number);
    if ((marks & RECEIPT_DISAGREES) !== 0) return 'receipt';
    return (marks & CLOSING_DISAGREES) === 0 ? null : 'closing';
  }

  private compare(number: number, stated: StatedCase): void {
    let marks = this.marks.at(number);
    if (this.received.at(number) !== this.dateNumber(stated.received)) marks |= RECEIPT_DISAGREES;
    if (this.closed.at(number) !== this.dateNumber(stated.closed)) marks |= CLOSING_DISAGREES;
    this.marks.set(number, marks);
  }

  private dateNumber(text: string): number {
    const known = this.dates.get(text);
    if (known !== undefined) return known;
    this.dates.set(text, this.dates.size);
    return this.dates.size - 1;
  }
}
