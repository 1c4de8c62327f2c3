import type { Decider } from '../event-store/decider.js';
import { appealActs } from './acts/appeal.acts.js';
import { correctionActs } from './acts/correction.acts.js';
import { decisionActs } from './acts/decision.acts.js';
import { legacyActs } from './acts/legacy.acts.js';
import { openingActs } from './acts/opening.acts.js';
import { reviewActs } from './acts/review.acts.js';
import { sanctionActs } from './acts/sanction.acts.js';
import { refuseAtOnce } from './resolution.checks.js';
import type { ResolutionContext } from './resolution.context.js';
import { resolutionEvents, type ResolutionEvent } from './resolution.events.js';
import { absent, evolve, type Resolution } from './resolution.state.js';

/** The resolution: how a case is decided, reviewed, told and appealed. */
export const resolution: Decider<Resolution, ResolutionContext, ResolutionEvent> = {
  kind: 'resolution',
  catalogue: resolutionEvents,
  acts: {
    ...openingActs,
    ...decisionActs,
    ...reviewActs,
    ...appealActs,
    ...sanctionActs,
    ...correctionActs,
    ...legacyActs,
  },
  initial: absent,
  phase: (state) => state.phase,
  guard: (_, context) => refuseAtOnce(context),
  evolve,
};
