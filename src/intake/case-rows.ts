import type { StatedCase } from './case-index.js';
import { outcomeReader } from './closing-outcome.js';
import { type CellOf, type Cells, Columns } from './columns.js';
import { dateReader, type DateReader, type StatedDate } from './date-format.js';
import { IncidentReader } from './incident.js';
import type { Defect, Flag, LegacyAllegation, LegacyCase } from './legacy-case.js';
import type { Mapping } from './mapping.js';
import type { Row } from './register-file.js';
import { unknownWord, wordLookup } from './words.js';

/** With the register's name before it, the reference of a case fits into 200 characters. */
export const LONGEST_ID = 120;

/** What a row of the case file states, and the defect for which it is rejected, if any. */
export interface StatedRow extends StatedCase {
  readonly receivedOn: StatedDate;
  readonly closedOn: StatedDate;
  readonly defect: Defect | null;
}

export interface DecidedCase {
  readonly case: LegacyCase;
  /** Later rows of the id: exact repeats, and rows that differ from the first outside the dates. */
  readonly merged: number;
  readonly differing: number;
}

/** Decides the rows of a case file, given its header and the day that counts as today (ISO). */
export class CaseRows {
  readonly columns: Columns;
  private readonly id: CellOf;
  private readonly received: CellOf;
  private readonly closed: CellOf;
  private readonly readReceived: DateReader;
  private readonly readClosed: DateReader;
  private readonly category: (cells: Cells, flags: Flag[]) => string;
  private readonly channel: (cells: Cells, flags: Flag[]) => string;
  private readonly incident: IncidentReader;
  private readonly statusWord: (text: string) => 'open' | 'closed' | undefined;
  private readonly outcome: ReturnType<typeof outcomeReader>;

  constructor(
    private readonly mapping: Mapping,
    header: Cells,
    private readonly today: string,
  ) {
    const mapped = mapping.case;
    this.columns = new Columns(header, mapping.rowNumbers);
    this.id = this.columns.cell(mapped.id.column);
    this.received = this.columns.cell(mapped.receivedOn.column);
    this.closed = mapped.closedOn === undefined ? () => '' : this.columns.cell(mapped.closedOn.column);
    this.readReceived = dateReader(mapped.receivedOn.format, mapped.receivedOn.blanks);
    this.readClosed = dateReader(mapped.closedOn?.format ?? 'YYYY-MM-DD', mapped.closedOn?.blanks);
    this.category = this.columns.words(mapped.category);
    this.channel = this.columns.words(mapped.channel);
    this.incident = new IncidentReader(mapped, this.columns);
    this.statusWord = wordLookup(mapped.status?.values ?? {});
    this.outcome = outcomeReader(mapped.outcome, this.columns);
  }

  /** What one row states by itself. */
  state(cells: Cells): StatedRow {
    const id = this.id(cells).trim();
    const receivedOn = this.readReceived(this.received(cells));
    const closedOn = this.readClosed(this.closed(cells));
    const defect =
      this.idDefect(id) ??
      this.receiptDefect(receivedOn, cells) ??
      this.closingDefect(receivedOn, closedOn, cells);
    const received = comparable(receivedOn, this.received(cells));
    const closed = comparable(closedOn, this.closed(cells));
    return { id, received, closed, receivedOn, closedOn, defect, defective: defect !== null };
  }

  /** Why a row is rejected whose id has other dates in another row. */
  disagreement(which: 'receipt' | 'closing', cells: Cells, firstLine: number): Defect {
    const [column, value] =
      which === 'receipt'
        ? [this.mapping.case.receivedOn.column, this.received(cells)]
        : [this.mapping.case.closedOn?.column ?? '', this.closed(cells)];
    const id = this.id(cells).trim();
    const reason = `Rows of case ${id}, the first on line ${firstLine}, disagree in the date of ${which}. Correct them; all are rejected.`;
    return { code: 'dates-disagree', column, value, reason };
  }

  /** The case that a sound first row begins; `later` are the other rows of its id, in file order. */
  decide(first: Row, later: Iterable<Row>, allegations: readonly LegacyAllegation[]): DecidedCase {
    const { id, receivedOn, closedOn } = this.state(first.cells);
    const received = dateOf(receivedOn) ?? '';
    const stated = dateOf(closedOn);
    const closed = stated !== null && stated > this.today ? null : stated;
    const flags: Flag[] = [];
    this.flagId(first.cells, flags);
    this.flagClosing(stated, first.cells, flags);
    const category = this.category(first.cells, flags);
    const channel = this.channel(first.cells, flags);
    const status = this.status(first.cells, stated, flags);
    const outcome = closed === null ? null : this.outcome(first.cells, allegations, flags);
    const incident = this.incident.read(first.cells, received, flags);
    const others = this.compareRows(first, later, flags);
    const decided = {
      sourceId: id,
      line: first.line,
      receivedOn: received,
      closedOn: closed,
      outcome,
      status,
      category,
      channel,
      incidentFrom: incident.incidentFrom,
      incidentTo: incident.incidentTo,
      incidentTime: incident.incidentTime,
      flags,
      asFound: this.columns.asFound(first.cells),
      allegations,
      ...(stated === closed || stated === null ? {} : { statedClosedOn: stated }),
    };
    return { case: decided, merged: others.merged, differing: others.differing };
  }

