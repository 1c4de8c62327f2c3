import { RuleBroken } from '../event-store/errors.js';
import type { Entry } from '../event-store/event.js';
import { corrected } from '../event-store/fold.js';
import type { ComplaintContext } from './complaint.context.js';
import type { ComplaintEvent } from './complaint.events.js';

/** The register of outside contacts is neither corrected nor erased by whoever stands in it, in whichever of its entries. */
export const refuseNamedInRegister = ({ history, actor, actorParties }: ComplaintContext): void => {
  const entries = corrected(history) as readonly Entry<ComplaintEvent>[];
  const isNamed = entries.some((entry) => {
    if (entry.type !== 'OutsideContactRecorded') return false;
    const { whoRef = '', named = [] } = entry.data;
    return named.includes(actor.id) || actorParties.includes(whoRef);
  });
  if (isNamed)
    throw new RuleBroken(
      'named-in-register',
      `${actor.id} is named in the register of outside contacts of this case. Somebody else must do this.`,
    );
};
