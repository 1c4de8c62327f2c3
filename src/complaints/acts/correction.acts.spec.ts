import { describe, expect, it } from '@jest/globals';
import {
  allegationId,
  alleged,
  complainant,
  deadlinesOn,
  given,
  received,
  respondent,
  stranger,
  told,
  type ToldOfComplaint,
} from '../../../test/support/complaints.js';
import { anId, givenId } from '../../../test/support/given.js';
import { known } from '../complaint.state.js';

const why = { reason: 'Misread.', basis: 'The letter itself.' };
const correction = (entry: number, field: string, value: unknown) => ({
  eventId: givenId(entry),
  path: [field],
  new: value as string,
  ...why,
});
const corrected = (entry: number, field: string, value: unknown) =>
  told('EntryCorrected', correction(entry, field, value));
const acknowledged = told('ComplaintAcknowledged', { acknowledgedOn: '2026-02-28' }, '2026-02-28');

describe('correcting an entry', () => {
  it('keeps what it said and what it should have said', () =>
    given(received())
      .when('CorrectEntry', correction(0, 'category', 'fraud'))
      .then({ type: 'EntryCorrected', data: { ...correction(0, 'category', 'fraud'), old: 'abuse' } }));

  it('gives the reason and the basis', () =>
    given(received())
      .when('CorrectEntry', { eventId: givenId(0), path: ['category'], new: 'fraud' })
      .isUnreadable());

  it('may be done after closing, and never reopens', () => {
    const closed = told('ComplaintClosed', { outcome: 'remedied' });
    given(received(), closed)
      .when('CorrectEntry', correction(0, 'category', 'fraud'))
      .then({ type: 'EntryCorrected', data: { ...correction(0, 'category', 'fraud'), old: 'abuse' } });
    expect(given(received(), closed, corrected(0, 'category', 'fraud')).state().phase).toBe('closed');
  });

  it.each([
    [
      'an entry of another case',
      { ...correction(0, 'category', 'fraud'), eventId: anId(9) },
      'unknown-entry',
    ],
    ['a field that there is not', correction(0, 'colour', 'red'), 'unknown-field'],
    ['a value of the wrong kind', correction(0, 'receivedOn', '2019-02-30'), 'wrong-value'],
    ['nothing at all', correction(0, 'category', 'abuse'), 'nothing-to-correct'],
    ['a group of fields', correction(1, 'source', { name: 'register' }), 'unknown-field'],
  ])('refuses %s', (_, input, code) =>
    given(received(), alleged()).when('CorrectEntry', input).refuses(code),
  );

  it('refuses to correct a correction', () =>
    given(received(), corrected(0, 'category', 'fraud'))
      .when('CorrectEntry', correction(1, 'reason', 'Otherwise.'))
      .refuses('unknown-entry'));
});

describe('correcting the day of receipt', () => {
  it('moves the deadlines that run from it', () => {
    const due = (...more: ToldOfComplaint[]) =>
      deadlinesOn('2026-03-02', received(), ...more).find(({ key }) => key === 'resolve')?.dueOn;
    expect([due(), due(corrected(0, 'receivedOn', '2026-02-20'))]).toEqual(['2026-03-29', '2026-03-22']);
  });

  it('takes the allegations that came with it along', () => {
    const came = { ...alleged(), on: '2026-02-27' };
    given(received(), came)
      .when('CorrectEntry', correction(0, 'receivedOn', '2026-03-01'))
      .then({
        type: 'EntryCorrected',
        data: { ...correction(0, 'receivedOn', '2026-03-01'), old: '2026-02-27' },
      });
  });

  it('refuses the future', () =>
    given(received())
      .when('CorrectEntry', correction(0, 'receivedOn', '2026-03-03'))
      .refuses('received-in-future'));

  it('refuses a day after the acknowledgement or any other act', () => {
    given(received(), acknowledged)
      .when('CorrectEntry', correction(0, 'receivedOn', '2026-03-01'))
      .refuses('occurred-before-receipt');
    given(received(), told('HandlerAssigned', { handlerId: 'staff-2' }, '2026-02-28'))
      .when('CorrectEntry', correction(0, 'receivedOn', '2026-03-01'))
      .refuses('occurred-before-receipt');
  });
});

describe('correcting the day of acknowledgement', () => {
  it.each([
    ['before the receipt', '2026-02-26', 'occurred-before-receipt'],
    ['in the future', '2026-03-03', 'occurred-in-future'],
  ])('refuses a day %s', (_, day, code) =>
    given(received(), acknowledged)
      .when('CorrectEntry', correction(1, 'acknowledgedOn', day))
      .refuses(code),
  );
});

