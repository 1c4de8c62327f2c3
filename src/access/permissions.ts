import { Forbidden } from '../event-store/errors.js';
import type { Principal, Role } from './principal.js';

type Acts = Readonly<Record<string, readonly Role[]>>;

/**
 * Who may do what: one table for every door, HTTP, GraphQL and command line alike; docs/roles.md is written from it. What is
 * not listed may be done by nobody. Whether somebody may act on this very case (recusal, conflict) is another question.
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

/** The auditor reads whatever is not sealed; the operator nothing that names a case, and figures without cases. */
const reading = {
  cases: [...staff, 'auditor'],
  backlog: [...staff, 'auditor'],
  // Who may ask about any days may subtract; whoever sees the cases themselves learns nothing by it.
  statistics: [...staff, 'auditor'],
  releases: [...staff, 'auditor', 'operator'],
  history: [...staff, 'auditor'],
  openings: ['casework-head', 'independent-reviewer', 'auditor'],
  log: ['auditor', 'operator'],
  events: ['auditor', 'integration'],
  questions: ['auditor'],
  hearings: [...staff, 'auditor'],
  resolutions: [...staff, 'auditor'],
  parties: [...staff, 'auditor'],
  reminders: [...staff, 'auditor'],
  staff: [...staff, 'auditor', 'operator'],
  documents: [...staff, 'auditor'],
  policies: [...staff, 'auditor', 'operator'],
  whatIf: [...staff, 'auditor'],
  externalRecords: [...staff, 'auditor'],
  erasures: ['casework-head', 'auditor'],
  subjectAccess: ['casework-head'],
  queues: ['operator'],
} satisfies Acts;

/** What is typed at the console of whoever holds the database and its keys: docs/adr/0017. */
const commandLine = {
  serve: ['operator'],
  migrate: ['operator'],
  token: ['operator'],
  rebuild: ['operator'],
  'keys list': ['operator'],
  'keys rotate': ['operator'],
  'keys retire': ['operator'],
  'looks months': ['operator', 'auditor'],
  'looks drop': ['operator'],
  import: ['operator', 'integration'],
  backlog: reading.backlog,
  explain: reading.cases,
  whatif: reading.whatIf,
  'statistics show': reading.statistics,
  'statistics publish': ruling,
  'statistics releases': reading.releases,
  'statistics check': reading.releases,
  'audit verify': reading.log,
  'audit checkpoint': reading.log,
  'audit keys': reading.log,
  'audit cosign': reading.log,
  'audit history': reading.history,
  'audit replay': reading.questions,
  'audit export': reading.events,
  'audit ask': reading.questions,
  'reminders due': reading.reminders,
  'reminders sent': reading.reminders,
  'reminders failed': reading.reminders,
  'reminders preview': reading.reminders,
  'staff list': reading.staff,
  'staff show': reading.staff,
  'policy list': reading.policies,
  'policy show': reading.policies,
  'policy check': reading.policies,
  'policy publish': ruling,
  'policy supersede': ruling,
  'calendar list': reading.policies,
  'calendar show': reading.policies,
  'calendar revise': ruling,
  'calendar import': ruling,
  'external state': reading.externalRecords,
  'external records': reading.externalRecords,
  'external registers': reading.externalRecords,
  'personal erase': ['casework-head'],
  'personal export': reading.subjectAccess,
  'retention preview': reading.erasures,
  'retention run': ['casework-head', 'operator'],
} satisfies Acts;

export const permissions: Readonly<Record<string, Acts>> = {
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
    RestrictCase: ['casework-head'],
    LiftRestriction: ['casework-head'],
    SealCase: ['casework-head'],
    LiftSeal: ['casework-head'],
    BreakGlass: staff,
    ReviewBreakGlass: ['casework-head', 'independent-reviewer'],
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
    Erase: ['casework-head'],
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
    Erase: ['casework-head'],
    // A head of casework first, who alone corrects which member of staff a party on a case is.
    CorrectEntry: ['casework-head', 'case-handler'],
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
  deadlines: { SendAgain: casework, Snooze: staff },
  policy: { Publish: ruling, Supersede: ruling },
  calendar: { Revise: ruling },
  statistics: { Publish: ruling },
  document: { Upload: [...entry, 'investigator'] },
  read: reading,
  'command-line': commandLine,
};

/** Doors that ask for no token, as the router calls them, each with its reason. */
export const openDoors: Readonly<Record<string, string>> = {
  'GET /': 'says where the descriptions are, and nothing else',
  'GET /health/live': 'whoever restarts the process knows nobody',
  'GET /health/ready': 'whoever sends requests to it knows nobody',
  'GET /metrics': 'counts and times without names, on the loopback address alone',
  'GET /openapi.json': 'what doors there are is no secret',
  'GET /docs': 'the same, as a page',
  'GET /docs/*': 'what that page loads',
  'GET /v1/feeds/:secret.ics':
    'calendar programs send no token: the address is the secret, and can be revoked',
};

/** Who may do this; undefined when nobody may through any door. */
export const rolesFor = (kind: string, act: string): readonly Role[] | undefined => {
  const acts = Object.hasOwn(permissions, kind) ? permissions[kind] : undefined;
  return acts && Object.hasOwn(acts, act) ? acts[act] : undefined;
};

/** The role in which somebody who holds these may do this; undefined when there is none. */
export const roleAmong = (held: readonly Role[], kind: string, act: string): Role | undefined =>
  rolesFor(kind, act)?.find((role) => held.includes(role));

/** Whoever audits acts in no other role: what they look at must not be their own doing. */
const actingRoles = ({ roles }: Principal): readonly Role[] =>
  roles.includes('auditor') ? ['auditor'] : roles;

/** The one role that lets a caller do this; undefined when none does. */
export const authorisingRole = (principal: Principal, kind: string, act: string): Role | undefined =>
  roleAmong(actingRoles(principal), kind, act);

/** `change duties (staff)`. */
const spoken = (kind: string, act: string): string =>
  `${act.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase()} (${kind})`;

const remedyFor = (kind: string, act: string): string => {
  const may = rolesFor(kind, act);
  return may ? `Ask somebody who is one of: ${may.join(', ')}.` : 'It is nobody’s to do through a door.';
};

export const notPermitted = (held: readonly Role[], kind: string, act: string): Forbidden =>
  new Forbidden(
    'not-permitted',
    `None of your roles (${held.join(', ') || 'none'}) may do this: ${spoken(kind, act)}. ${remedyFor(kind, act)}`,
  );

/** The hook at every door. Errors: Forbidden `not-permitted`, `auditor-acts-alone`. */
export const authorise = (principal: Principal, kind: string, act: string): Role => {
  const role = authorisingRole(principal, kind, act);
  if (role) return role;
  if (roleAmong(principal.roles, kind, act))
    throw new Forbidden(
      'auditor-acts-alone',
      `You hold the role auditor, which goes with no other: whoever audits does nothing else here. To do this, ${spoken(kind, act)}, come with a token without it.`,
    );
  throw notPermitted(principal.roles, kind, act);
};
