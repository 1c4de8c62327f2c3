import fc from 'fast-check';
import { complaint } from '../../../src/complaints/complaint.js';
import type { ComplaintContext } from '../../../src/complaints/complaint.context.js';
import { anId, circumstances, specOf } from '../given.js';
import { plusDays } from '../../../src/clocks/days.js';
import { decide } from '../../../src/event-store/decider.js';
import { Refusal } from '../../../src/event-store/errors.js';
import type { Entry } from '../../../src/event-store/event.js';
import type { HearingContext } from '../../../src/hearings/hearing.context.js';
import type { HearingEvent } from '../../../src/hearings/hearing.events.js';
import { hearing } from '../../../src/hearings/hearing.js';
import { absent, type Hearing, type HearingFile } from '../../../src/hearings/hearing.state.js';

/** What people may try on a hearing, in whatever order. */

export const [caseId, party] = [anId(10), anId(20)];
export const QUORUM = 2;
export const NOTICE_DAYS = 3;
export const STAFF = ['chair', 'ann', 'bob'] as const;
const FIRST_DAY = '2026-03-02';

export const opened = specOf(complaint, {} as ComplaintContext)
  .given({
    type: 'ComplaintReceived',
    data: {
      reference: '2026-000001',
      channel: 'letter',
      receivedOn: FIRST_DAY,
      category: 'abuse',
      complainantRef: party,
      policySet: 'default@1',
    },
  })
  .state();

export const procedure = {
  stages: ['first'],
  disclosureBeforeFinding: false,
  verificationRequired: false,
  hearingRequired: true,
  panelQuorum: QUORUM,
  noticeDays: NOTICE_DAYS,
  appealWindowDays: 0,
  pauseReasons: [],
};

const reasons = 'Because.';

/** A step: some days pass, then somebody tries this; `ahead` of that day a hearing is listed. */
interface Step {
  readonly act: string;
  readonly days: number;
  readonly ahead: number;
  readonly staff: readonly string[];
  readonly waiver: boolean;
}

const UNTRIED = ['CorrectEntry', 'RemoveFromPanel'];
const ACTS = Object.keys(hearing.acts).filter((name) => !UNTRIED.includes(name));

const step = (...acts: string[]): fc.Arbitrary<Step> =>
  fc.record({
    act: fc.constantFrom(...acts),
    days: fc.integer({ min: 0, max: 3 }),
    ahead: fc.integer({ min: 1, max: 6 }),
    // Mostly everybody, for a hearing is held by a whole panel.
    staff: fc.oneof(
      { arbitrary: fc.constant([...STAFF]), weight: 4 },
      fc.subarray([...STAFF], { minLength: 1 }),
    ),
    waiver: fc.constantFrom(true, true, false),
  });

/** What has to happen for a hearing to be held, roughly in order; each of it may still fail, or come at a bad moment. */
const episode = fc.tuple(
  step('ConvenePanel'),
  step('List'),
  step('ServeNotice'),
  step(...ACTS),
  step('Start'),
  step('Start'),
  step('Start', 'RecusePanelMember'),
  step('Adjourn', 'Vacate'),
  step('Resume'),
  step(...ACTS, 'Conclude', 'Resume'),
  step('Conclude'),
);

export const anyTries = fc
  .array(
    fc.oneof(
      step(...ACTS).map((one) => [one]),
      episode,
    ),
    { minLength: 1, maxLength: 8, size: 'max' },
  )
  .map((parts) => parts.flat());

const inputs: Readonly<Record<string, (on: string, given: Step) => object>> = {
  Request: () => ({ complaintIds: [caseId], kind: 'first' }),
  ConvenePanel: (_, { staff }) => ({
    members: staff.map((staffId, index) => ({
      staffId,
      role: index === 0 ? 'chair' : 'member',
    })),
  }),
  RecusePanelMember: (_, { staff }) => ({ staffId: staff.at(-1), reasons }),
  List: (on, { ahead: days, waiver }) => ({
    startsAt: `${plusDays(on, days)}T12:30:00Z`,
    zone: 'UTC',
    mode: 'in-person',
    ...(waiver ? { waiver: 'Agreed.' } : {}),
  }),
  ServeNotice: (_, { waiver }) => ({ to: party, ...(waiver ? { waiver: 'Agreed.' } : {}) }),
  NominateCompanion: () => ({ partyRef: party, companionRef: anId(30) }),
  RequestPostponement: () => ({ by: party, reasons }),
  Start: (_, { staff }) => ({ present: staff }),
  Resume: (_, { staff }) => ({ present: staff }),
  Conclude: () => ({}),
};

export const contextOn = (on: string, input: object, history: readonly Entry[]): HearingContext => {
  const { members = [], present = [] } = input as {
    members?: readonly { staffId: string }[];
    present?: readonly string[];
  };
  return {
    ...circumstances,
    actor: { id: 'chair', role: 'panel-chair' },
    on,
    today: on,
    now: `${on}T12:00:00Z`,
    history,
    cases: [{ complaintId: caseId, complaint: opened, procedure }],
    people: [...members.map(({ staffId }) => staffId), ...present].map((id) => ({ id, parties: [] })),
    otherHearings: [],
    appeals: [],
    companion: 'registered',
  };
};

/** What was tried and accepted, and the hearing after each of it. */
export const play = (steps: readonly Step[]) => {
  const accepted: { event: HearingEvent; before: Hearing; after: HearingFile; on: string }[] = [];
  let [state, on]: [Hearing, string] = [absent, FIRST_DAY];
  const history: Entry<HearingEvent>[] = [];
  for (const tried of [{ act: 'Request', days: 0, ahead: 0, staff: [], waiver: false }, ...steps]) {
    on = plusDays(on, tried.days);
    const input = hearing.acts[tried.act]?.input.parse(inputs[tried.act]?.(on, tried) ?? { reasons });
    for (const event of attempt(tried.act, input as object, state, contextOn(on, input as object, history))) {
      const { actor } = circumstances;
      const entry = { ...event, id: anId(history.length), occurred: { date: on }, on, actor };
      const before = state;
      state = hearing.evolve(state, entry);
      history.push(entry);
      if (state.phase !== 'absent') accepted.push({ event, before, after: state, on });
    }
  }
  return accepted;
};

const attempt = (act: string, input: object, state: Hearing, context: HearingContext) => {
  try {
    return decide(hearing, { act, input }, state, context);
  } catch (error) {
    if (error instanceof Refusal) return [];
    throw error;
  }
};
