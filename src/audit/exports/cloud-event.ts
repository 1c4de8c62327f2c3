import type { ExportedEvent } from './exported-event.js';

/**
 * An event in CloudEvents 1.0: the one form in which other systems follow and read the log. Names of extensions are in small
 * letters; a position is text, because positions outgrow 32 bits. What is undefined is not written.
 */
export const cloudEvent = (event: ExportedEvent, origin: string): object => {
  const { occurred } = event;
  const instant = 'at' in occurred ? occurred : undefined;
  return {
    specversion: '1.0',
    id: event.id,
    source: `//${origin}`,
    type: `redress.${event.type}`,
    subject: event.stream,
    time: event.recordedAt,
    datacontenttype: 'application/json',
    position: String(event.position),
    streamversion: event.version,
    schemaversion: event.schemaVersion,
    occurredon: event.on,
    occurredat: instant?.at,
    occurredzone: instant?.zone,
    actor: event.actor,
    actorrole: event.role,
    onbehalfof: event.onBehalfOf ?? undefined,
    correlationid: event.correlationId,
    causationid: event.causationId ?? undefined,
    cases: event.caseIds.length === 0 ? undefined : event.caseIds.join(' '),
    data: event.data,
  };
};

/** Of what the reader must not see, the position alone. */
export const withheldEvent = (position: number, origin: string): object => ({
  specversion: '1.0',
  id: String(position),
  source: `//${origin}`,
  type: 'redress.Withheld',
  position: String(position),
});
