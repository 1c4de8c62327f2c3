import { describe, it } from '@jest/globals';
import {
  alleged,
  complainant,
  given,
  policy,
  received,
  respondent,
  stranger,
  told,
} from '../../../test/support/complaints.js';
import { anId, circumstances, madeId } from '../../../test/support/given.js';

const letter = {
  receivedOn: '2026-02-27',
  channel: 'letter',
  category: 'abuse',
  summary: 'Shouted at.',
};
const onReceipt = { on: '2026-02-27' };
const asReceived = { ...letter, reference: '2026-000001', policySet: 'spec@1' };

describe('receiving a complaint', () => {
  it('records it under the policy in force, and needs no reason for a day past', () =>
    given().when('Receive', letter, onReceipt).then({ type: 'ComplaintReceived', data: asReceived }));

  it('records what is alleged with it', () =>
    given()
      .when(
        'Receive',
        { ...letter, allegations: [{ category: 'abuse', respondentRef: respondent }, { category: 'fraud' }] },
        onReceipt,
      )
      .then(
        { type: 'ComplaintReceived', data: asReceived },
        {
          type: 'AllegationAdded',
          data: {
            allegationId: madeId(0),
            category: 'abuse',
            respondentRef: respondent,
            characteristics: [],
            rules: [],
          },
        },
        {
          type: 'AllegationAdded',
          data: { allegationId: madeId(1), category: 'fraud', characteristics: [], rules: [] },
        },
      ));

  it('refuses a day of receipt in the future', () =>
    given()
      .when('Receive', { ...letter, receivedOn: '2026-03-03' }, { on: '2026-03-03' })
      .refuses('received-in-future'));

  it('refuses a receipt that its envelope dates otherwise', () =>
    given().when('Receive', letter, { on: '2026-02-26' }).refuses('days-differ'));

  it('refuses a day that never was', () =>
    given()
      .when('Receive', { ...letter, receivedOn: '2019-02-30' })
      .isUnreadable());

  it.each([
    ['NUL', 'a\0b'],
    ['a lone surrogate', 'a\ud800b'],
    ['blank text', '  '],
    ['text over the limit', 'a'.repeat(10_001)],
  ])('cannot read %s', (_, summary) =>
    given()
      .when('Receive', { ...letter, summary })
      .isUnreadable(),
  );

  it('cannot read a field that it does not know', () =>
    given()
      .when('Receive', { ...letter, colour: 'red' })
      .isUnreadable());

  it('refuses a party whom nobody registered', () =>
    given()
      .when('Receive', { ...letter, complainantRef: stranger }, { ...onReceipt, unknownParties: [stranger] })
      .refuses('unknown-party'));

  it('refuses a complaint about the complainant', () =>
    given()
      .when(
        'Receive',
        {
          ...letter,
          complainantRef: complainant,
          allegations: [{ category: 'abuse', respondentRef: complainant }],
        },
        onReceipt,
      )
      .refuses('respondent-is-complainant'));

  it.each([
    ['the complainant', { complainantRef: complainant }],
    ['a respondent', { allegations: [{ category: 'abuse', respondentRef: complainant }] }],
  ])('refuses to be received by %s', (_, parties) =>
    given()
      .when('Receive', { ...letter, ...parties }, { ...onReceipt, actorParties: [complainant] })
      .refuses('party-to-the-case'),
  );

  it('refuses an allegation of what has not happened yet', () =>
    given()
      .when(
        'Receive',
        { ...letter, allegations: [{ category: 'abuse', incidentFrom: '2026-04-01' }] },
        onReceipt,
      )
      .refuses('incident-in-future'));

  it('begins a stream and none that is there', () =>
    given(received()).when('Receive', letter, onReceipt).refuses('complaint-exists'));
});

describe('acknowledging', () => {
  const acknowledged = (acknowledgedOn: string) =>
    ({ type: 'ComplaintAcknowledged', data: { acknowledgedOn } }) as const;

  it('happens on the day of the act', () =>
    given(received()).when('Acknowledge', {}).then(acknowledged('2026-03-02')));

  it('may be recorded later, with the reason', () =>
    given(received())
      .when(
        'Acknowledge',
        { acknowledgedOn: '2026-02-28' },
        { on: '2026-02-28', backdatingReason: 'Sent by post.' },
      )
      .then(acknowledged('2026-02-28')));

  it('is not backdated without a reason', () =>
    given(received())
      .when('Acknowledge', { acknowledgedOn: '2026-02-28' }, { on: '2026-02-28' })
      .refuses('backdating-without-reason'));

  it('does not precede the receipt', () =>
    given(received())
      .when(
        'Acknowledge',
        { acknowledgedOn: '2026-02-26' },
        { on: '2026-02-26', backdatingReason: 'Sent by post.' },
      )
      .refuses('occurred-before-receipt'));

  it('does not lie in the future', () =>
    given(received())
      .when('Acknowledge', { acknowledgedOn: '2026-03-03' }, { on: '2026-03-03' })
      .refuses('occurred-in-future'));

  it('has one day', () =>
    given(received()).when('Acknowledge', { acknowledgedOn: '2026-03-01' }).refuses('days-differ'));

  it('happens once', () =>
    given(received(), told('ComplaintAcknowledged', { acknowledgedOn: '2026-02-27' }))
      .when('Acknowledge', {})
      .refuses('already-acknowledged'));
});

