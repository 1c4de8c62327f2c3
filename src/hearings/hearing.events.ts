import { z } from 'zod';
import { told, type EventOf } from '../event-store/catalogue.js';
import { EntryCorrected } from '../event-store/correction.js';
import { day, id, instant, partyRef, personal, staffRef, zone } from '../event-store/schema.js';

/** What a hearing stream can hold. A stored type is never renamed: add an upcast and keep the old JSON as a fixture. */

const reasons = personal('case');

export const kind = z.enum(['first', 'appeal']);
export const mode = z.enum(['in-person', 'remote', 'hybrid']);
export const panelRole = z.enum(['chair', 'member']);

/** Why a party asks for another day, as far as a limit may hang on it. */
export const postponementCause = z.enum(['companion-unavailable', 'other']);

/** When an adjourned hearing goes on. */
export const resumption = z.strictObject({ at: instant, zone });

export const hearingEvents = {
  HearingRequested: told({
    complaintIds: z.array(id),
    kind,
    appealIds: z.array(id).optional().describe('The appeals that it hears; any of these cases when absent.'),
    reasons: reasons.optional(),
  }),
  PanelConvened: told({ members: z.array(z.object({ staffId: staffRef, role: panelRole })) }),
  PanelMemberRecused: told({ staffId: staffRef, reasons }),
  HearingListed: told({
    startsAt: instant,
    zone,
    mode,
    waiver: personal('case')
      .optional()
      .describe('Why it is listed at shorter notice than the procedure asks.'),
  }),
  NoticeServed: told({
    to: partyRef,
    servedOn: day,
    waiver: personal('case').optional().describe('Why short notice is accepted.'),
  }),
  CompanionNominated: told({ partyRef, companionRef: partyRef }),
  PostponementRequested: told({ by: partyRef, reasons, cause: postponementCause.optional() }),
  PostponementGranted: told({ reasons }),
  PostponementRefused: told({ reasons }),
  HearingVacated: told({ reasons }),
  HearingCancelled: told({ reasons }),
  HearingStarted: told({ present: z.array(staffRef) }),
  HearingAdjourned: told({ reasons, resumption: resumption.optional() }),
  HearingResumed: told({ present: z.array(staffRef) }),
  HearingConcluded: told({ remarks: personal('case').optional() }),
  EntryCorrected,
};

export type HearingEvent = EventOf<typeof hearingEvents>;
