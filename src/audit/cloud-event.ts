import type { Recorded } from '../event-store/event.js';
import { exportedEvent } from './exports/exported-event.js';
import type { NameOf } from './exports/pseudonyms.js';

/** Events as other systems follow them: CloudEvents 1.0, people under the names that exports give them, nothing unsealed. */

/** How an event is shown. */
export interface Shown {
  /** The log that it stands in. */
  readonly origin: string;
  readonly nameOf: NameOf;
  /** What the reader must not see; of it the position alone is told. */
  readonly withheld: (event: Recorded) => boolean;
}

const occurredOf = ({ occurred, on }: Recorded): object =>
  'at' in occurred
    ? { occurredon: on, occurredat: occurred.at, occurredzone: occurred.zone }
    : { occurredon: on };

const told = (event: Recorded, nameOf: NameOf) => {
  const { actor, ...rest } = event;
  const onBehalfOf = actor.onBehalfOf ?? null;
  return exportedEvent({ ...rest, actorId: actor.id, role: actor.role, onBehalfOf, caseIds: [] }, nameOf);
};

/** Names of extensions are in small letters; a position is text, because positions outgrow 32 bits. */
export const cloudEvent = (event: Recorded, { origin, nameOf, withheld }: Shown): object => {
  const [position, source] = [String(event.position), `//${origin}`];
  if (withheld(event))
    return { specversion: '1.0', id: position, source, type: 'redress.Withheld', position };
  const { stream, actor, onBehalfOf, data } = told(event, nameOf);
  const { causationId } = event;
  return {
    specversion: '1.0',
    id: event.id,
    source,
    type: `redress.${event.type}`,
    subject: stream,
    time: event.recordedAt,
    datacontenttype: 'application/json',
    position,
    streamversion: event.version,
    schemaversion: event.schemaVersion,
    ...occurredOf(event),
    actor,
    actorrole: event.actor.role,
    ...(onBehalfOf === null ? {} : { onbehalfof: onBehalfOf }),
    correlationid: event.correlationId,
    ...(causationId === null ? {} : { causationid: causationId }),
    data,
  };
};