describe('correcting who is a party', () => {
  const correct = (value: string, circumstance = {}) =>
    given(received(), alleged()).when('CorrectEntry', correction(1, 'respondentRef', value), circumstance);

  it('names another respondent', () => {
    correct(stranger).then({
      type: 'EntryCorrected',
      data: { ...correction(1, 'respondentRef', stranger), old: respondent },
    });
    const state = given(received(), alleged(), corrected(1, 'respondentRef', stranger)).state();
    expect(known(state).allegations[0]?.respondentRef).toBe(stranger);
  });

  it('refuses whom the same act would refuse', () => {
    correct(stranger, { unknownParties: [stranger] }).refuses('unknown-party');
    correct(complainant).refuses('respondent-is-complainant');
    const withdrawn = told('AllegationWithdrawn', { allegationId, reasons: 'Mistaken.' });
    given(received(), alleged(), withdrawn)
      .when('CorrectEntry', correction(0, 'complainantRef', respondent))
      .refuses('respondent-is-complainant');
    correct(stranger, { actorParties: [stranger] }).refuses('party-to-the-case');
  });

  it('takes the case from whoever turns out to be the party by it', () => {
    const implicated = [{ partyRef: stranger, staffId: 'staff-2' }];
    const types = correct(stranger, { implicated })
      .events()
      .map(({ type }) => type);
    expect(types).toEqual(['EntryCorrected', 'StaffImplicated']);
  });

  it('refuses a stranger as the one who was heard or suspended', () => {
    given(received(), alleged(), told('ResponseReceived', { from: respondent, response: 'No.' }))
      .when('CorrectEntry', correction(2, 'from', stranger))
      .refuses('not-a-party');
    const suspension = {
      suspensionId: anId(3),
      respondentRef: respondent,
      reasons: 'Witnesses.',
      reviewOn: '2026-04-01',
    };
    given(received(), alleged(), told('InterimSuspensionImposed', suspension))
      .when('CorrectEntry', correction(2, 'respondentRef', complainant))
      .refuses('not-a-respondent');
  });
});

describe('what no correction touches', () => {
  const suspension = {
    suspensionId: anId(3),
    respondentRef: respondent,
    reasons: 'R.',
    reviewOn: '2026-04-01',
  };
  const fixed: readonly (readonly [ToldOfComplaint, field: string, value: unknown])[] = [
    [received(), 'policySet', 'landlord@1'],
    [received(), 'reference', '2026-000002'],
    [told('HandlerRecused', { staffId: 'staff-2', reasons: 'R.' }), 'staffId', 'staff-3'],
    [told('HandlerAssigned', { handlerId: 'staff-2' }), 'handlerId', 'staff-3'],
    [told('HearingAttached', { hearingId: anId(5) }), 'hearingId', anId(6)],
    [told('LegalHoldPlaced', { holdId: anId(5), basis: 'B.' }), 'holdId', anId(6)],
    [told('InterimSuspensionImposed', { ...suspension }), 'suspensionId', anId(6)],
    [told('ComplaintWithdrawn', { continueInOwnName: false, reasons: 'R.' }), 'continueInOwnName', true],
    [told('ComplaintClosed', { outcome: 'remedied' }), 'outcome', 'determined'],
  ];

  it.each(fixed)('%o keeps its %s', (entry, field, value) => {
    const before = entry.type === 'ComplaintReceived' ? [] : [received()];
    given(...before, entry)
      .when('CorrectEntry', correction(before.length, field, value))
      .refuses('not-correctable');
  });
});

describe('other corrections', () => {
  it('keep a pause to the reasons of the policy', () => {
    const paused = told('ClockPaused', { reason: 'court-proceedings', basis: 'A letter.' });
    given(received(), paused)
      .when('CorrectEntry', correction(1, 'reason', 'holidays'))
      .refuses('pause-reason-not-allowed');
    given(received(), paused)
      .when('CorrectEntry', correction(1, 'reason', 'process-suspended'))
      .then({
        type: 'EntryCorrected',
        data: { ...correction(1, 'reason', 'process-suspended'), old: 'court-proceedings' },
      });
  });

  it('keep an incident in the past, its end after its beginning', () => {
    const happened = alleged({ incidentFrom: '2026-02-01', incidentTo: '2026-02-02' });
    given(received(), happened)
      .when('CorrectEntry', correction(1, 'incidentTo', '2026-01-31'))
      .refuses('incident-ends-before-it-begins');
    given(received(), happened)
      .when('CorrectEntry', correction(1, 'incidentTo', '2026-03-03'))
      .refuses('incident-in-future');
  });

  it('are refused to a party to the case', () =>
    given(received())
      .when('CorrectEntry', correction(0, 'category', 'fraud'), { actorParties: [complainant] })
      .refuses('party-to-the-case'));
});
