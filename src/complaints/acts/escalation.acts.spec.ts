import { describe, expect, it } from '@jest/globals';
import { given, policy, received, told, type ToldOfComplaint } from '../../../test/support/complaints.js';
import { landlordPolicy } from '../../../test/support/resolution-case.js';
import { calendarNamed } from '../../clocks/calendar.js';
import { givenId } from '../../../test/support/given.js';
import { deadlinesOf } from '../complaint.deadlines.js';
import { known } from '../complaint.state.js';

const reasons = 'The leak is still there.';
const assigned = (handlerId: string) => told('HandlerAssigned', { handlerId }, '2026-02-27');
const answered = (on = '2026-03-02') => told('ComplaintClosed', { outcome: 'remedied' }, on);
const escalated = (on = '2026-03-02') =>
  told('ComplaintEscalated', { stage: 'stage-2', requestedOn: on, reasons }, on);
const acknowledged = (on: string) => told('EscalationAcknowledged', { acknowledgedOn: on }, on);
const landlord = { policy: landlordPolicy };
const escalate = (events: ToldOfComplaint[], input: object = {}, context: object = {}) =>
  given(received(), ...events).when('Escalate', { reasons, ...input }, { ...landlord, ...context });

describe('asking for a further stage', () => {
  const asked = {
    type: 'ComplaintEscalated',
    data: { stage: 'stage-2', requestedOn: '2026-03-02', reasons },
  } as const;

  it('is recorded with its day and reasons, of a case that was answered and of one that was not', () => {
    escalate([answered()]).then(asked);
    escalate([]).then(asked);
    given(received()).when('Escalate', {}, landlord).isUnreadable();
  });

  it('opens a case that was closed, and leaves it to be given to somebody else', () => {
    const state = known(given(received(), assigned('staff-2'), answered('2026-02-28'), escalated()).state());
    expect(state).toMatchObject({
      phase: 'open',
      handlerId: undefined,
      gaps: [{ closedOn: '2026-02-28', reopenedOn: '2026-03-02' }],
      escalations: [{ stage: 'stage-2', requestedOn: '2026-03-02' }],
    });
  });

  it('is refused where the procedure has no further stage, or one that is heard', () => {
    escalate([answered(), escalated(), answered()]).refuses('no-further-stage');
    escalate([answered()], {}, { policy }).refuses('further-stage-is-heard');
    escalate([answered()], {}, { policy: undefined }).refuses('case-not-adopted');
  });

  it.each([
    ['withdrawn', told('ComplaintWithdrawn', { continueInOwnName: false, reasons })],
    ['rejected', told('ComplaintRejected', { reasons })],
    ['referred', told('ComplaintReferred', { to: 'The council', reasons })],
  ])('is refused of what was %s, open or closed', (outcome, ending) => {
    escalate([ending]).refuses('already-ended');
    escalate([ending, told('ComplaintClosed', { outcome: outcome as 'withdrawn' })]).refuses('already-ended');
  });

  it('is refused on another day than it is said to have happened, and before the answer', () => {
    escalate([answered()], { requestedOn: '2026-03-01' }).refuses('days-differ');
    escalate([answered()], {}, { on: '2026-03-01', backdatingReason: 'Late.' }).refuses(
      'escalated-too-early',
    );
  });

  it('is corrected only to a day on which it can have been', () => {
    const correct = (value: string) =>
      given(received(), answered('2026-02-28'), escalated()).when('CorrectEntry', {
        eventId: givenId(2),
        path: ['requestedOn'],
        new: value,
        reason: 'Misread.',
        basis: 'The letter.',
      });
    correct('2026-02-27').refuses('escalated-too-early');
    correct('2026-03-03').refuses('occurred-in-future');
    correct('2026-03-01').then({
      type: 'EntryCorrected',
      data: {
        eventId: givenId(2),
        path: ['requestedOn'],
        old: '2026-03-02',
        new: '2026-03-01',
        reason: 'Misread.',
        basis: 'The letter.',
      },
    });
  });
});

