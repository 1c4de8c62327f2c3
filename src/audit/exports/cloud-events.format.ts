import { linesOf } from './format.js';

/** CloudEvents 1.0 as JSON Lines. Names of extensions are in small letters; a sequence is text, because positions outgrow 32 bits. */
export const cloudEvents = linesOf('events.jsonl', {
  line: (event, { origin, timeOf }) =>
    `${JSON.stringify({
      specversion: '1.0',
      id: event.id,
      source: `//${origin}`,
      type: `redress.${event.type}`,
      subject: event.stream,
      time: timeOf(event),
      datacontenttype: 'application/json',
      sequence: String(event.position),
      streamversion: event.version,
      schemaversion: event.schemaVersion,
      occurredon: event.on,
      recordedtime: event.recordedAt,
      actor: event.actor,
      actorrole: event.role,
      ...(event.onBehalfOf === null ? {} : { onbehalfof: event.onBehalfOf }),
      ...(event.caseIds.length === 0 ? {} : { cases: event.caseIds.join(' ') }),
      data: event.data,
    })}\n`,
});
