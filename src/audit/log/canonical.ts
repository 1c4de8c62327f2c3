import type { Recorded } from '../../event-store/event.js';

/** The bytes of an event, as docs/adr/0001-canonical-envelope.md has them: a line of JSON, a line feed, the data as stored. Pure. */

export const LAYOUT = 'redress-event/1';

export type Envelope = readonly [
  layout: string,
  position: number,
  eventId: string,
  stream: string,
  version: number,
  type: string,
  schemaVersion: number,
  on: string,
  occurredAt: string | null,
  zone: string | null,
  recordedAt: string,
  actorId: string,
  role: string,
  onBehalfOf: string | null,
  correlationId: string,
  causationId: string | null,
];

export const envelopeOf = (event: Omit<Recorded, 'data'>): Envelope => {
  const { occurred, actor } = event;
  return [
    LAYOUT,
    event.position,
    event.id,
    event.stream,
    event.version,
    event.type,
    event.schemaVersion,
    event.on,
    'at' in occurred ? occurred.at : null,
    'at' in occurred ? occurred.zone : null,
    event.recordedAt,
    actor.id,
    actor.role,
    actor.onBehalfOf ?? null,
    event.correlationId,
    event.causationId,
  ];
};

/** As text, which is in UTF-8 the bytes: neither part can hold a lone surrogate. */
export const canonicalText = (event: Omit<Recorded, 'data'>): string =>
  `${JSON.stringify(envelopeOf(event))}\n${event.text}`;
