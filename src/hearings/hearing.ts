import type { Decider } from '../event-store/decider.js';
import { correctionActs } from './acts/correction.acts.js';
import { listingActs } from './acts/listing.acts.js';
import { panelActs } from './acts/panel.acts.js';
import { requestActs } from './acts/request.acts.js';
import { sessionActs } from './acts/session.acts.js';
import { refuseAtOnce, type HearingContext } from './hearing.context.js';
import { hearingEvents, type HearingEvent } from './hearing.events.js';
import { absent, evolve, phaseOf, type Hearing } from './hearing.state.js';

/** The hearing: what can be done to it, and what its history amounts to. */
export const hearing: Decider<Hearing, HearingContext, HearingEvent> = {
  kind: 'hearing',
  catalogue: hearingEvents,
  acts: { ...requestActs, ...panelActs, ...listingActs, ...sessionActs, ...correctionActs },
  initial: absent,
  phase: (state) => (state.phase === 'absent' ? 'absent' : phaseOf(state.status)),
  guard: refuseAtOnce,
  evolve,
};