describe('any act on a complaint', () => {
  it('is dated on the day of receipt or later', () =>
    given(received())
      .when('AssignHandler', { handlerId: 'staff-2' }, { on: '2026-02-26', backdatingReason: 'Late note.' })
      .refuses('occurred-before-receipt'));

  it('is not dated in the future', () =>
    given(received())
      .when('AssignHandler', { handlerId: 'staff-2' }, { on: '2026-03-03' })
      .refuses('occurred-in-future'));

  it('is refused to a party to the case', () =>
    given(received())
      .when('Acknowledge', {}, { actorParties: [complainant] })
      .refuses('party-to-the-case'));

  it('is refused to whom an allegation names', () =>
    given(received(), alleged())
      .when('Acknowledge', {}, { actorParties: [respondent] })
      .refuses('party-to-the-case'));

  it('needs a complaint', () => given().when('Acknowledge', {}).refuses('not-found'));

  it('is not done on a closed one', () =>
    given(received(), told('ComplaintClosed', { outcome: 'remedied' }))
      .when('Acknowledge', {})
      .refuses('complaint-closed'));
});

describe('triage', () => {
  const decided = { decision: 'investigate', severity: 'high', reasons: 'Two witnesses.' } as const;

  it('says what happens next, and why', () =>
    given(received()).when('Triage', decided).then({ type: 'TriageCompleted', data: decided }));

  it('cannot be done without reasons', () =>
    given(received()).when('Triage', { decision: 'reject', severity: 'low' }).isUnreadable());

  it('may be done anew, and brings a rejected complaint back', () => {
    const anew = given(
      received(),
      told('ComplaintRejected', { reasons: 'Out of scope.' }),
      told('TriageCompleted', decided),
    );
    anew.when('Close', { outcome: 'rejected', reasons: 'Out of scope.' }).refuses('not-rejected');
  });

  it('does not bring a withdrawn complaint back', () =>
    given(
      received(),
      told('ComplaintWithdrawn', { continueInOwnName: false, reasons: 'Asked to.' }),
      told('TriageCompleted', decided),
    )
      .when('OpenInvestigation', { investigatorId: 'staff-2', termsOfReference: 'All of it.' })
      .refuses('already-ended'));
});

describe('rejecting and referring', () => {
  it('gives reasons', () => {
    given(received()).when('Reject', {}).isUnreadable();
    given(received()).when('Refer', { to: 'The police' }).isUnreadable();
    given(received())
      .when('Reject', { reasons: 'Out of scope.' })
      .then({ type: 'ComplaintRejected', data: { reasons: 'Out of scope.' } });
    given(received())
      .when('Refer', { to: 'The police', reasons: 'A crime.' })
      .then({ type: 'ComplaintReferred', data: { to: 'The police', reasons: 'A crime.' } });
  });

  it('happens once', () => {
    given(received(), told('ComplaintRejected', { reasons: 'Out of scope.' }))
      .when('Reject', { reasons: 'Again.' })
      .refuses('already-rejected');
    given(received(), told('ComplaintReferred', { to: 'The police', reasons: 'A crime.' }))
      .when('Refer', { to: 'The police', reasons: 'A crime.' })
      .refuses('already-referred');
  });

  it('does not happen to a closed complaint', () =>
    given(received(), told('ComplaintClosed', { outcome: 'remedied' }))
      .when('Reject', { reasons: 'Out of scope.' })
      .refuses('complaint-closed'));
});

describe('linking', () => {
  const other = anId(7);
  const link = { complaintId: other, reasons: 'The same evening.' };

  it('ties another complaint to this one, once', () => {
    given(received()).when('Link', link).then({ type: 'ComplaintsLinked', data: link });
    given(received(), told('ComplaintsLinked', link)).when('Link', link).then();
  });

  it('refuses itself and what does not exist', () => {
    given(received())
      .when('Link', { ...link, complaintId: circumstances.id })
      .refuses('linked-to-itself');
    given(received()).when('Link', link, { referenced: false }).refuses('unknown-complaint');
  });
});

describe('adopting an imported case', () => {
  const imported = () => {
    const { policySet: _, ...data } = received().data as { policySet: string };
    return { ...received(), data } as ReturnType<typeof received>;
  };

  it('puts it under the policy in force', () =>
    given(imported())
      .when('Adopt', { reasons: 'Still open.' }, { policyName: 'spec@1' })
      .then({ type: 'CaseAdopted', data: { policySet: 'spec@1', reasons: 'Still open.' } }));

  it('happens once, and to imported cases only', () => {
    given(received()).when('Adopt', { reasons: 'Still open.' }).refuses('not-imported');
    given(imported(), told('CaseAdopted', { policySet: 'spec@1', reasons: 'Open.' }))
      .when('Adopt', { reasons: 'Still open.' })
      .refuses('not-imported');
  });

  it('cannot be paused before', () =>
    given(imported())
      .when(
        'PauseClock',
        { reason: policy.procedure.pauseReasons[0], basis: 'A letter.' },
        { policy: undefined },
      )
      .refuses('pause-not-allowed'));
});
