import { z } from 'zod';
import { told, type EventOf } from '../event-store/catalogue.js';
import { EntryCorrected } from '../event-store/correction.js';
import { legacySource } from '../event-store/legacy-source.js';
import { day, id, partyRef, personal, staffRef, word } from '../event-store/schema.js';

/** What a resolution stream can hold. A stored type is never renamed: add an upcast and keep the old JSON as a fixture. */

const reasons = personal('case');

export const resolutionKind = z.enum(['formal', 'informal']);
export const findingWord = z.enum(['upheld', 'partly-upheld', 'not-upheld']);
export const standardOfProof = z.enum([
  'balance-of-probabilities',
  'clear-and-convincing',
  'beyond-reasonable-doubt',
]);
export const sanctionKind = z.enum([
  'warning',
  'censure',
  'training',
  'conditions',
  'exclusion',
  'removal-from-office',
  'disqualification',
  'deselection',
  'withdrawal-of-designation',
  'suspension',
  'expulsion',
  'other',
]);
export const appealOutcome = z.enum(['upheld', 'varied', 'remitted', 'dismissed']);

/** The first and last day of a sanction; kinds that are for a fixed period have both. */
const length = {
  from: day.optional().describe('Its first day; needed where the kind is for a fixed period.'),
  until: day
    .optional()
    .describe('Its last day; absent, where the kind bears it: for good, or until it is completed.'),
};

/** What a sanction is made of, and what an appeal may change of it. */
export const sanctionTerms = {
  ...length,
  suspended: z
    .boolean()
    .optional()
    .describe(
      'Suspended from immediate effect: it waits, and lapses when nothing more happens until its end.',
    ),
  details: personal('case').optional().describe('Which meetings, which conditions, how far it reaches.'),
};

export const resolutionEvents = {
  ResolutionOpened: told({
    complaintId: id,
    hearingId: id.optional(),
    kind: resolutionKind,
    source: legacySource.optional(),
  }),
  InformalResolutionAgreed: told({ terms: personal('case'), agreedBy: z.array(partyRef) }),
  FindingMade: told({
    allegationId: id,
    finding: findingWord,
    standardOfProof: standardOfProof.optional().describe('Absent only on an imported finding.'),
    reasons: reasons.optional().describe('Absent only on an imported finding.'),
    by: z.array(staffRef).describe('Who decided; nobody known on an imported finding.'),
    appealId: id.optional().describe('The appeal that replaced the finding made before.'),
    source: legacySource.optional(),
  }),
  SanctionImposed: told({
    sanctionId: id,
    kind: sanctionKind,
    allegationIds: z.array(id),
    respondentRef: partyRef.optional(),
    ...sanctionTerms,
    days: z.int().positive().optional().describe('Its length, where an import knows no dates.'),
    reasons: reasons.optional().describe('Absent only on an imported sanction.'),
    appealId: id.optional(),
    source: legacySource.optional(),
  }),
  DecisionSubmittedForReview: told({}),
  DecisionVerified: told({ remarks: personal('case').optional() }),
  DecisionVetoed: told({ reasons }),
  DecisionNotified: told({
    to: z.array(partyRef),
    notifiedOn: day,
    appealUntil: day.optional().describe('The last day to appeal; absent where there is no appeal.'),
    appealId: id.optional().describe('The appeal whose outcome was notified.'),
  }),
  RemedyOffered: told({
    remedyId: id,
    remedy: word,
    description: personal('case'),
    to: partyRef.optional(),
  }),
  DecisionPublished: told({ where: personal('case', 500), summary: personal('case').optional() }),
  AppealLodged: told({
    appealId: id,
    by: partyRef,
    grounds: personal('case'),
    late: z.boolean(),
    lateReasons: personal('case').optional(),
  }),
  AppealAdmitted: told({ appealId: id, reasons }),
  AppealRefused: told({ appealId: id, reasons }),
  AppealDetermined: told({
    appealId: id,
    outcome: appealOutcome,
    reasons,
    by: z.array(staffRef),
    undoneHearings: z
      .array(id)
      .optional()
      .describe('When it is remitted: what was heard does not count again.'),
  }),
  SanctionVaried: told({
    sanctionId: id,
    appealId: id,
    kind: sanctionKind.optional(),
    ...sanctionTerms,
    reasons,
  }),
  SanctionQuashed: told({ sanctionId: id, appealId: id, reasons }),
  SanctionStayed: told({ sanctionId: id, appealId: id, reasons }),
  SanctionCompleted: told({ sanctionId: id, remarks: personal('case').optional() }),
  SanctionBreached: told({ sanctionId: id, details: personal('case') }),
  EntryCorrected,
};

export type ResolutionEvent = EventOf<typeof resolutionEvents>;
