import { reckonedBy } from '../clocks/reckoned-by.js';
import { z } from 'zod';
import { SEVERITIES } from '../clocks/deadline-rule.js';
import { OUTCOMES } from '../clocks/retention.js';
import { told, type EventOf } from '../event-store/catalogue.js';
import { EntryCorrected } from '../event-store/correction.js';
import { erasureTold } from '../event-store/erasure.js';
import { legacySource } from '../event-store/legacy-source.js';
import { day, id, instant, partyRef, personal, sha256, staffRef, word } from '../event-store/schema.js';

/** What a complaint stream can hold. A stored type is never renamed: add an upcast and keep the old JSON as a fixture. */

const reasons = personal('case');

export const severity = z.enum(SEVERITIES);
/** How a case of a legacy register ended, where many a register does not say it. */
export const legacyOutcome = z.enum(OUTCOMES);
export const outcome = legacyOutcome.exclude(['not-stated']);

export const allegation = z.object({
  allegationId: id,
  respondentRef: partyRef.optional(),
  category: word,
  description: personal('case').optional(),
  characteristics: z.array(word),
  rules: z.array(word),
  incidentFrom: day.optional(),
  incidentTo: day.optional(),
});

/** Whether somebody had reason to see what they were not named for. */
export const glassFinding = z.enum(['justified', 'unjustified']);

export const complaintEvents = {
  ComplaintReceived: told({
    reference: word,
    channel: word,
    receivedOn: day,
    category: word,
    summary: personal('case').optional(),
    standing: word.optional(),
    complainantRef: partyRef.optional(),
    policySet: word.optional().describe('Absent on an imported case until somebody adopts it.'),
    source: legacySource.optional(),
  }),
  CaseAdopted: told({ policySet: word, reasons }),
  ComplaintAcknowledged: told({ acknowledgedOn: day }),
  AllegationAdded: told({ ...allegation.shape, source: legacySource.optional() }),
  AllegationAmended: told({ ...allegation.shape, reasons }),
  AllegationWithdrawn: told({ allegationId: id, reasons }),
  RespondentIdentified: told({ respondentRef: partyRef }),
  TriageCompleted: told({
    decision: z.enum(['investigate', 'resolve-informally', 'reject', 'refer']),
    severity,
    reasons,
  }),
  ComplaintRejected: told({ reasons }),
  ComplaintReferred: told({ to: personal('case', 500), reasons }),
  ComplaintsLinked: told({ complaintId: id, reasons }),
  HandlerAssigned: told({ handlerId: staffRef }),
  ConflictDeclared: told({ staffId: staffRef, nature: personal('case') }),
  HandlerRecused: told({ staffId: staffRef, reasons }),
  StaffImplicated: told({
    staffId: staffRef,
    partyRef,
  }),
  CaseRestricted: told({ people: z.array(staffRef).min(1).max(50), basis: personal('case'), until: day }),
  RestrictionLifted: told({ reasons }),
  CaseSealed: told({ basis: personal('case'), until: day }),
  SealLifted: told({ reasons }),
  BreakGlassOpened: told({ openingId: id, staffId: staffRef, reason: personal('case'), until: instant }),
  BreakGlassReviewed: told({ openingId: id, finding: glassFinding, remarks: personal('case').optional() }),
  InterimSuspensionImposed: told({ suspensionId: id, respondentRef: partyRef, reasons, reviewOn: day }),
  InterimSuspensionReviewed: told({ suspensionId: id, reasons, reviewOn: day }),
  InterimSuspensionLifted: told({ suspensionId: id, reasons }),
  InvestigationOpened: told({ investigatorId: staffRef, termsOfReference: personal('case') }),
  EvidenceSubmitted: told({
    documentId: id,
    sha256,
    source: personal('case', 500),
    description: personal('case').optional(),
    submittedBy: partyRef.optional(),
  }),
  DisclosureMade: told({ to: partyRef, documentIds: z.array(id) }),
  ResponseReceived: told({ from: partyRef, response: personal('case') }),
  AccuracyCheckCompleted: told({ by: partyRef, remarks: personal('case').optional() }),
  ProgressUpdateSent: told({ to: z.array(partyRef), update: personal('case') }),
  DelayReported: told({ to: personal('case', 500), report: personal('case'), expectedBy: day.optional() }),
  InvestigationReported: told({ summary: personal('case'), documentId: id.optional() }),
  ClockPaused: told({ reason: word, basis: personal('case') }),
  ClockResumed: told({}),
  DeadlineExtended: told({ deadline: word, oldDueOn: day, newDueOn: day, reasons: reasons.optional() }),
  OutsideContactRecorded: told({
    who: personal('case', 500),
    office: personal('case', 500),
    subject: personal('case'),
    response: personal('case'),
    whoRef: partyRef.optional(),
    named: z.array(staffRef).max(20).optional(),
  }),
  ComplaintWithdrawn: told({ by: partyRef.optional(), continueInOwnName: z.boolean(), reasons }),
  ComplaintClosed: told({
    outcome: legacyOutcome,
    reasons: reasons.optional(),
    source: legacySource.optional(),
    reckonedBy: reckonedBy
      .optional()
      .describe('What its deadlines were reckoned by; absent on one that was imported.'),
  }),
  ComplaintReopened: told({ reasons }),
  ComplaintEscalated: told({ stage: word, requestedOn: day, reasons }),
  EscalationAcknowledged: told({ acknowledgedOn: day }),
  HearingAttached: told({ hearingId: id }),
  HearingPostponedForCompanion: told({
    hearingId: id,
    proposedFor: day.describe('The day on which the companion cannot come.'),
  }),
  HearingHeld: told({ hearingId: id }),
  ResolutionAttached: told({ resolutionId: id }),
  LegalHoldPlaced: told({ holdId: id, basis: personal('case') }),
  LegalHoldReleased: told({ holdId: id, reasons }),
  PersonalDataErased: told({
    ...erasureTold,
    hearingIds: z.array(id).describe('The hearings of no other case, whose keys went with it.'),
  }),
  EntryCorrected,
};

export type ComplaintEvent = EventOf<typeof complaintEvents>;
