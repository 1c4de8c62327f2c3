import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anId } from '../../test/support/given.js';
import {
  complainant,
  complaintId,
  lying,
  respondent,
  shouting,
  usual,
} from '../../test/support/resolution-case.js';
import { plusDays } from '../clocks/days.js';
import { decide } from '../event-store/decider.js';
import { Refusal } from '../event-store/errors.js';
import type { Entry } from '../event-store/event.js';
import { decisionNotifications, isLive, isOpen, isUpheld, standingFindings } from './resolution.checks.js';
import type { ResolutionEvent } from './resolution.events.js';
import { resolution } from './resolution.js';
import { absent, known, type KnownResolution, type Resolution } from './resolution.state.js';

/** A sample in the ordinary suite, many in the long one. */
const RUNS = process.env['REDRESS_LONG'] ? 2000 : 60;
const STAFF = ['maker', 'verifier', 'reviewer', 'other'] as const;
const ALLEGATIONS = [shouting, lying] as const;

/** A step: some days pass, then somebody tries this; the numbers choose among what there is. */
interface Step {
  readonly act: string;
  readonly by: string;
  readonly days: number;
  readonly pick: number;
}

const step = (by: readonly string[], ...acts: string[]): fc.Arbitrary<Step> =>
  fc.record({
    act: fc.constantFrom(...acts),
    by: fc.constantFrom(...by),
    days: fc.constantFrom(0, 0, 0, 1, 9),
    pick: fc.nat({ max: 11 }),
  });

const LEFT_OUT = ['Open', 'CorrectEntry', 'RecordLegacyResolution'];
const ACTS = Object.keys(resolution.acts).filter((name) => !LEFT_OUT.includes(name));

/** What has to happen for an appeal to be decided, roughly in order; each of it may still fail, or come at a bad moment. */
const episode = fc.tuple(
  step(['maker', 'other'], 'MakeFinding'),
  step(['maker', 'other'], 'MakeFinding', 'ImposeSanction'),
  step(['maker', 'other'], 'ImposeSanction'),
  step(['maker', 'other'], 'SubmitForReview'),
  step(
    ['verifier', 'verifier', 'maker'],
    'VerifyDecision',
    'VerifyDecision',
    'VerifyDecision',
    'VetoDecision',
  ),
  step(['verifier'], 'VerifyDecision', 'Notify'),
  step(['verifier'], 'Notify'),
  step(['verifier'], 'LodgeAppeal'),
  step(['reviewer'], 'AdmitAppeal', 'StaySanction'),
  step(['reviewer'], 'AdmitAppeal'),
  step(['reviewer', 'reviewer', 'maker'], 'DetermineAppeal'),
  step(['reviewer'], 'VarySanction', 'ImposeSanction'),
  step(['reviewer'], 'VarySanction', 'QuashSanction'),
);

const anyTries = fc
  .array(
    fc.oneof(
      step(STAFF, ...ACTS).map((one) => [one]),
      episode,
    ),
    { minLength: 1, maxLength: 6, size: 'max' },
  )
  .map((parts) => parts.flat());

const reasons = 'Because.';
const of = <T>(all: readonly T[], pick: number): T | undefined => all[pick % Math.max(1, all.length)];

const inputOf = ({ act, pick }: Step, state: KnownResolution): object => {
  const { sanctions, appeals } = state;
  const upheld = standingFindings(state).filter(isUpheld);
  const allegationId = of(ALLEGATIONS, pick);
  const sanctionId = of(sanctions, pick)?.sanctionId ?? anId(97);
  const appealId = of(appeals.toReversed(), pick % 2)?.appealId ?? anId(98);
  const party = of([respondent, complainant], pick);
  const finding = {
    allegationId,
    finding: of(['upheld', 'partly-upheld', 'not-upheld'], pick),
    standardOfProof: 'balance-of-probabilities',
    reasons,
  };
  const outcome = of(['upheld', 'varied', 'remitted', 'dismissed'] as const, pick);
  const changes = pick > 5 && (outcome === 'upheld' || outcome === 'varied');
  const inputs: Readonly<Record<string, object>> = {
    AgreeInformally: { terms: reasons },
    OfferRemedy: { remedy: 'apology', description: reasons },
    MakeFinding: finding,
    ImposeSanction: {
      allegationIds: [of(upheld, pick)?.allegationId ?? allegationId],
      kind: 'warning',
      reasons,
      ...(pick > 8 ? { appealId } : {}),
    },
    SubmitForReview: {},
    VerifyDecision: {},
    VetoDecision: { reasons },
    Notify: { to: [party], ...(pick > 8 ? { appealId } : {}) },
    Publish: { where: reasons },
    LodgeAppeal: { by: party, grounds: reasons },
    AdmitAppeal: { appealId, reasons },
    RefuseAppeal: { appealId, reasons },
    DetermineAppeal: { appealId, outcome, reasons, findings: changes ? [finding] : [] },
    VarySanction: { sanctionId, appealId, kind: 'training', reasons },
    QuashSanction: { sanctionId, appealId, reasons },
    StaySanction: { sanctionId, appealId, reasons },
    CompleteSanction: { sanctionId },
    BreachSanction: { sanctionId, details: reasons },
  };
  return inputs[act] ?? {};
};

