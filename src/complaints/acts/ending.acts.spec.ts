import { describe, expect, it } from '@jest/globals';
import {
  alleged,
  allegationId,
  complainant,
  given,
  received,
  respondent,
  told,
  usual,
} from '../../../test/support/complaints.js';
import { anId, madeId } from '../../../test/support/given.js';
import { isPossible } from '../../event-store/decider.js';
import { complaint } from '../complaint.js';
import type { Proceedings } from '../complaint.context.js';
import { known } from '../complaint.state.js';

const reasons = 'Settled.';
const remedied = { outcome: 'remedied', reasons } as const;
const closed = (on?: string) => told('ComplaintClosed', { outcome: 'remedied' }, on);
const withdrawn = told('ComplaintWithdrawn', { continueInOwnName: false, reasons });
const pending = (more: Partial<Proceedings>) => ({ proceedings: { ...usual.proceedings, ...more } });
const late = { backdatingReason: 'Recorded late.' };

describe('withdrawing', () => {
  it('is the complainant’s, or told by nobody in particular', () => {
    given(received())
      .when('Withdraw', { by: complainant, reasons })
      .then({ type: 'ComplaintWithdrawn', data: { by: complainant, continueInOwnName: false, reasons } });
    given(received())
      .when('Withdraw', { reasons })
      .then({ type: 'ComplaintWithdrawn', data: { continueInOwnName: false, reasons } });
  });

  it('is not the respondent’s', () =>
    given(received(), alleged())
      .when('Withdraw', { by: respondent, reasons })
      .refuses('not-the-complainant'));

  it('gives reasons', () => given(received()).when('Withdraw', {}).isUnreadable());

  it('happens once', () =>
    given(received(), withdrawn).when('Withdraw', { reasons }).refuses('already-withdrawn'));

  it('may leave the body to go on in its own name, which may end it later', () => {
    const goesOn = told('ComplaintWithdrawn', { continueInOwnName: true, reasons });
    given(received(), goesOn).when('Close', { outcome: 'withdrawn', reasons }).refuses('not-withdrawn');
    given(received(), goesOn)
      .when('Withdraw', { continueInOwnName: true, reasons })
      .refuses('already-withdrawn');
    given(received(), goesOn)
      .when('Withdraw', { reasons })
      .then({ type: 'ComplaintWithdrawn', data: { continueInOwnName: false, reasons } });
  });

  it('does not happen to a closed complaint', () =>
    given(received(), closed()).when('Withdraw', { reasons }).refuses('complaint-closed'));
});

describe('closing', () => {
  it('says how it ended, and why', () => {
    given(received()).when('Close', remedied).then({ type: 'ComplaintClosed', data: remedied });
    given(received()).when('Close', { outcome: 'remedied' }).isUnreadable();
    given(received()).when('Close', { outcome: 'forgotten', reasons }).isUnreadable();
  });

  it.each(['resigned', 'remedied'] as const)('as %s needs no finding', (outcome) =>
    given(received(), alleged())
      .when('Close', { outcome, reasons })
      .then({ type: 'ComplaintClosed', data: { outcome, reasons } }),
  );

  it('as resolved informally follows what the sides agreed, on that day or later', () => {
    const informally = { outcome: 'resolved-informally', reasons } as const;
    given(received(), alleged()).when('Close', informally).refuses('not-resolved-informally');
    given(received(), alleged())
      .when('Close', informally, pending({ agreedOn: '2026-03-02' }))
      .then({ type: 'ComplaintClosed', data: informally });
    given(received(), alleged())
      .when('Close', informally, { ...pending({ agreedOn: '2026-03-02' }), on: '2026-03-01', ...late })
      .refuses('not-resolved-informally');
  });

  it.each([
    ['withdrawn', withdrawn],
    ['rejected', told('ComplaintRejected', { reasons })],
    ['referred', told('ComplaintReferred', { to: 'The police', reasons })],
  ] as const)('as %s follows that being recorded', (outcome, ending) => {
    given(received()).when('Close', { outcome, reasons }).refuses(`not-${outcome}`);
    given(received(), ending)
      .when('Close', { outcome, reasons })
      .then({ type: 'ComplaintClosed', data: { outcome, reasons } });
  });

  it.each([
    [
      'a live hearing that is not shown',
      { liveHearings: [{ id: anId(5), shown: false }] },
      'hearing-not-shown',
    ],
    ['a live hearing', { liveHearings: [{ id: anId(5), shown: true }] }, 'hearing-listed'],
    ['an unfinished review', { pendingReviews: [anId(5)] }, 'review-pending'],
    ['a pending appeal', { pendingAppeals: [anId(5)] }, 'appeal-pending'],
    ['an appeal that may come today', { appealUntil: '2026-03-02' }, 'appeal-window-open'],
  ])('waits for %s', (_, proceedings, code) =>
    given(received()).when('Close', remedied, pending(proceedings)).refuses(code),
  );

  it('does not wait for an appeal window that is over', () =>
    given(received())
      .when('Close', remedied, pending({ appealUntil: '2026-03-01' }))
      .then({ type: 'ComplaintClosed', data: remedied }));

  it('is not dated back into an appeal window', () =>
    given(received())
      .when('Close', remedied, {
        ...pending({ appealUntil: '2026-02-28' }),
        on: '2026-02-28',
        backdatingReason: 'Found in the post.',
      })
      .refuses('appeal-window-open'));

  it('waits for the end of an interim suspension', () => {
    const suspension = { suspensionId: anId(3), respondentRef: respondent, reasons, reviewOn: '2026-04-01' };
    const suspended = [received(), alleged(), told('InterimSuspensionImposed', suspension)] as const;
    given(...suspended)
      .when('Close', remedied)
      .refuses('live-suspension');
    given(...suspended, told('InterimSuspensionLifted', { suspensionId: anId(3), reasons }))
      .when('Close', remedied)
      .then({ type: 'ComplaintClosed', data: remedied });
  });

  it('as determined needs a finding on every allegation that was not withdrawn', () => {
    const determined = { outcome: 'determined', reasons } as const;
    given(received(), alleged()).when('Close', determined).refuses('allegation-undetermined');
    given(received(), alleged())
      .when('Close', determined, pending({ determinedAllegations: [allegationId] }))
      .then({ type: 'ComplaintClosed', data: determined });
    given(received()).when('Close', determined).refuses('nothing-determined');
    given(received(), alleged(), told('AllegationWithdrawn', { allegationId, reasons }))
      .when('Close', determined)
      .refuses('nothing-determined');
  });

  it('ends the pause that lasts', () =>
    given(received(), told('ClockPaused', { reason: 'court-proceedings', basis: 'A letter.' }))
      .when('Close', remedied)
      .then({ type: 'ClockResumed', data: {} }, { type: 'ComplaintClosed', data: remedied }));

  it('does not precede the last pause, resumption or reopening', () => {
    given(received(), told('ClockPaused', { reason: 'court-proceedings', basis: 'A letter.' }, '2026-03-01'))
      .when('Close', remedied, { on: '2026-02-28', ...late })
      .refuses('closed-before-clock-change');
    given(received(), closed('2026-02-27'), told('ComplaintReopened', { reasons }, '2026-03-01'))
      .when('Close', remedied, { on: '2026-02-28', ...late })
      .refuses('closed-before-clock-change');
  });

  it('happens once', () => given(received(), closed()).when('Close', remedied).refuses('complaint-closed'));
});

