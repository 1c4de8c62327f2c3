import type { EventData } from '../event-store/catalogue.js';
import { evolveWith } from '../event-store/decider.js';
import type { Entry } from '../event-store/event.js';
import type { ComplaintEvent, complaintEvents } from './complaint.events.js';
import { acknowledged, escalated, handledBy, type Staged } from './complaint.escalation.js';
import { opened, restricted, reviewed, sealed, sealedAnew, type Guarded } from './complaint.confidential.js';
import { countsForClocks, milestoneOf, undone, type Milestone } from './complaint.milestones.js';
import type { Extension, Gap, Pause, Suspension } from './complaint.parts.js';
import { implicated, namedWith, steppedAside, type Naming, type StaffOnCase } from './complaint.people.js';
import { furthest, type Stage } from './complaint.stages.js';

/** What a complaint's history amounts to. Personal text in it stays sealed: no rule needs to read it. */

type Data<T extends keyof typeof complaintEvents> = EventData<typeof complaintEvents, T>;
type Source = NonNullable<Data<'ComplaintReceived'>['source']>;

export type Allegation = Omit<Data<'AllegationAdded'>, 'source' | 'backdatingReason'> & {
  readonly withdrawn: boolean;
};

export interface CaseFile extends Staged, StaffOnCase, Naming, Guarded {
  readonly reference: string;
  readonly channel: string;
  readonly category: string;
  readonly summary?: string | undefined;
  readonly standing?: string | undefined;
  readonly receivedOn: string;
  readonly complainantRef?: string | undefined;
  readonly policySet?: string | undefined;
  readonly source?: Pick<Source, 'name' | 'id' | 'flags'> | undefined;
  readonly stage: Stage;
  readonly severity?: Data<'TriageCompleted'>['severity'] | undefined;
  readonly acknowledgedOn?: string | undefined;
  readonly allegations: readonly Allegation[];
  readonly respondentRefs: readonly string[];
  readonly suspensions: readonly Suspension[];
  readonly evidence: readonly Pick<Data<'EvidenceSubmitted'>, 'documentId' | 'sha256'>[];
  readonly disclosedTo: readonly string[];
  readonly responses: number;
  readonly linked: readonly string[];
  readonly holds: readonly string[];
  /** Ids of the hearings and resolutions of this case: whoever closes it must look at each of them. */
  readonly hearings: readonly string[];
  readonly resolutions: readonly string[];
  readonly pauses: readonly Pause[];
  readonly extensions: readonly Extension[];
  readonly gaps: readonly Gap[];
  readonly milestones: readonly Milestone[];
  /** How it is about to end; a close of its own follows. */
  readonly ending?: 'rejected' | 'referred' | 'withdrawn' | undefined;
  /** The complainant withdrew, and the body goes on in its own name. */
  readonly inOwnName?: boolean | undefined;
  readonly outsideContacts: number;
  /** What is personal in it can be read no more. */
  readonly erased?: true | undefined;
}

interface Open extends CaseFile {
  readonly phase: 'open';
}

interface Closed extends CaseFile {
  readonly phase: 'closed';
  readonly closedOn: string;
  readonly outcome: Data<'ComplaintClosed'>['outcome'];
  /** What its deadlines were reckoned by then; it keeps that until it is reopened. */
  readonly reckoned?: Data<'ComplaintClosed'>['reckonedBy'];
}

export type KnownComplaint = Open | Closed;
export type Complaint = { readonly phase: 'absent' } | KnownComplaint;

export const absent: Complaint = { phase: 'absent' };

/** The case file; a stream that was never begun has none, and no event can follow nothing. */
export const known = (complaint: Complaint): KnownComplaint => {
  if (complaint.phase === 'absent') throw new Error('A complaint begins with ComplaintReceived.');
  return complaint;
};

const change = (complaint: Complaint, fields: Partial<CaseFile>): Complaint => ({
  ...known(complaint),
  ...fields,
});

const reach = (complaint: Complaint, stage: Stage): Stage => furthest(known(complaint).stage, stage);

const received = (told: Data<'ComplaintReceived'>): Complaint => ({
  // Field by field, and each that a case may come to have: what is added later, behind a spread, costs microseconds.
  reference: told.reference,
  channel: told.channel,
  category: told.category,
  summary: told.summary,
  standing: told.standing,
  receivedOn: told.receivedOn,
  complainantRef: told.complainantRef,
  policySet: told.policySet,
  source: told.source && { name: told.source.name, id: told.source.id, flags: told.source.flags },
  phase: 'open',
  stage: 'received',
  allegations: [],
  respondentRefs: [],
  recused: [],
  suspensions: [],
  evidence: [],
  disclosedTo: [],
  responses: 0,
  linked: [],
  holds: [],
  hearings: [],
  resolutions: [],
  pauses: [],
  extensions: [],
  gaps: [],
  milestones: [],
  outsideContacts: 0,
  severity: undefined,
  acknowledgedOn: undefined,
  handlerId: undefined,
  investigatorId: undefined,
  ending: undefined,
  inOwnName: undefined,
  escalations: undefined,
  handlers: undefined,
  earlierHandlers: undefined,
  erased: undefined,
});

