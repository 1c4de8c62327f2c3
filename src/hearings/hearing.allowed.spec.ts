import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anId, specOf } from '../../test/support/given.js';
import {
  anyTries,
  caseId,
  contextOn,
  opened,
  party,
  play,
  procedure,
  STAFF,
} from '../../test/support/lives/hearing-life.js';
import { checkOffers, everyWay } from '../../test/support/offers.js';
import type { ComplaintContext } from '../complaints/complaint.context.js';
import type { ComplaintEvent } from '../complaints/complaint.events.js';
import { complaint } from '../complaints/complaint.js';
import type { Complaint } from '../complaints/complaint.state.js';
import { plusDays } from '../clocks/days.js';
import type { HearingContext } from './hearing.context.js';
import { hearing } from './hearing.js';
import { actingPanel, known, type Hearing, type HearingFile } from './hearing.state.js';

/** A sample in the ordinary suite, many in the long one. */
const RUNS = process.env['REDRESS_LONG'] ? 5000 : 300;
const ACTS = Object.keys(hearing.acts).filter((name) => name !== 'RemoveFromPanel');
const reasons = 'Because.';

const after = (...events: readonly ComplaintEvent[]): Complaint =>
  specOf(complaint, {} as ComplaintContext)
    .given(
      {
        type: 'ComplaintReceived',
        data: {
          reference: '2026-000001',
          channel: 'letter',
          receivedOn: '2026-03-02',
          category: 'abuse',
          policySet: 'default@1',
        },
      },
      ...events,
    )
    .state();

/** What may have become of the case meanwhile. */
const cases: readonly Complaint[] = [
  opened,
  opened,
  after(),
  after(
    { type: 'RespondentIdentified', data: { respondentRef: party } },
    { type: 'HandlerRecused', data: { staffId: 'ann', reasons } },
  ),
  after(
    { type: 'RespondentIdentified', data: { respondentRef: party } },
    { type: 'InvestigationOpened', data: { investigatorId: 'chair', termsOfReference: 'All.' } },
  ),
  after(
    { type: 'RespondentIdentified', data: { respondentRef: party } },
    { type: 'ComplaintClosed', data: { outcome: 'remedied' } },
  ),
];

const subsets = <T>(all: readonly T[]): readonly (readonly T[])[] =>
  all.reduce<readonly (readonly T[])[]>(
    (sets, each) => [...sets, ...sets.map((set) => [...set, each])],
    [[]],
  );

const panelOf = (staff: readonly string[]) =>
  staff.map((staffId, index) => ({ staffId, role: index === 0 ? 'chair' : 'member' }));

const inputsOn = (on: string, file: HearingFile): Readonly<Record<string, readonly object[]>> => {
  const present = subsets(actingPanel(file).map(({ staffId }) => staffId));
  const served = [undefined, file.listing?.listedOn, file.listing?.startsAt.slice(0, 10)];
  return {
    Request: [{ complaintIds: [caseId], kind: 'first' }],
    ConvenePanel: [[...STAFF], ['dan', 'eve', 'fay']].map((staff) => ({ members: panelOf(staff) })),
    RecusePanelMember: everyWay({ staffId: file.panel.map(({ staffId }) => staffId), reasons: [reasons] }),
    List: everyWay({
      startsAt: [`${plusDays(on, 30)}T12:30:00Z`],
      zone: ['UTC'],
      mode: ['remote'],
      waiver: [undefined, 'Agreed.'],
    }),
    ServeNotice: everyWay({ to: [party, anId(40)], servedOn: served, waiver: [undefined, 'Agreed.'] }),
    NominateCompanion: everyWay({ partyRef: [party], companionRef: [anId(30)] }),
    RequestPostponement: everyWay({ by: [party], reasons: [reasons] }),
    Start: everyWay({ present }),
    Resume: everyWay({ present }),
    Conclude: [{}],
    CorrectEntry: [
      { eventId: anId(0), path: ['reasons'], new: 'Other.', reason: 'Slip.', basis: 'Minutes.' },
    ],
  };
};

interface Look {
  readonly by: string;
  readonly complaint: Complaint;
  readonly later: number;
  readonly time: string;
}

const look: fc.Arbitrary<Look> = fc.record({
  by: fc.constantFrom('chair', 'chair', 'ann', 'eve'),
  complaint: fc.constantFrom(...cases),
  later: fc.nat({ max: 3 }),
  time: fc.constantFrom('09:00', '12:00', '12:00', '18:00'),
});

const checkLook = (tried: ReturnType<typeof play>, { by, complaint: state, later, time }: Look) => {
  const last = tried.at(-1);
  if (!last) throw new Error('A hearing begins with its request.');
  const on = plusDays(last.on, later);
  const hearingNow: Hearing = { phase: 'known', ...last.after };
  const surroundings: Partial<HearingContext> = {
    actor: { id: by, role: 'panel-chair' },
    cases: [{ complaintId: caseId, complaint: state, procedure }],
    now: `${on}T${time}:00Z`,
  };
  const entries = tried.map(({ event }, index) => ({
    ...event,
    id: anId(index),
    occurred: { date: on },
    on,
    actor: { id: by, role: 'panel-chair' },
  }));
  const inputs = inputsOn(on, known(hearingNow));
  checkOffers(hearing, ACTS, {
    state: hearingNow,
    seen: { ...surroundings, on, today: on, actorParties: [] },
    contextFor: (input) => ({ ...contextOn(on, input, entries), ...surroundings }),
    inputsFor: (act) => inputs[act] ?? [{ reasons }],
  });
};

describe('what is offered to do to a hearing', () => {
  it('is what can be done to it, whatever happened to it and its case before', () =>
    fc.assert(
      fc.property(anyTries, look, (steps, seen) => checkLook(play(steps), seen)),
      { numRuns: RUNS },
    ));

  it('is met in every status, so that the sample says something', () => {
    const seen = fc
      .sample(anyTries, { numRuns: 300, seed: 11 })
      .map((steps) => play(steps).at(-1)?.after.status);
    expect(new Set(seen).size).toBeGreaterThanOrEqual(7);
  });
});