describe('a closed case', () => {
  it('bears being taken up again, corrected and held, and what guards the process; nothing else', () =>
    expect(
      Object.keys(complaint.acts).filter((name) =>
        isPossible(complaint, name, given(received(), closed()).state(), {}),
      ),
    ).toEqual([
      'DeclareConflict',
      'Recuse',
      'Implicate',
      'RecordOutsideContact',
      'RestrictCase',
      'SealCase',
      'Reopen',
      'PlaceLegalHold',
      'Escalate',
      'CorrectEntry',
      'Erase',
    ]));
});

describe('reopening', () => {
  it('gives reasons', () => {
    given(received(), closed()).when('Reopen', {}).isUnreadable();
    given(received(), closed())
      .when('Reopen', { reasons })
      .then({ type: 'ComplaintReopened', data: { reasons } });
  });

  it('needs a closed case', () => given(received()).when('Reopen', { reasons }).refuses('complaint-open'));

  it('does not precede the closing', () =>
    given(received(), closed('2026-03-01'))
      .when('Reopen', { reasons }, { on: '2026-02-28', ...late })
      .refuses('reopened-before-closing'));

  it('leaves on record for how long the case was closed', () => {
    const state = given(received(), closed('2026-02-28'), told('ComplaintReopened', { reasons })).state();
    expect(known(state)).toMatchObject({
      phase: 'open',
      gaps: [{ closedOn: '2026-02-28', reopenedOn: '2026-03-02' }],
    });
  });

  it('asks for a new rejection before it is closed as rejected again', () =>
    given(
      received(),
      told('ComplaintRejected', { reasons }),
      told('ComplaintClosed', { outcome: 'rejected' }),
      told('ComplaintReopened', { reasons }),
    )
      .when('Close', { outcome: 'rejected', reasons })
      .refuses('not-rejected'));
});

describe('a legal hold', () => {
  const hold = told('LegalHoldPlaced', { holdId: anId(6), basis: 'A claim.' });

  it('is placed on an open or closed case, as many as there are reasons for one', () => {
    const placed = { type: 'LegalHoldPlaced', data: { basis: 'A claim.', holdId: madeId(0) } } as const;
    given(received()).when('PlaceLegalHold', { basis: 'A claim.' }).then(placed);
    given(received(), hold, closed()).when('PlaceLegalHold', { basis: 'A claim.' }).then(placed);
  });

  it('is released by its id, with reasons, and the others stay', () => {
    const two = [received(), hold, told('LegalHoldPlaced', { holdId: anId(7), basis: 'Another.' })] as const;
    given(...two)
      .when('ReleaseLegalHold', { holdId: anId(6) })
      .isUnreadable();
    given(...two)
      .when('ReleaseLegalHold', { holdId: anId(6), reasons })
      .then({ type: 'LegalHoldReleased', data: { holdId: anId(6), reasons } });
    const released = told('LegalHoldReleased', { holdId: anId(6), reasons });
    expect(known(given(...two, released).state()).holds).toEqual([anId(7)]);
    given(...two, released)
      .when('ReleaseLegalHold', { holdId: anId(6), reasons })
      .refuses('no-such-hold');
  });
});