const allegationChanged = (
  complaint: Complaint,
  allegationId: string,
  changed: (allegation: Allegation) => Allegation,
): Complaint =>
  change(complaint, {
    allegations: known(complaint).allegations.map((allegation) =>
      allegation.allegationId === allegationId ? changed(allegation) : allegation,
    ),
  });

const suspensionChanged = (
  complaint: Complaint,
  suspensionId: string,
  fields: Partial<Suspension>,
): Complaint =>
  change(complaint, {
    suspensions: known(complaint).suspensions.map((suspension) =>
      suspension.suspensionId === suspensionId ? { ...suspension, ...fields } : suspension,
    ),
  });

/** Sorted anew, a case that was to be rejected or referred goes on; one that was withdrawn does not come back so. */
const triaged = (
  complaint: Complaint,
  { decision, severity }: Data<'TriageCompleted'>,
  { on }: Entry<ComplaintEvent>,
): Complaint => {
  const { ending, milestones } = known(complaint);
  const goesOn = ending !== 'withdrawn' && ['investigate', 'resolve-informally'].includes(decision);
  return change(complaint, {
    severity,
    stage: reach(complaint, 'triaged'),
    ...(goesOn && ending !== undefined
      ? { ending: undefined, milestones: undone(milestones, on, (event) => event !== 'ComplaintWithdrawn') }
      : {}),
  });
};

const closed = (
  complaint: Complaint,
  { outcome, reckonedBy: reckoned }: Data<'ComplaintClosed'>,
  closedOn: string,
): Complaint => {
  const file = known(complaint);
  return file.phase === 'closed' ? file : { closedOn, outcome, reckoned, ...file, phase: 'closed' };
};

/** Open again from that day on; the days since the closing are a gap. */
const takenUp = (complaint: Complaint, reopenedOn: string): Complaint => {
  const file = known(complaint);
  if (file.phase === 'open') return file;
  const { closedOn, outcome: _, reckoned: __, ...rest } = file;
  return { ...rest, phase: 'open', ending: undefined, gaps: [...file.gaps, { closedOn, reopenedOn }] };
};

const reopened = (complaint: Complaint, reopenedOn: string): Complaint => {
  const file = known(complaint);
  if (file.phase === 'open') return file;
  const milestones = undone(file.milestones, reopenedOn, () => true);
  return change(takenUp(file, reopenedOn), { milestones });
};

const resumed = (complaint: Complaint, to: string): Complaint =>
  change(complaint, {
    pauses: known(complaint).pauses.map((pause) => (pause.to === null ? { ...pause, to } : pause)),
  });

