import type { Recorded } from '../event-store/event.js';
import { cloudEvent, withheldEvent } from './exports/cloud-event.js';
import { exportedEvent } from './exports/exported-event.js';
import type { NameOf } from './exports/pseudonyms.js';

/** How an event is shown to another system: people under the names that exports give them, nothing unsealed. */
export interface Shown {
  /** The log that it stands in. */
  readonly origin: string;
  readonly nameOf: NameOf;
  /** What the reader must not see; of it the position alone is told. */
  readonly withheld: (event: Recorded) => boolean;
}

export const shownEvent = (event: Recorded, { origin, nameOf, withheld }: Shown): object => {
  if (withheld(event)) return withheldEvent(event.position, origin);
  const { actor, ...rest } = event;
  const onBehalfOf = actor.onBehalfOf ?? null;
  const selected = { ...rest, actorId: actor.id, role: actor.role, onBehalfOf, caseIds: [] };
  return cloudEvent(exportedEvent(selected, nameOf), origin);
};