  private idDefect(id: string): Defect | null {
    const column = this.mapping.case.id.column;
    if (id === '')
      return { code: 'id-missing', column, value: '', reason: 'The row has no case id. Give it one.' };
    if (id.length <= LONGEST_ID) return null;
    return {
      code: 'id-too-long',
      column,
      value: id,
      reason: `A case id has at most ${LONGEST_ID} characters.`,
    };
  }

  private receiptDefect(receivedOn: StatedDate, cells: Cells): Defect | null {
    const { column, format } = this.mapping.case.receivedOn;
    const value = this.received(cells);
    if (receivedOn.kind === 'blank') {
      return { code: 'received-missing', column, value, reason: 'The date of receipt is missing. Give it.' };
    }
    if (receivedOn.kind === 'unreadable') {
      const reason = `The date of receipt is no real date of the form ${format}. Correct it.`;
      return { code: 'received-unreadable', column, value, reason };
    }
    if (receivedOn.date <= this.today) return null;
    const reason = `The date of receipt lies after today, ${this.today}. Correct it.`;
    return { code: 'received-in-future', column, value, reason };
  }

  private closingDefect(receivedOn: StatedDate, closedOn: StatedDate, cells: Cells): Defect | null {
    const { column = '', format = '' } = this.mapping.case.closedOn ?? {};
    const value = this.closed(cells);
    if (closedOn.kind === 'unreadable') {
      const reason = `The closing date is no real date of the form ${format}. Correct it, or list it among the blanks.`;
      return { code: 'closed-unreadable', column, value, reason };
    }
    const [received, closed] = [dateOf(receivedOn), dateOf(closedOn)];
    if (received === null || closed === null || closed >= received) return null;
    const reason = `The closing date lies before the receipt, ${received}. Correct one of them.`;
    return { code: 'closed-before-received', column, value, reason };
  }

  private flagId(cells: Cells, flags: Flag[]): void {
    const value = this.id(cells);
    if (value === value.trim()) return;
    const reason = 'Blanks around the id were left out.';
    flags.push({ code: 'id-trimmed', column: this.mapping.case.id.column, value, reason });
  }

  private flagClosing(stated: string | null, cells: Cells, flags: Flag[]): void {
    if (stated === null) return;
    const { releasedOn } = this.mapping;
    const [column, value] = [this.mapping.case.closedOn?.column ?? '', this.closed(cells)];
    if (stated > this.today) {
      const reason = `The closing date lies after today, ${this.today}: the case is imported as open.`;
      flags.push({ code: 'closed-in-future', column, value, reason });
    } else if (releasedOn !== undefined && stated > releasedOn) {
      const reason = `The closing date lies after the release of the register, ${releasedOn}.`;
      flags.push({ code: 'closed-after-release', column, value, reason });
    }
  }

  private status(cells: Cells, stated: string | null, flags: Flag[]): string | null {
    const column = this.mapping.case.status?.column;
    if (column === undefined) return null;
    const value = this.columns.cell(column)(cells).trim();
    if (value === '') return null;
    const meaning = this.statusWord(value);
    if (meaning === undefined) flags.push(unknownWord(column, value));
    if (meaning === 'closed' && stated === null) {
      const reason = 'The status says closed but there is no closing date: the case is imported as open.';
      flags.push({ code: 'status-closed-without-date', column, value, reason });
    }
    if (meaning === 'open' && stated !== null && stated <= this.today) {
      const reason = `The status says open but the closing date is ${stated}: the case is imported as closed.`;
      flags.push({ code: 'status-open-with-date', column, value, reason });
    }
    return value;
  }

  private compareRows(
    first: Row,
    later: Iterable<Row>,
    flags: Flag[],
  ): { merged: number; differing: number } {
    const seen = new Set([this.columns.repeatKey(first.cells)]);
    let merged = 0;
    for (const row of later) {
      const key = this.columns.repeatKey(row.cells);
      if (seen.has(key)) {
        merged += 1;
        continue;
      }
      seen.add(key);
      const reason = `Line ${row.line} says this; line ${first.line}, the first of this case, is kept.`;
      for (const found of this.columns.differences(row.cells, first.cells)) {
        flags.push({ code: 'rows-differ', ...found, reason });
      }
    }
    return { merged, differing: seen.size - 1 };
  }
}

function dateOf(stated: StatedDate): string | null {
  return stated.kind === 'date' ? stated.date : null;
}

function comparable(stated: StatedDate, text: string): string {
  return stated.kind === 'unreadable' ? `?${text.trim()}` : (dateOf(stated) ?? '');
}
