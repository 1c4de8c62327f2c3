import { calendarNamed } from '../../src/clocks/calendar.js';
import { parsePolicySet } from '../../src/clocks/policy-set.js';
import { unguarded, type ComplaintContext } from '../../src/complaints/complaint.context.js';
import { deadlinesOf } from '../../src/complaints/complaint.deadlines.js';
import type { ComplaintEvent } from '../../src/complaints/complaint.events.js';
import { complaint } from '../../src/complaints/complaint.js';
import { known } from '../../src/complaints/complaint.state.js';
import { anId, circumstances, specOf, type Told } from './given.js';

/** The complaint under given/when/then: a policy as a party has it, and two parties that somebody registered. */

export const complainant = anId(101);
export const respondent = anId(102);
export const stranger = anId(103);
export const allegationId = anId(201);

export const policy = parsePolicySet(
  `
key: spec
version: 1
effectiveFrom: 1900-01-01
zone: Europe/London
calendars: [weekdays]
combine: intersection
source: for specs
confidence: own
procedure:
  stages: [first, appeal]
  disclosureBeforeFinding: true
  verificationRequired: true
  hearingRequired: true
  panelQuorum: 3
  noticeDays: 14
  appealWindowDays: 28
  pauseReasons: [court-proceedings, process-suspended]
deadlines:
  - key: acknowledge
    startEvent: ComplaintReceived
    unit: working-days
    count: 5
    dayZeroRule: exclude
    nonWorkingReceiptRule: as-is
    rollRule: none
    pausable: false
    extension: null
    stopEvents: [ComplaintAcknowledged]
  - key: resolve
    startEvent: ComplaintReceived
    unit: calendar-days
    count: 30
    dayZeroRule: exclude
    nonWorkingReceiptRule: as-is
    rollRule: none
    pausable: true
    extension: { max: 30, count: 2, noticeBeforeExpiry: 0 }
    stopEvents: [ComplaintClosed]
reminders:
  unit: working-days
  steps: [{ step: due-soon, offset: -1, to: [handler] }, { step: overdue, offset: 1, to: [handler] }]
  repeatEvery: 1
`,
  'spec.yaml',
);

export const usual: ComplaintContext = {
  ...circumstances,
  reference: '2026-000001',
  policy,
  policyName: 'spec@1',
  reckonedBy: undefined,
  deadlines: [],
  proceedings: {
    liveHearings: [],
    seated: [],
    determinedAllegations: [],
    pendingReviews: [],
    pendingAppeals: [],
    agreedOn: null,
    appealUntil: null,
  },
  erasure: undefined,
  assigneeParties: [],
  assigneeNames: [],
  guarding: { ...unguarded, heard: true, glassHours: 4 },
  unknownParties: [],
  erasedParties: [],
  implicated: [],
  uploaded: undefined,
  referenced: true,
};

const spec = specOf(complaint, usual);
export const given = spec.given;

/** What is told of a complaint before the act under test. */
export type ToldOfComplaint = Told<ComplaintEvent>;

type DataOf<T extends ComplaintEvent['type']> = Extract<ComplaintEvent, { type: T }>['data'];

/** Received on 27 February, a Friday; the act under test happens on Monday, 2 March. */
export const received = (more: Partial<DataOf<'ComplaintReceived'>> = {}): ToldOfComplaint => ({
  type: 'ComplaintReceived',
  on: more.receivedOn ?? '2026-02-27',
  data: {
    reference: '2026-000001',
    channel: 'letter',
    receivedOn: '2026-02-27',
    category: 'abuse',
    complainantRef: complainant,
    policySet: 'spec@1',
    ...more,
  },
});

export const alleged = (more: Partial<DataOf<'AllegationAdded'>> = {}): ToldOfComplaint => ({
  type: 'AllegationAdded',
  data: {
    allegationId,
    respondentRef: respondent,
    category: 'abuse',
    characteristics: [],
    rules: [],
    ...more,
  },
});

export const told = <T extends ComplaintEvent['type']>(
  type: T,
  data: DataOf<T>,
  on = circumstances.on,
): ToldOfComplaint => ({ type, data, on }) as ToldOfComplaint;

/** The deadlines of a case as told, as the slice would gather them. */
export const deadlinesOn = (today: string, ...events: ToldOfComplaint[]) =>
  deadlinesOf(known(given(...events).state()), policy, calendarNamed('weekdays'), today);
