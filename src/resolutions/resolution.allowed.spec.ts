import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anId } from '../../test/support/given.js';
import {
  ALLEGATIONS,
  anyTries,
  play,
  STAFF,
  type Accepted,
} from '../../test/support/lives/resolution-life.js';
import { checkOffers, everyWay } from '../../test/support/offers.js';
import {
  closed,
  complainant,
  complaintId,
  defaultPolicy,
  given,
  landlordPolicy,
  lodged,
  notified,
  respondent,
  theCase,
  undisclosedCase,
  usual,
} from '../../test/support/resolution-case.js';
import { isPossible } from '../event-store/decider.js';
import type { HearingFacts, ResolutionContext } from './resolution.context.js';
import { resolution } from './resolution.js';
import { known, type KnownResolution, type Resolution } from './resolution.state.js';
import { statusOf } from './resolution.standing.js';

/** A sample in the ordinary suite, many in the long one. */
const RUNS = process.env['REDRESS_LONG'] ? 5000 : 300;
const ACTS = Object.keys(resolution.acts).filter((name) => !name.startsWith('RecordLegacy'));
const reasons = 'Because.';

const fresh = ['ann', 'bob'];
const heardAnew: HearingFacts = {
  hearingId: anId(33),
  kind: 'first',
  live: false,
  concludedOn: usual.on,
  concludedBy: fresh,
  panel: fresh,
};
const appealHearing: HearingFacts = {
  ...heardAnew,
  hearingId: anId(34),
  kind: 'appeal',
  live: true,
  concludedOn: null,
};

/** What may have become of the case meanwhile. */
const situations: readonly Partial<ResolutionContext>[] = [
  {},
  { complaint: theCase(closed) },
  { complaint: undisclosedCase() },
  { complaint: theCase({ type: 'HandlerRecused', data: { staffId: 'reviewer', reasons } }) },
  { hearings: [] },
  { hearings: [...usual.hearings, heardAnew] },
  { hearings: [...usual.hearings, heardAnew] },
  { hearings: [...usual.hearings, appealHearing] },
  { policy: landlordPolicy },
  { policy: undefined },
  { policy: { ...defaultPolicy, procedure: { ...defaultPolicy.procedure, verificationRequired: false } } },
  { foundElsewhere: [...ALLEGATIONS] },
  { decidedEarlier: ['maker'] },
  { begunEarlier: true },
  { actorParties: [respondent] },
];

const parties = [respondent, complainant];
const by = [undefined, ['maker', 'chair', 'member'], ['chair'], fresh];

const inputsOf = (state: KnownResolution): Readonly<Record<string, readonly object[]>> => {
  const appealId = state.appeals.map((each) => each.appealId);
  const sanctionId = state.sanctions.map((each) => each.sanctionId);
  const finding = {
    allegationId: ALLEGATIONS,
    finding: ['upheld'],
    standardOfProof: ['balance-of-probabilities'],
    reasons: [reasons],
  };
  const each = (fields: Readonly<Record<string, readonly unknown[]>>) =>
    everyWay({ ...fields, reasons: [reasons] });
  return {
    Open: [{ complaintId }],
    AgreeInformally: [{ terms: reasons }],
    OfferRemedy: [{ remedy: 'apology', description: reasons }],
    MakeFinding: everyWay({ ...finding, by }),
    ImposeSanction: each({
      allegationIds: ALLEGATIONS.map((id) => [id]),
      kind: ['warning'],
      appealId: [undefined, ...appealId],
    }),
    SubmitForReview: [{}],
    VerifyDecision: [{}],
    Notify: everyWay({ to: [[], ...parties.map((id) => [id])], appealId: [undefined, ...appealId] }),
    Publish: [{ where: reasons }],
    LodgeAppeal: everyWay({ by: parties, grounds: [reasons], lateReasons: [undefined, 'Ill.'] }),
    AdmitAppeal: each({ appealId }),
    RefuseAppeal: each({ appealId }),
    DetermineAppeal: each({ appealId, outcome: ['upheld', 'dismissed'], by }),
    VarySanction: each({ sanctionId, appealId, details: ['Milder.'] }),
    QuashSanction: each({ sanctionId, appealId }),
    StaySanction: each({ sanctionId, appealId }),
    CompleteSanction: everyWay({ sanctionId }),
    BreachSanction: everyWay({ sanctionId, details: [reasons] }),
  };
};

