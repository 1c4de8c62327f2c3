import type pg from 'pg';
import type { ExportedEvent, SelectedEvent } from './exported-event.js';
import type { SelectedEvents } from './selected-events.reader.js';

/** What a format makes its one file of: pages of text, each with where to go on after it. */

export interface House {
  readonly pool: pg.Pool;
  readonly events: SelectedEvents;
  readonly tell: (event: SelectedEvent) => ExportedEvent;
  /** When it happened, as an instant: a day begins in the organisation's zone. */
  readonly timeOf: (event: ExportedEvent) => string;
  /** The log's name. */
  readonly origin: string;
}

export interface Page {
  readonly text: string;
  readonly events: number;
  /** Traces or objects, where the format has such. */
  readonly cases?: number;
  /** The highest position in it, to say how far it is; a format that goes case by case cannot say. */
  readonly position?: number;
  /** JSON that `pages` understands; absent after the last page. */
  readonly next?: unknown;
}

export interface Format {
  readonly file: string;
  /** From the beginning, or from where an earlier page ended. */
  pages(house: House, from: unknown): AsyncGenerator<Page>;
}

/** A format with a line for each event, in the order of the log. */
export const linesOf = (
  file: string,
  { head = '', line }: { head?: string; line: (event: ExportedEvent, house: House) => string },
): Format => ({
  file,
  async *pages(house, from) {
    if (from === undefined) yield { text: head, events: 0, next: 0 };
    for await (const page of house.events.byPosition(Number(from ?? 0))) {
      const position = page.at(-1)?.position ?? 0;
      const text = page.map((event) => line(house.tell(event), house)).join('');
      yield { text, events: page.length, position, next: position };
    }
  },
});