const step = evolveWith<Complaint, ComplaintEvent>({
  ComplaintReceived: (_, data) => received(data),
  CaseAdopted: (complaint, { policySet }) => change(complaint, { policySet }),
  ComplaintAcknowledged: (complaint, { acknowledgedOn }) =>
    change(complaint, { acknowledgedOn, stage: reach(complaint, 'acknowledged') }),
  AllegationAdded: (complaint, { source: _, backdatingReason: __, ...allegation }) =>
    change(complaint, {
      allegations: [...known(complaint).allegations, { withdrawn: false, ...allegation }],
    }),
  AllegationAmended: (complaint, { reasons: _, backdatingReason: __, ...stated }) =>
    allegationChanged(complaint, stated.allegationId, ({ withdrawn }) => ({ ...stated, withdrawn })),
  AllegationWithdrawn: (complaint, { allegationId }) =>
    allegationChanged(complaint, allegationId, (allegation) => ({ ...allegation, withdrawn: true })),
  RespondentIdentified: (complaint, { respondentRef }) =>
    change(complaint, { respondentRefs: [...known(complaint).respondentRefs, respondentRef] }),
  TriageCompleted: triaged,
  ComplaintRejected: (complaint) => change(complaint, { ending: 'rejected' }),
  ComplaintReferred: (complaint) => change(complaint, { ending: 'referred' }),
  ComplaintsLinked: (complaint, { complaintId }) =>
    change(complaint, { linked: [...known(complaint).linked, complaintId] }),
  HandlerAssigned: (complaint, { handlerId }) =>
    change(complaint, { handlerId, ...handledBy(known(complaint), handlerId) }),
  ConflictDeclared: (complaint, { staffId }) => change(complaint, steppedAside(known(complaint), staffId)),
  HandlerRecused: (complaint, { staffId }) => change(complaint, steppedAside(known(complaint), staffId)),
  StaffImplicated: (complaint, { staffId }) => change(complaint, implicated(known(complaint), staffId)),
  CaseRestricted: (complaint, { people, until }) =>
    change(complaint, restricted(known(complaint), { people, until })),
  RestrictionLifted: (complaint) => change(complaint, restricted(known(complaint), undefined)),
  CaseSealed: (complaint, { until }, { actor, on }) =>
    change(complaint, sealedAnew(known(complaint), { by: actor.id, until }, on)),
  SealLifted: (complaint) => change(complaint, sealed(known(complaint), undefined)),
  BreakGlassOpened: (complaint, { openingId, staffId, reason, until }, { on: openedOn }) =>
    change(complaint, opened(known(complaint), { openingId, staffId, reason, until, openedOn })),
  BreakGlassReviewed: (complaint, { openingId, finding }, { actor }) =>
    change(complaint, reviewed(known(complaint), { openingId, reviewedBy: actor.id, finding })),
  InterimSuspensionImposed: (complaint, { suspensionId, respondentRef, reviewOn }, { on: imposedOn }) =>
    change(complaint, {
      suspensions: [
        ...known(complaint).suspensions,
        { suspensionId, respondentRef, imposedOn, reviewOn, live: true },
      ],
    }),
  InterimSuspensionReviewed: (complaint, { suspensionId, reviewOn }) =>
    suspensionChanged(complaint, suspensionId, { reviewOn }),
  InterimSuspensionLifted: (complaint, { suspensionId }) =>
    suspensionChanged(complaint, suspensionId, { live: false }),
  InvestigationOpened: (complaint, { investigatorId }) =>
    change(complaint, {
      investigatorId,
      stage: reach(complaint, 'under-investigation'),
      ...handledBy(known(complaint), investigatorId),
    }),
  EvidenceSubmitted: (complaint, { documentId, sha256 }) =>
    change(complaint, { evidence: [...known(complaint).evidence, { documentId, sha256 }] }),
  DisclosureMade: (complaint, { to }) =>
    change(complaint, { disclosedTo: [...known(complaint).disclosedTo, to] }),
  ResponseReceived: (complaint) => change(complaint, { responses: known(complaint).responses + 1 }),
  AccuracyCheckCompleted: (complaint) => complaint,
  // Each is a milestone, and nothing more.
  ProgressUpdateSent: (complaint) => complaint,
  DelayReported: (complaint) => complaint,
  HearingPostponedForCompanion: (complaint) => complaint,
  HearingHeld: (complaint) => complaint,
  InvestigationReported: (complaint) => change(complaint, { stage: reach(complaint, 'reported') }),
  ClockPaused: (complaint, { reason }, { on }) =>
    change(complaint, { pauses: [...known(complaint).pauses, { from: on, to: null, reason }] }),
  ClockResumed: (complaint, _, { on }) => resumed(complaint, on),
  DeadlineExtended: (complaint, { deadline, newDueOn: to }, { on: grantedOn }) =>
    change(complaint, { extensions: [...known(complaint).extensions, { deadline, grantedOn, to }] }),
  OutsideContactRecorded: (complaint) =>
    change(complaint, { outsideContacts: known(complaint).outsideContacts + 1 }),
  ComplaintWithdrawn: (complaint, { continueInOwnName }) =>
    change(complaint, continueInOwnName ? { inOwnName: true } : { ending: 'withdrawn' }),
  ComplaintClosed: (complaint, data, { on }) => closed(complaint, data, on),
  ComplaintReopened: (complaint, _, { on }) => reopened(complaint, on),
  ComplaintEscalated: (complaint, data) =>
    change(takenUp(complaint, data.requestedOn), escalated(known(complaint), data)),
  EscalationAcknowledged: (complaint, { acknowledgedOn }) =>
    change(complaint, acknowledged(known(complaint), acknowledgedOn)),
  HearingAttached: (complaint, { hearingId }) =>
    change(complaint, {
      stage: reach(complaint, 'hearing'),
      hearings: [...known(complaint).hearings, hearingId],
    }),
  ResolutionAttached: (complaint, { resolutionId }) =>
    change(complaint, {
      stage: reach(complaint, 'resolution'),
      resolutions: [...known(complaint).resolutions, resolutionId],
    }),
  LegalHoldPlaced: (complaint, { holdId }) =>
    change(complaint, { holds: [...known(complaint).holds, holdId] }),
  LegalHoldReleased: (complaint, { holdId }) =>
    change(complaint, { holds: known(complaint).holds.filter((hold) => hold !== holdId) }),
  PersonalDataErased: (complaint) => change(complaint, { erased: true }),
  EntryCorrected: (complaint) => complaint,
});

export const evolve = (complaint: Complaint, entry: Entry<ComplaintEvent>): Complaint => {
  const told = step(complaint, entry);
  const named = namedWith(known(told), entry);
  const next = named === known(told).named ? told : change(told, { named });
  if (!countsForClocks(entry)) return next;
  return change(next, { milestones: [...known(next).milestones, milestoneOf(entry)] });
};
