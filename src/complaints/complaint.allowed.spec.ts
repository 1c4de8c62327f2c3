import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { allowedCommands } from '../access/command-door.js';
import {
  complainant,
  given,
  policy,
  received,
  respondent,
  stranger,
  told,
  usual,
} from '../../test/support/complaints.js';
import { anId } from '../../test/support/given.js';
import { calendar, life, lived, type Attempt } from '../../test/support/lives/complaint-life.js';
import { checkOffers, everyWay } from '../../test/support/offers.js';
import { defaultPolicy, landlordPolicy } from '../../test/support/resolution-case.js';
import { plusDays } from '../clocks/days.js';
import type { PolicySet } from '../clocks/policy-set.js';
import { fold } from '../event-store/fold.js';
import type { ComplaintContext } from './complaint.context.js';
import { deadlinesOf } from './complaint.deadlines.js';
import { outcome } from './complaint.events.js';
import { complaint } from './complaint.js';
import type { KnownComplaint } from './complaint.state.js';

const head = { id: 'staff-9', roles: ['casework-head'] } as const;

describe('what is offered to do to a case', () => {
  const offered = (policy = defaultPolicy, ...events: Parameters<typeof given>) =>
    allowedCommands(complaint, given(received(), ...events).state(), head, { policy });

  it('leaves out what the case as it stands rules out', () => {
    const now = offered();
    expect(now).toEqual(expect.arrayContaining(['acknowledge', 'pause-clock', 'assign-handler', 'close']));
    for (const act of ['adopt', 'resume-clock', 'lift-interim-suspension', 'release-legal-hold', 'report'])
      expect(now).not.toContain(act);
  });

  it('follows what happens to it', () => {
    const paused = offered(
      defaultPolicy,
      told('ClockPaused', { reason: 'court-proceedings', basis: 'Asked.' }),
    );
    expect(paused).toContain('resume-clock');
    expect(paused).not.toContain('pause-clock');
  });

  it('offers no pause under a policy that allows none', () =>
    expect(offered(landlordPolicy)).not.toContain('pause-clock'));
});

/** A sample in the ordinary suite, many in the long one. */
const RUNS = process.env['REDRESS_LONG'] ? 5000 : 200;
const UNDOORED = [
  'AttachHearing',
  'PostponeForCompanion',
  'HoldHearing',
  'AttachResolution',
  'Implicate',
  'RecordLegacyCase',
  'CloseLegacyCase',
  'Receive',
];
const ACTS = Object.keys(complaint.acts).filter((name) => !UNDOORED.includes(name));
const reasons = 'For reasons.';

