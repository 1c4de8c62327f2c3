import type { Decider } from '../event-store/decider.js';
import { allegationActs } from './acts/allegation.acts.js';
import { attachmentActs } from './acts/attachment.acts.js';
import { clockActs } from './acts/clock.acts.js';
import { confidentialActs } from './acts/confidential.acts.js';
import { correctionActs } from './acts/correction.acts.js';
import { endingActs } from './acts/ending.acts.js';
import { erasureActs, refuseErased } from './acts/erasure.acts.js';
import { escalationActs } from './acts/escalation.acts.js';
import { intakeActs } from './acts/intake.acts.js';
import { investigationActs } from './acts/investigation.acts.js';
import { legacyActs } from './acts/legacy.acts.js';
import { peopleActs } from './acts/people.acts.js';
import { progressActs } from './acts/progress.acts.js';
import { suspensionActs } from './acts/suspension.acts.js';
import { refuseAtOnce, type ComplaintContext } from './complaint.context.js';
import { complaintEvents, type ComplaintEvent } from './complaint.events.js';
import { absent, evolve, type Complaint } from './complaint.state.js';

/** The complaint: what can be done to it, and what its history amounts to. */
export const complaint: Decider<Complaint, ComplaintContext, ComplaintEvent> = {
  kind: 'complaint',
  catalogue: complaintEvents,
  acts: {
    ...intakeActs,
    ...allegationActs,
    ...peopleActs,
    ...confidentialActs,
    ...suspensionActs,
    ...investigationActs,
    ...progressActs,
    ...clockActs,
    ...attachmentActs,
    ...endingActs,
    ...escalationActs,
    ...correctionActs,
    ...erasureActs,
    ...legacyActs,
  },
  initial: absent,
  phase: (state) => state.phase,
  over: refuseErased,
  guard: refuseAtOnce,
  evolve,
};