/** Every field of every entry, said otherwise. */
const corrections = (history: ResolutionContext['history']): readonly object[] =>
  history.flatMap(({ id: eventId, data }) =>
    Object.keys(data).map((field) => ({
      eventId,
      path: [field],
      new: 'Other.',
      reason: 'Slip.',
      basis: 'File.',
    })),
  );

interface Look {
  readonly staffId: string;
  readonly situation: Partial<ResolutionContext>;
}

const look: fc.Arbitrary<Look> = fc.record({
  staffId: fc.constantFrom(...STAFF, 'nobody-yet'),
  situation: fc.constantFrom(...situations),
});

const peopleIn = (input: object): ResolutionContext['people'] => {
  const { by: named = [] } = input as { by?: readonly string[] | string };
  return typeof named === 'string' ? [] : named.map((id) => ({ id, parties: [] }));
};

const checkLook = (tried: readonly Accepted[], { staffId, situation }: Look) => {
  const last = tried.at(-1);
  if (!last) return;
  const { history } = last;
  const on = history.at(-1)?.on ?? usual.on;
  const state: Resolution = last.after;
  const seen = { ...usual, on, today: on, actor: { id: staffId, role: 'decision-maker' }, ...situation };
  const { people: _, idFor: __, id: ___, history: ____, ...known_ } = seen;
  const inputs = { ...inputsOf(known(state)), CorrectEntry: corrections(history) };
  checkOffers(resolution, ACTS, {
    state,
    seen: known_,
    contextFor: (input) => ({ ...seen, history, people: peopleIn(input) }),
    inputsFor: (act) => (inputs as Readonly<Record<string, readonly object[]>>)[act] ?? [{ reasons }],
  });
};

describe('what is offered to do to a resolution', () => {
  it('is what can be done to it, whatever happened to it and its case before', () =>
    fc.assert(
      fc.property(anyTries, look, (steps, seen) => checkLook(play(steps), seen)),
      { numRuns: RUNS },
    ));

  it('is, once the case is closed, a late appeal and whether it is admitted, and what becomes of sanctions', () => {
    const seen = { ...usual, complaint: theCase(closed), actor: { id: 'reviewer', role: 'decision-maker' } };
    const offered = (events: Parameters<typeof given>) =>
      ACTS.filter((name) => isPossible(resolution, name, given(...events).state(), seen));
    const always = ['LodgeAppeal', 'CompleteSanction', 'BreachSanction', 'CorrectEntry'];
    expect(offered([...notified])).toEqual(always);
    expect(offered([...lodged])).toEqual(['LodgeAppeal', 'AdmitAppeal', 'RefuseAppeal', ...always.slice(1)]);
  });

  it('leaves out corrections of one that was only begun', () => {
    const begun = resolution.evolve(resolution.initial, {
      type: 'ResolutionOpened',
      data: { complaintId, kind: 'formal' },
      id: anId(1),
      occurred: { date: usual.on },
      on: usual.on,
      actor: usual.actor,
    });
    checkOffers(resolution, ['CorrectEntry', 'OfferRemedy', 'AgreeInformally'], {
      state: begun,
      seen: usual,
      contextFor: () => usual,
      inputsFor: (act) => (act === 'OfferRemedy' ? [{ remedy: 'apology', description: reasons }] : []),
    });
  });

  it('is met in every status of a decision, so that the sample says something', () => {
    const seen = fc.sample(anyTries, { numRuns: 300, seed: 11 }).flatMap((steps) =>
      play(steps)
        .slice(-1)
        .map(({ after }) => statusOf(after)),
    );
    for (const status of ['drafted', 'submitted', 'verified', 'notified', 'under-appeal'])
      expect(seen).toContain(status);
  });
});
