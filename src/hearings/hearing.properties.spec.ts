import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { complaint } from '../complaints/complaint.js';
import type { ComplaintContext } from '../complaints/complaint.context.js';
import { anId, circumstances, specOf } from '../../test/support/given.js';
import { plusDays } from '../clocks/days.js';
import { decide } from '../event-store/decider.js';
import { Refusal } from '../event-store/errors.js';
import type { Entry } from '../event-store/event.js';
import type { HearingContext } from './hearing.context.js';
import type { HearingEvent } from './hearing.events.js';
import { hearing } from './hearing.js';
import { absent, phaseOf, sittingNow, type Hearing, type HearingFile } from './hearing.state.js';

const [caseId, party] = [anId(10), anId(20)];
/** A sample in the ordinary suite, many in the long one. */
const RUNS = process.env['REDRESS_LONG'] ? 2000 : 60;
const QUORUM = 2;
const NOTICE_DAYS = 3;
const STAFF = ['chair', 'ann', 'bob'] as const;
const FIRST_DAY = '2026-03-02';

const opened = specOf(complaint, {} as ComplaintContext)
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

const procedure = {
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

const ACTS = Object.keys(hearing.acts).filter((name) => name !== 'CorrectEntry');

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

const anyTries = fc
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

const contextOn = (on: string, input: object, history: readonly Entry[]): HearingContext => {
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
    companionRegistered: true,
  };
};

/** What was tried and accepted, and the hearing after each of it. */
const play = (steps: readonly Step[]) => {
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

describe('whatever people try, in whatever order', () => {
  const holds = (check: (tried: ReturnType<typeof play>) => void) =>
    fc.assert(
      fc.property(anyTries, (steps) => check(play(steps))),
      { numRuns: RUNS },
    );

  it('a hearing sits exactly while it is in session, with a quorum at its start', () =>
    holds((all) => {
      for (const { event, after } of all) {
        const sitting = after.sittings.filter(({ to }) => to === null);
        expect(sitting).toHaveLength(after.status === 'in-session' ? 1 : 0);
        if (event.type === 'HearingStarted' || event.type === 'HearingResumed')
          expect(sittingNow(after).length).toBeGreaterThanOrEqual(QUORUM);
      }
    }));

  it('a hearing starts only on its listed day or later, with notice in time or waived', () =>
    holds((all) => {
      for (const { event, before, on } of all) {
        if (event.type !== 'HearingStarted' || before.phase === 'absent') continue;
        expect(before.status).toBe('listed');
        const day = before.listing?.startsAt.slice(0, 10) ?? '9999-12-31';
        expect(day <= on).toBe(true);
        const waived = before.listing?.waiver !== undefined && before.notices.length > 0;
        const told = before.notices.some(
          ({ servedOn, waiver }) => waiver !== undefined || plusDays(servedOn, NOTICE_DAYS) <= day,
        );
        expect(waived || told).toBe(true);
      }
    }));

  it('a listing and its notices stand only from the listing until it falls', () =>
    holds((all) => {
      for (const { after } of all)
        if (['requested', 'postponed', 'vacated'].includes(after.status))
          expect([after.listing, after.notices, after.postponement]).toEqual([undefined, [], undefined]);
    }));

  it('nobody recused sits, and nothing follows the end', () =>
    holds((all) => {
      for (const { event, before, after } of all) {
        if (before.phase !== 'absent') expect(phaseOf(before.status)).toBe('open');
        if (event.type === 'HearingStarted' || event.type === 'HearingResumed')
          expect(event.data.present.filter((staffId) => after.recused.includes(staffId))).toEqual([]);
      }
    }));

  it('such tries often hold a hearing, adjourn it and conclude it', () => {
    const told = fc.sample(anyTries, { numRuns: 100, seed: 7 }).flatMap((steps) => play(steps));
    const times = (type: string) => told.filter(({ event }) => event.type === type).length;
    for (const type of [
      'HearingStarted',
      'HearingAdjourned',
      'HearingResumed',
      'HearingConcluded',
      'HearingVacated',
    ])
      expect([type, times(type) > 4]).toEqual([type, true]);
  });
});