const inputsOn = (today: string, file: KnownComplaint): Readonly<Record<string, readonly object[]>> => {
  const party = [complainant, respondent, stranger];
  const suspensionId = file.suspensions.map((each) => each.suspensionId);
  const allegationId = file.allegations.map((each) => each.allegationId);
  const documentIds = [[], ...file.evidence.map(({ documentId }) => [documentId])];
  const ahead = plusDays(today, 20);
  const holding = [file.handlerId, file.investigatorId].filter((each) => each !== undefined);
  const holders = [...new Set([...holding, 'staff-new'])];
  const each = (fields: Readonly<Record<string, readonly unknown[]>>) =>
    everyWay({ ...fields, reasons: [reasons] });
  return {
    Acknowledge: [{}],
    AddAllegation: [{ category: 'abuse' }],
    AmendAllegation: each({ allegationId, category: ['abuse'] }),
    WithdrawAllegation: each({ allegationId }),
    IdentifyRespondent: everyWay({ respondentRef: party }),
    Triage: [{ decision: 'investigate', severity: 'low', reasons }],
    Refer: [{ to: 'The police', reasons }],
    Link: [{ complaintId: anId(999), reasons }],
    AssignHandler: [{ handlerId: 'staff-new' }],
    DeclareConflict: [{ nature: 'A cousin.' }],
    Recuse: [{ staffId: 'staff-new', reasons }],
    RestrictCase: [{ people: holders, basis: 'An order.', until: ahead }],
    SealCase: [{ basis: 'An order.', until: ahead }],
    BreakGlass: [{ reason: 'A threat.' }],
    ReviewBreakGlass: [{ openingId: anId(71), finding: 'justified' }],
    RecordOutsideContact: [{ who: 'A', office: 'B', subject: 'C', response: 'D' }],
    ImposeInterimSuspension: each({ respondentRef: party, reviewOn: [ahead] }),
    ReviewInterimSuspension: each({ suspensionId, reviewOn: [ahead] }),
    LiftInterimSuspension: each({ suspensionId }),
    OpenInvestigation: [{ investigatorId: 'staff-new', termsOfReference: 'All of it.' }],
    SubmitEvidence: [{ sha256: 'a'.repeat(64), source: 'Post' }],
    Disclose: everyWay({ to: party, documentIds }),
    RecordResponse: everyWay({ from: party, response: ['No.'] }),
    CheckAccuracy: everyWay({ by: party }),
    Report: [{ summary: 'It was so.' }],
    SendProgressUpdate: everyWay({ to: party.map((id) => [id]), update: ['Soon.'] }),
    ReportDelay: [{ to: 'The office', report: 'It takes long.' }],
    PauseClock: everyWay({ reason: ['court-proceedings', 'process-suspended'], basis: ['A letter.'] }),
    ResumeClock: [{}],
    ExtendDeadline: each({
      deadline: ['acknowledge', 'resolve', 'respond'],
      newDueOn: Array.from({ length: 100 }, (_, days) => plusDays(today, days)),
    }),
    Close: each({ outcome: outcome.options }),
    PlaceLegalHold: [{ basis: 'A claim.' }],
    Erase: [{ basis: 'objection' }],
    ReleaseLegalHold: each({ holdId: file.holds }),
    Escalate: [{ reasons }],
    AcknowledgeEscalation: [{}],
  };
};

interface Look {
  readonly by: string;
  readonly later: number;
  readonly proceedings: Partial<ComplaintContext['proceedings']>;
  readonly policy: PolicySet;
  readonly everyFinding: boolean;
}

const look: fc.Arbitrary<Look> = fc.record({
  by: fc.nat({ max: 9 }).map((n) => `staff-${n}`),
  later: fc.nat({ max: 40 }),
  proceedings: fc.constantFrom(
    {},
    {},
    { liveHearings: [{ id: anId(5), shown: true }] },
    { pendingReviews: [anId(5)] },
    { pendingAppeals: [anId(5)] },
    { appealUntil: '2026-03-20' },
    { agreedOn: '2026-02-28' },
  ),
  policy: fc.constantFrom(policy, policy, landlordPolicy),
  everyFinding: fc.boolean(),
});

const checkLook = (attempts: readonly Attempt[], seenAs: Look): void => {
  const { history, day } = lived(attempts);
  const file = fold(complaint, history);
  if (file.phase === 'absent') return;
  const today = plusDays(day, seenAs.later);
  const determinedAllegations = seenAs.everyFinding ? file.allegations.map((each) => each.allegationId) : [];
  const seen = {
    policy: seenAs.policy,
    deadlines: deadlinesOf(file, seenAs.policy, calendar, today),
    proceedings: { ...usual.proceedings, determinedAllegations, ...seenAs.proceedings },
    actor: { id: seenAs.by, role: 'casework-head' },
    actorParties: seenAs.by === 'staff-2' ? [stranger] : [],
    on: today,
    today,
  };
  const correction = { path: ['channel'], new: 'email', reason: 'Slip.', basis: 'The letter.' };
  const inputs = {
    ...inputsOn(today, file),
    CorrectEntry: history.slice(0, 1).map(({ id: eventId }) => ({ eventId, ...correction })),
  };
  checkOffers(complaint, ACTS, {
    state: file,
    seen,
    contextFor: () => ({ ...usual, ...seen, history }),
    inputsFor: (act) => (inputs as Readonly<Record<string, readonly object[]>>)[act] ?? [{ reasons }],
  });
};

describe('whatever happened to a case before', () => {
  it('what is offered is what can be done', () =>
    fc.assert(
      fc.property(life, look, (attempts, seen) => checkLook(attempts, seen)),
      { numRuns: RUNS },
    ));
});