interface Accepted {
  readonly act: string;
  readonly by: string;
  readonly events: readonly ResolutionEvent[];
  readonly before: Resolution;
  readonly after: KnownResolution;
}

/** What was tried and accepted, and the resolution after each of it. */
const play = (steps: readonly Step[]): readonly Accepted[] => {
  const accepted: Accepted[] = [];
  const history: Entry<ResolutionEvent>[] = [];
  let [state, on]: [Resolution, string] = [absent, usual.on];
  const record = (events: readonly ResolutionEvent[], id: string) => {
    for (const event of events) {
      const entry = { ...event, id: anId(history.length), occurred: { date: on }, on, actor: actorOf(id) };
      state = resolution.evolve(state, entry);
      history.push(entry);
    }
  };
  record([{ type: 'ResolutionOpened', data: { complaintId, kind: 'formal' } }], 'maker');
  for (const tried of steps) {
    on = plusDays(on, tried.days);
    const before = state;
    const events = attempt(tried, before, { on, history });
    record(events, tried.by);
    if (events.length > 0)
      accepted.push({ act: tried.act, by: tried.by, events, before, after: known(state) });
  }
  return accepted;
};

const actorOf = (id: string) => ({ id, role: 'decision-maker' });

const attempt = (
  tried: Step,
  state: Resolution,
  { on, history }: { on: string; history: readonly Entry<ResolutionEvent>[] },
): readonly ResolutionEvent[] => {
  const input = resolution.acts[tried.act]?.input.parse(inputOf(tried, known(state)));
  // Other hearings follow one another daily, so that what was sent back can be heard anew.
  const again = {
    hearingId: anId(500 + history.length),
    kind: 'first',
    live: false,
    panel: [],
    concludedBy: [],
    concludedOn: on,
  } as const;
  const context = {
    ...usual,
    on,
    today: on,
    history,
    actor: actorOf(tried.by),
    hearings: [...usual.hearings, again],
    idFor: (index: number) => anId(1000 + history.length * 10 + index),
  };
  try {
    return decide(resolution, { act: tried.act, input }, state, context);
  } catch (error) {
    if (error instanceof Refusal) return [];
    throw error;
  }
};

const holds = (check: (tried: Accepted) => void) =>
  fc.assert(
    fc.property(anyTries, (steps) => play(steps).forEach(check)),
    { numRuns: RUNS },
  );

describe('whatever people try, in whatever order', () => {
  it('an allegation has one standing finding at most', () =>
    holds(({ after }) => {
      const found = standingFindings(after).map(({ allegationId }) => allegationId);
      expect(new Set(found).size).toBe(found.length);
    }));

  it('a sanction lives only while a finding that upholds gives it ground', () =>
    holds(({ after }) => {
      const ground = standingFindings(after)
        .filter(isUpheld)
        .map(({ allegationId }) => allegationId);
      for (const sanction of after.sanctions.filter(isLive))
        expect(sanction.allegationIds.some((each) => ground.includes(each))).toBe(true);
    }));

  it('a decision is told only when somebody else verified it', () =>
    holds(({ by, events, before, after }) => {
      if (decisionNotifications(after).length > 0) expect(after.review).toBe('verified');
      if (events.some(({ type }) => type === 'DecisionVerified' || type === 'DecisionVetoed'))
        expect(known(before).makers).not.toContain(by);
    }));

  it('what was told changes only through an appeal, by somebody who had no part in it', () =>
    holds(({ by, events, before }) => {
      const { makers, reviewers } = known(before);
      if (decisionNotifications(before).length === 0) return;
      for (const { type, data } of events) {
        if (type === 'FindingMade' || type === 'SanctionImposed') expect(data.appealId).toBeDefined();
        if ('appealId' in data && data.appealId !== undefined && !/Lodged|Notified/.test(type))
          expect([...makers, ...reviewers]).not.toContain(by);
      }
    }));

  it('a party has one open appeal at most, and a stay lasts no longer than its appeal', () =>
    holds(({ after: { appeals, sanctions } }) => {
      const open = appeals.filter(isOpen);
      expect(new Set(open.map(({ by }) => by)).size).toBe(open.length);
      for (const { status, stayedFor } of sanctions)
        if (status === 'stayed') expect(open.map(({ appealId }) => appealId)).toContain(stayedFor);
    }));

  it('such tries often decide, veto, tell, appeal, vary and send back', () => {
    const told = fc.sample(anyTries, { numRuns: 200, seed: 7 }).flatMap((steps) => play(steps));
    const types = told.flatMap(({ events }) => events.map(({ type }) => type));
    for (const type of [
      'DecisionVetoed',
      'DecisionNotified',
      'AppealAdmitted',
      'AppealDetermined',
      'SanctionVaried',
      'SanctionQuashed',
      'SanctionStayed',
    ])
      expect([type, types.filter((each) => each === type).length > 4]).toEqual([type, true]);
    const anew = told.filter(({ act, after }) => act === 'Notify' && after.remittedOn !== undefined);
    expect(anew.length).toBeGreaterThan(0);
  });
});
