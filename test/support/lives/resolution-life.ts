import fc from 'fast-check';
import { anId } from '../given.js';
import { complainant, complaintId, lying, respondent, shouting, usual } from '../resolution-case.js';
import { plusDays } from '../../../src/clocks/days.js';
import { decide } from '../../../src/event-store/decider.js';
import { Refusal } from '../../../src/event-store/errors.js';
import type { Entry } from '../../../src/event-store/event.js';
import { isUpheld, standingFindings } from '../../../src/resolutions/resolution.checks.js';
import type { ResolutionEvent } from '../../../src/resolutions/resolution.events.js';
import { resolution } from '../../../src/resolutions/resolution.js';
import {
  absent,
  known,
  type KnownResolution,
  type Resolution,
} from '../../../src/resolutions/resolution.state.js';

/** What people may try on a resolution, in whatever order. */

export const STAFF = ['maker', 'verifier', 'reviewer', 'other'] as const;
export const ALLEGATIONS = [shouting, lying] as const;

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

export const anyTries = fc
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

export interface Accepted {
  readonly act: string;
  readonly by: string;
  readonly events: readonly ResolutionEvent[];
  /** All that happened by then. */
  readonly history: readonly Entry<ResolutionEvent>[];
  readonly before: Resolution;
  readonly after: KnownResolution;
}

/** What was tried and accepted, and the resolution after each of it. */
export const play = (steps: readonly Step[]): readonly Accepted[] => {
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
      accepted.push({
        act: tried.act,
        by: tried.by,
        events,
        before,
        after: known(state),
        history: [...history],
      });
  }
  return accepted;
};

export const actorOf = (id: string) => ({ id, role: 'decision-maker' });

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