describe('the handler of a further stage', () => {
  const stageTwo = [
    assigned('staff-2'),
    assigned('staff-3'),
    told('InvestigationOpened', { investigatorId: 'ines', termsOfReference: 'All of it.' }),
    answered(),
    escalated(),
  ];

  it.each(['staff-2', 'staff-3', 'ines'])('is not %s, who handled or investigated it before', (staffId) => {
    given(received(), ...stageTwo)
      .when('AssignHandler', { handlerId: staffId }, landlord)
      .refuses('handled-earlier-stage');
    given(received(), ...stageTwo)
      .when('OpenInvestigation', { investigatorId: staffId, termsOfReference: 'Anew.' }, landlord)
      .refuses('handled-earlier-stage');
  });

  it('is somebody else', () => {
    given(received(), ...stageTwo)
      .when('AssignHandler', { handlerId: 'staff-4' }, landlord)
      .then({ type: 'HandlerAssigned', data: { handlerId: 'staff-4' } });
    given(received(), ...stageTwo)
      .when('OpenInvestigation', { investigatorId: 'staff-4', termsOfReference: 'Anew.' }, landlord)
      .then({
        type: 'InvestigationOpened',
        data: { investigatorId: 'staff-4', termsOfReference: 'Anew.' },
      });
  });
});

describe('acknowledging a request for a further stage', () => {
  it('is recorded once, with its day', () => {
    given(received(), answered(), escalated())
      .when('AcknowledgeEscalation', {})
      .then({ type: 'EscalationAcknowledged', data: { acknowledgedOn: '2026-03-02' } });
    given(received(), answered(), escalated(), acknowledged('2026-03-02'))
      .when('AcknowledgeEscalation', {})
      .refuses('already-acknowledged');
  });

  it('is refused where nobody asked, and before the request', () => {
    given(received()).when('AcknowledgeEscalation', {}).refuses('not-escalated');
    given(received(), answered('2026-02-27'), escalated())
      .when('AcknowledgeEscalation', {}, { on: '2026-03-01', backdatingReason: 'Late.' })
      .refuses('acknowledged-before-request');
  });
});

describe('the clocks of a further stage', () => {
  const calendar = calendarNamed('GB-ENG');
  const deadlines = (...events: ToldOfComplaint[]) =>
    deadlinesOf(known(given(received(), ...events).state()), landlordPolicy, calendar, '2026-03-31').map(
      ({ key, dueOn, metOn }) => [key, dueOn, metOn],
    );
  const stageOne = [
    ['acknowledge', '2026-03-06', '2026-02-27'],
    // Acknowledged on Friday 27 February: ten working days end on Friday 13 March.
    ['respond', '2026-03-13', '2026-03-06'],
  ];
  const told1 = [
    told('ComplaintAcknowledged', { acknowledgedOn: '2026-02-27' }, '2026-02-27'),
    answered('2026-03-06'),
  ];

  it('start with the request, on the very day of the answer too, and chain from its acknowledgement', () => {
    // Asked for on Friday 6 March: due on Friday 13. Acknowledged on Monday 9: twenty working days over Easter, 3 and 6 April.
    const asked = [...told1, escalated('2026-03-06')];
    // Not acknowledged by Friday 13: twenty from then end on 14 April.
    expect(deadlines(...asked)).toEqual([
      ...stageOne,
      ['acknowledge-stage-2', '2026-03-13', null],
      ['respond-stage-2', '2026-04-14', null],
    ]);
    expect(deadlines(...asked, acknowledged('2026-03-09'))).toEqual([
      ...stageOne,
      ['acknowledge-stage-2', '2026-03-13', '2026-03-09'],
      ['respond-stage-2', '2026-04-08', null],
    ]);
  });

  it('end with the answer; a reopening starts those of this stage alone again', () => {
    const over = [...told1, escalated('2026-03-06'), acknowledged('2026-03-09'), answered('2026-03-20')];
    expect(deadlines(...over).at(-1)).toEqual(['respond-stage-2', '2026-04-08', '2026-03-20']);
    const again = deadlines(...over, told('ComplaintReopened', { reasons }, '2026-03-23'));
    expect(again.slice(0, 2)).toEqual(stageOne);
    expect(again.at(-1)).toEqual(['respond-stage-2', expect.stringMatching(/^2026-04/), null]);
  });

  it('end those of a stage that was never answered: it stays late, and nothing more is due of it', () =>
    expect(deadlines(escalated('2026-03-20'))).toEqual([
      ['acknowledge', '2026-03-06', '2026-03-20'],
      // Nobody acknowledged: ten working days from Friday 6 March, on which that was due.
      ['respond', '2026-03-20', '2026-03-20'],
      ['acknowledge-stage-2', '2026-03-27', null],
      ['respond-stage-2', '2026-04-28', null],
    ]));
});
