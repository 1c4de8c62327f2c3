import type { Cells, Columns } from './columns.js';
import { dateReader, readTime } from './date-format.js';
import type { Flag, FlagCode } from './legacy-case.js';
import type { CaseColumns } from './mapping.js';

export interface Incident {
  readonly incidentFrom: string | null;
  readonly incidentTo: string | null;
  readonly incidentTime: string | null;
}

type IncidentColumn = NonNullable<CaseColumns['incidentFrom']>;
type Moment = { readonly date: string | null; readonly time: string | null; readonly text: string };

/** When a complaint says that it happened. What is odd is flagged, never a reason to reject. */
export class IncidentReader {
  private readonly from: (cells: Cells, flags: Flag[]) => Moment;
  private readonly to: (cells: Cells, flags: Flag[]) => Moment;

  constructor(
    private readonly mapped: Pick<CaseColumns, 'incidentFrom' | 'incidentTo'>,
    columns: Columns,
  ) {
    this.from = momentReader(mapped.incidentFrom, columns);
    this.to = momentReader(mapped.incidentTo, columns);
  }

  /** Dates stay as stated even where they are flagged as later than the receipt; unreadable ones are null. */
  read(cells: Cells, receivedOn: string, flags: Flag[]): Incident {
    const from = this.from(cells, flags);
    const to = this.to(cells, flags);
    flagIfLate(from, this.mapped.incidentFrom, receivedOn, flags);
    flagIfLate(to, this.mapped.incidentTo, receivedOn, flags);
    if (to.date !== null && isAfter(from.date, to.date)) {
      const column = this.mapped.incidentTo?.column ?? '';
      const reason = `The incident ends before it begins, ${from.date}.`;
      flags.push({ code: 'incident-ends-before-it-begins', column, value: to.text, reason });
    }
    return { incidentFrom: from.date, incidentTo: to.date, incidentTime: from.time };
  }
}

function flagIfLate(
  { date, text }: Moment,
  mapped: IncidentColumn | undefined,
  receivedOn: string,
  flags: Flag[],
): void {
  if (!isAfter(date, receivedOn)) return;
  const reason = `The incident lies after the receipt, ${receivedOn}.`;
  flags.push({ code: 'incident-after-receipt', column: mapped?.column ?? '', value: text, reason });
}

function isAfter(date: string | null, other: string): boolean {
  return date !== null && date > other;
}

function momentReader(mapped: IncidentColumn | undefined, columns: Columns) {
  if (mapped === undefined) return (): Moment => ({ date: null, time: null, text: '' });
  const cell = columns.cell(mapped.column);
  const read = dateReader(mapped.format, mapped.blanks);
  const readClock = clockReader(mapped.time, columns);
  return (cells: Cells, flags: Flag[]): Moment => {
    const text = cell(cells);
    const stated = read(text);
    if (stated.kind === 'unreadable') {
      const reason = `The incident date is no real date of the form ${mapped.format}; it was left as found.`;
      flags.push({ code: 'incident-unreadable', column: mapped.column, value: text, reason });
    }
    const date = stated.kind === 'date' ? stated.date : null;
    const inDate = stated.kind === 'date' ? stated.time : null;
    return { date, time: readClock(cells, flags) ?? inDate, text };
  };
}

function clockReader(mapped: IncidentColumn['time'], columns: Columns) {
  if (mapped === undefined) return () => null;
  const cell = columns.cell(mapped.column);
  const code: FlagCode = 'incident-time-unreadable';
  return (cells: Cells, flags: Flag[]): string | null => {
    const value = cell(cells);
    const time = readTime(mapped.format, value);
    if (time !== undefined) return time;
    flags.push({
      code,
      column: mapped.column,
      value,
      reason: 'This is no time of day; it was left as found.',
    });
    return null;
  };
}
