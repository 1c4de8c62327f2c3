import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { Sight } from '../access/sight.js';
import { References } from '../complaints/reference.queries.js';
import type { Recorded } from '../event-store/event.js';
import { EventStore } from '../event-store/event-store.js';
import { Clock } from '../platform/clock.js';
import { cursorAs, cursorOf, type Page, type PageRequest } from '../platform/page.js';
import { historyOf, type HistoryEntry } from './case-history.js';

const cursor = z.tuple([z.string().regex(/^\d{1,15}$/)]);

/** The streams that an entry of the complaint says belong to the case. */
const attachedBy = ({ type, data }: Recorded): string[] => {
  const { hearingId, resolutionId } = data as { hearingId?: string; resolutionId?: string };
  if (type === 'HearingAttached') return [`hearing-${hearingId}`];
  return type === 'ResolutionAttached' ? [`resolution-${resolutionId}`] : [];
};

/** Every event of a case: of the complaint, its hearings and resolutions, and what the machine recorded about its deadlines. */
@Injectable()
export class HistoryReader {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(References) private readonly references: References,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** `name` is an id or a reference; without entries that name a case that must not be seen. Errors: NotFound. */
  async of(name: string, sight: Sight): Promise<HistoryEntry[]> {
    const id = await this.references.idOf(name, sight);
    const own = await this.store.load(`complaint-${id}`);
    const others = [...new Set([`deadlines-${id}`, ...own.flatMap(attachedBy)])];
    const events = await Promise.all(others.map((stream) => this.store.load(stream)));
    return historyOf(
      [...own, ...events.flat()].filter(({ stream, text }) => sight.seesAllIn(`${stream} ${text}`)),
      this.clock.zone,
    );
  }

  /** Errors: NotFound, InvalidInput `bad-cursor`. */
  async page(name: string, { first, after }: PageRequest, sight: Sight): Promise<Page<HistoryEntry>> {
    const [position = '0'] = cursorAs(after, cursor) ?? [];
    const rest = (await this.of(name, sight)).filter((entry) => entry.position > Number(position));
    const items = rest.slice(0, first);
    const last = rest.length > first && items.at(-1);
    return { items, next: last ? cursorOf([String(last.position)]) : null };
  }
}
