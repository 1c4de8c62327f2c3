import { z } from 'zod';
import { dayIn } from '../clocks/days.js';
import type { Recorded } from '../event-store/event.js';

/** What happened to a case, event by event, as an auditor reads it. Sealed text is opened by the door. */

const correction = z
  .object({
    position: z.int(),
    path: z.array(z.string()).readonly(),
    old: z.unknown().optional(),
    new: z.unknown(),
    reason: z.string(),
    basis: z.string(),
  })
  .meta({ id: 'EntryCorrection' });

export const historyEntry = z
  .object({
    position: z.int().describe('Its place in the log of everything.'),
    eventId: z.uuid(),
    stream: z.string(),
    version: z.int(),
    type: z.string(),
    schemaVersion: z.int(),
    occurred: z
      .union([z.object({ date: z.string() }), z.object({ at: z.string(), zone: z.string() })])
      .describe('When it happened.'),
    recordedAt: z.iso.datetime().describe('When the database recorded it.'),
    backdated: z.boolean().describe('It happened on an earlier day than it was recorded.'),
    backdatingReason: z
      .string()
      .nullable()
      .describe('Why it was recorded only then; null where nothing had to be said: a receipt, an import.'),
    actor: z
      .object({ id: z.string(), role: z.string(), onBehalfOf: z.string().optional() })
      .meta({ id: 'Actor' }),
    reasons: z.array(z.string()).readonly().describe('Why, as the entry itself says it.'),
    correlationId: z.string().describe('The request that it came from.'),
    causationId: z.string().nullable(),
    data: z
      .record(z.string(), z.unknown())
      .describe('As it was recorded. Text about people whose data was erased reads [erased].'),
    corrections: z
      .array(correction)
      .readonly()
      .describe('Later entries that say what of this one was wrong.'),
  })
  .meta({ id: 'HistoryEntry' });

export type HistoryEntry = z.output<typeof historyEntry>;
type Correction = HistoryEntry['corrections'][number];

/** Where events say why: their own reasons, the basis of an exception, and why they were recorded late. */
const WHYS = ['reasons', 'reason', 'basis', 'backdatingReason'];

const reasonsIn = (data: Readonly<Record<string, unknown>>): string[] =>
  WHYS.map((name) => data[name]).filter((why) => typeof why === 'string');

const correctionsIn = (events: readonly Recorded[]): Map<string, Correction[]> => {
  const found = new Map<string, Correction[]>();
  for (const { type, data, position } of events) {
    if (type !== 'EntryCorrected') continue;
    const { eventId, ...told } = data as Omit<Correction, 'position'> & { eventId: string };
    found.set(eventId, [...(found.get(eventId) ?? []), { position, ...told }]);
  }
  return found;
};

/** The entries in the order in which they were recorded; `zone` says which day it was then. */
export const historyOf = (events: readonly Recorded[], zone: string): HistoryEntry[] => {
  const corrections = correctionsIn(events);
  return events
    .toSorted((one, other) => one.position - other.position)
    .map((event) => entryOf(event, corrections.get(event.id) ?? [], zone));
};

// Field by field: a case may have thousands of entries, and to take two fields off each and spread the rest took longer than all else.
const entryOf = (event: Recorded, corrections: HistoryEntry['corrections'], zone: string): HistoryEntry => {
  const data = event.data as Record<string, unknown>;
  return {
    position: event.position,
    stream: event.stream,
    version: event.version,
    type: event.type,
    schemaVersion: event.schemaVersion,
    occurred: event.occurred,
    recordedAt: event.recordedAt,
    actor: event.actor,
    correlationId: event.correlationId,
    causationId: event.causationId,
    eventId: event.id,
    backdated: event.on < dayIn(event.recordedAt, zone),
    backdatingReason: (data as { backdatingReason?: string }).backdatingReason ?? null,
    reasons: reasonsIn(data),
    data,
    corrections,
  };
};
