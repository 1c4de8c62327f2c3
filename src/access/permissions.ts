import { Forbidden } from '../event-store/errors.js';
import type { Principal, Role } from './principal.js';

/**
 * Who may do what: one table, default deny. What is not listed may be done by nobody through any door (import has its
 * own). Whether somebody may act on this very case (recusal, conflict) is the decider's question.
 */
const casework: readonly Role[] = ['case-handler', 'casework-head'];
const investigation: readonly Role[] = ['investigator', ...casework];
const hearingRoom: readonly Role[] = ['panel-chair', ...casework];
const decision: readonly Role[] = ['decision-maker', 'panel-chair'];
const ruling: readonly Role[] = ['casework-head', 'operator'];
const entry: readonly Role[] = ['intake', ...casework];
const staff: readonly Role[] = [
  'intake',
  ...investigation,
  'panel-member',
  'panel-chair',
  'decision-maker',
  'independent-reviewer',
];
/** Whoever works here, on a record of their own; a head of casework first, who may act on others' too. */
const themself: readonly Role[] = [...new Set<Role>(['casework-head', ...staff])];
const appeal: readonly Role[] = ['independent-reviewer', 'panel-chair', 'decision-maker'];

export const permissions: Readonly<Record<string, Readonly<Record<string, readonly Role[]>>>> = {
  complaint: {
    Receive: [...entry, 'integration'],
    Acknowledge: entry,
    AddAllegation: entry,
    AmendAllegation: investigation,
    WithdrawAllegation: casework,
    IdentifyRespondent: [...entry, 'investigator'],
    Triage: casework,
    Reject: casework,
    Refer: casework,
    Link: casework,
    Adopt: casework,
    AssignHandler: casework,
    DeclareConflict: staff,
    Recuse: ['casework-head', 'independent-reviewer'],
    ImposeInterimSuspension: ['casework-head', 'decision-maker'],
    ReviewInterimSuspension: ['casework-head', 'decision-maker'],
    LiftInterimSuspension: ['casework-head', 'decision-maker'],
    OpenInvestigation: casework,
    SubmitEvidence: [...investigation, 'intake'],
    Disclose: investigation,
    RecordResponse: investigation,
    CheckAccuracy: investigation,
    Report: investigation,
    SendProgressUpdate: investigation,
    ReportDelay: investigation,
    PauseClock: casework,
    ResumeClock: casework,
    ExtendDeadline: casework,
    RecordOutsideContact: staff,
    Withdraw: entry,
    Close: casework,
    Escalate: entry,
    AcknowledgeEscalation: entry,
    Reopen: ['casework-head', 'independent-reviewer'],
    CorrectEntry: casework,
    PlaceLegalHold: ['casework-head'],
    ReleaseLegalHold: ['casework-head'],
  },
  hearing: {
    Request: [...investigation, 'independent-reviewer'],
    ConvenePanel: casework,
    RecusePanelMember: ['panel-chair', 'casework-head'],
    List: hearingRoom,
    ServeNotice: hearingRoom,
    NominateCompanion: hearingRoom,
    RequestPostponement: hearingRoom,
    GrantPostponement: ['panel-chair', 'casework-head'],
    RefusePostponement: ['panel-chair', 'casework-head'],
    Vacate: hearingRoom,
    Cancel: hearingRoom,
    Start: ['panel-chair'],
    Adjourn: ['panel-chair'],
    Resume: ['panel-chair'],
    Conclude: ['panel-chair'],
    CorrectEntry: hearingRoom,
  },
  resolution: {
    Open: [...casework, ...decision],
    AgreeInformally: casework,
    MakeFinding: decision,
    ImposeSanction: decision,
    SubmitForReview: decision,
    VerifyDecision: ['independent-reviewer'],
    VetoDecision: ['independent-reviewer'],
    Notify: casework,
    OfferRemedy: [...casework, ...decision],
    Publish: casework,
    LodgeAppeal: entry,
    AdmitAppeal: appeal,
    RefuseAppeal: appeal,
    DetermineAppeal: appeal,
    VarySanction: appeal,
    QuashSanction: appeal,
    StaySanction: appeal,
    CompleteSanction: casework,
    BreachSanction: casework,
    CorrectEntry: [...casework, ...decision],
  },
  party: {
    Register: [...entry, 'investigator', 'integration'],
    ChangeContact: [...entry, 'investigator'],
    IdentifyStaff: ['casework-head', 'intake'],
    CorrectEntry: casework,
  },
  staff: {
    Enrol: ruling,
    ChangeDuties: ruling,
    ArrangeReminders: themself,
    RecordAbsence: themself,
    EndAbsence: themself,
    OpenFeed: themself,
    RevokeFeed: ['operator', ...themself],
  },
  deadlines: { SendAgain: ['operator', ...casework], Snooze: staff },
  policy: { Publish: ruling, Supersede: ruling },
  calendar: { Revise: ruling },
  statistics: { Publish: ruling },
  read: {
    cases: [...staff, 'auditor'],
    backlog: [...staff, 'auditor', 'operator'],
    // Who may ask about any days may subtract; whoever sees the cases themselves learns nothing by it.
    statistics: [...staff, 'auditor'],
    releases: [...staff, 'auditor', 'operator'],
    history: [...staff, 'auditor'],
    log: ['auditor', 'operator'],
    events: ['auditor', 'integration'],
    questions: ['auditor'],
    hearings: [...staff, 'auditor'],
    resolutions: [...staff, 'auditor'],
    parties: [...staff, 'auditor'],
    reminders: [...staff, 'auditor', 'operator'],
    staff: [...staff, 'auditor', 'operator'],
    documents: [...staff, 'auditor'],
    policies: [...staff, 'auditor', 'operator'],
    externalRecords: [...staff, 'auditor'],
    queues: ['operator'],
    documentUpload: [...entry, 'investigator'],
  },
};

/** Who may do this; undefined when nobody may through any door. */
export const rolesFor = (kind: string, act: string): readonly Role[] | undefined => {
  const acts = Object.hasOwn(permissions, kind) ? permissions[kind] : undefined;
  return acts && Object.hasOwn(acts, act) ? acts[act] : undefined;
};

/** The one role that lets a caller do this; undefined when none does. */
export const authorisingRole = (principal: Principal, kind: string, act: string): Role | undefined =>
  rolesFor(kind, act)?.find((role) => principal.roles.includes(role));

const remedyFor = (kind: string, act: string): string => {
  const may = rolesFor(kind, act);
  return may ? `Ask somebody who is one of: ${may.join(', ')}.` : 'It is nobody’s to do through a door.';
};

/** The hook at every door. Errors: Forbidden `not-permitted`. */
export const authorise = (principal: Principal, kind: string, act: string): Role => {
  const role = authorisingRole(principal, kind, act);
  if (!role)
    throw new Forbidden(
      'not-permitted',
      `None of your roles (${principal.roles.join(', ') || 'none'}) may do this: ${kind} ${act}. ${remedyFor(kind, act)}`,
    );
  return role;
};
