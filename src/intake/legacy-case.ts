import type { ClosingOutcome, Finding, SanctionKind } from './vocabulary.js';

/** Something in the register that was kept but is odd: where it stands, what it says, and why it is flagged. */
export interface Flag {
  readonly code: FlagCode;
  readonly column: string;
  readonly value: string;
  readonly reason: string;
}

export type FlagCode =
  | 'id-trimmed'
  | 'rows-differ'
  | 'closed-in-future'
  | 'closed-after-release'
  | 'status-closed-without-date'
  | 'status-open-with-date'
  | 'word-unknown'
  | 'word-too-long'
  | 'incident-unreadable'
  | 'incident-time-unreadable'
  | 'incident-after-receipt'
  | 'incident-ends-before-it-begins'
  | 'outcome-without-findings'
  | 'findings-disagree'
  | 'sanctions-disagree'
  | 'sanction-proposed'
  | 'sanction-without-upheld-finding'
  | 'days-unreadable';

/** The row as the register has it: every column with its text. May hold personal data. */
export type AsFound = Readonly<Record<string, string>>;

/** `days`: length of a suspension in days, null where the register gives none. `line` states it in the child file. */
export interface LegacySanction {
  readonly kind: SanctionKind;
  readonly days: number | null;
  readonly note: string | null;
  readonly line: number;
}

/** One allegation. `respondent` has a meaning inside its case only. `further`: more rows of the file that state it. */
export interface LegacyAllegation {
  readonly line: number;
  readonly respondent: string | null;
  readonly category: string;
  readonly finding: Finding | null;
  readonly sanctions: readonly LegacySanction[];
  readonly flags: readonly Flag[];
  readonly asFound: AsFound;
  readonly further: readonly { readonly line: number; readonly asFound: AsFound }[];
}

/**
 * One case of the register, decided. Dates are ISO days exactly as written. `closedOn` null: open. `statedClosedOn` is
 * there only when the register's closing date lies in the future. `outcome` null: the register does not say.
 * `incidentTime` is `HH:mm:ss`. `line` is the physical line on which the row begins, the header being line 1.
 */
export interface LegacyCase {
  readonly sourceId: string;
  readonly line: number;
  readonly receivedOn: string;
  readonly closedOn: string | null;
  readonly statedClosedOn?: string;
  readonly outcome: ClosingOutcome | null;
  readonly status: string | null;
  readonly category: string;
  readonly channel: string;
  readonly incidentFrom: string | null;
  readonly incidentTo: string | null;
  readonly incidentTime: string | null;
  readonly flags: readonly Flag[];
  readonly asFound: AsFound;
  readonly allegations: readonly LegacyAllegation[];
}

export type RejectCode =
  | 'row-ragged'
  | 'id-missing'
  | 'id-too-long'
  | 'dates-disagree'
  | 'received-missing'
  | 'received-unreadable'
  | 'received-in-future'
  | 'closed-unreadable'
  | 'closed-before-received'
  | 'case-missing'
  | 'case-rejected'
  | 'case-refused';

/** A row that is not imported. `file` is the file's name without its folder, `column` empty where no column is at fault. */
export interface Reject {
  readonly code: RejectCode;
  readonly file: string;
  readonly line: number;
  readonly column: string;
  readonly value: string;
  readonly reason: string;
}

/** A defect of one row, before it is known which file and line it stands on. */
export type Defect = Omit<Reject, 'file' | 'line'>;

/**
 * What became of every row. Cases: `read = imported + merged + differing + rejected`; children: `read = allegations +
 * grouped + merged + rejected`. merged: exact repeats; differing: rows that agree in dates only, or (grouped) further
 * rows of one allegation. `closed + open = imported`; `flagged` counts cases with a flag, their allegations' included.
 */
export interface RegisterCounts {
  readonly cases: {
    read: number;
    imported: number;
    merged: number;
    differing: number;
    rejected: number;
    open: number;
    closed: number;
    flagged: number;
  };
  readonly children: { read: number; allegations: number; grouped: number; merged: number; rejected: number };
}
