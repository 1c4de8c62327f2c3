/** What is wrong with a log, where, in a sentence. Pure. */
export interface Fault {
  readonly code: FaultCode;
  /** Where it begins, when it can be placed. */
  readonly position?: number;
  readonly stream?: string;
  readonly version?: number;
  readonly says: string;
}

export type FaultCode =
  /** An event is not what was hashed when it was recorded. */
  | 'event-changed'
  | 'events-missing'
  | 'event-repeated'
  /** Its envelope breaks a rule that every recorded event keeps. */
  | 'envelope'
  | 'recorded-earlier'
  | 'version'
  /** A tile is not the tree over those below it. */
  | 'tile'
  /** The tree is not the one that a checkpoint was signed for. */
  | 'checkpoint'
  | 'signature'
  /** A file of an export is not as its manifest says, or cannot be read. */
  | 'file';

const MOST = 20;

/** The first of them, and how many there are. */
export class Faults {
  private readonly kept: Fault[] = [];
  count = 0;

  add(fault: Fault): void {
    this.count += 1;
    if (this.kept.length < MOST) this.kept.push(fault);
  }

  /** By position; what cannot be placed comes last. */
  list(): Fault[] {
    return this.kept.toSorted((a, b) => (a.position ?? Infinity) - (b.position ?? Infinity));
  }
}

const quoted = (text: unknown): string => JSON.stringify(text).slice(0, 120);

export const placeOf = (stream: unknown, version: unknown): string =>
  typeof stream === 'string' ? `(${quoted(stream)}, version ${quoted(version)})` : '(no stream)';
