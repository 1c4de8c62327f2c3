import { describe, it } from '@jest/globals';
import {
  alleged,
  allegationId,
  complainant,
  given,
  received,
  respondent,
  stranger,
  told,
} from '../../../test/support/complaints.js';
import { anId, madeId } from '../../../test/support/given.js';

const suspensionId = anId(301);
const reasons = 'The witnesses work with them.';
const asked = { respondentRef: respondent, reasons, reviewOn: '2026-04-01' };
const imposed = told('InterimSuspensionImposed', { ...asked, suspensionId }, '2026-03-01');
const lifted = told('InterimSuspensionLifted', { suspensionId, reasons });

describe('imposing an interim suspension', () => {
  const against = given(received(), alleged());

  it('says until when it is reviewed', () =>
    against
      .when('ImposeInterimSuspension', asked)
      .then({ type: 'InterimSuspensionImposed', data: { ...asked, suspensionId: madeId(0) } }));

  it('gives reasons', () =>
    against
      .when('ImposeInterimSuspension', { respondentRef: respondent, reviewOn: '2026-04-01' })
      .isUnreadable());

  it.each([complainant, stranger])('refuses whoever is no respondent', (respondentRef) =>
    against.when('ImposeInterimSuspension', { ...asked, respondentRef }).refuses('not-a-respondent'),
  );

  it('refuses the respondent of a withdrawn allegation', () =>
    given(received(), alleged(), told('AllegationWithdrawn', { allegationId, reasons }))
      .when('ImposeInterimSuspension', asked)
      .refuses('not-a-respondent'));

  it.each(['2026-03-02', '2026-03-01'])('refuses a review on %s, which does not lie ahead', (reviewOn) =>
    against.when('ImposeInterimSuspension', { ...asked, reviewOn }).refuses('review-not-ahead'),
  );

  it('that is entered late keeps the review that was set then, and no earlier one', () => {
    const late = { on: '2026-02-28', backdatingReason: 'Found late.' };
    const set = { ...asked, reviewOn: '2026-03-01' };
    const data = { ...set, suspensionId: madeId(0) };
    against.when('ImposeInterimSuspension', set, late).then({ type: 'InterimSuspensionImposed', data });
    against.when('ImposeInterimSuspension', { ...set, reviewOn: late.on }, late).refuses('review-not-ahead');
  });

  it('refuses a second one while the first is live, and allows it after', () => {
    given(received(), alleged(), imposed).when('ImposeInterimSuspension', asked).refuses('already-suspended');
    given(received(), alleged(), imposed, lifted)
      .when('ImposeInterimSuspension', asked)
      .then({ type: 'InterimSuspensionImposed', data: { ...asked, suspensionId: madeId(0) } });
  });
});

describe('reviewing and lifting an interim suspension', () => {
  const suspended = given(received(), alleged(), imposed);
  const review = { suspensionId, reasons, reviewOn: '2026-05-01' };

  it('goes on to another review, or ends', () => {
    suspended
      .when('ReviewInterimSuspension', review)
      .then({ type: 'InterimSuspensionReviewed', data: review });
    suspended
      .when('LiftInterimSuspension', { suspensionId, reasons })
      .then({ type: 'InterimSuspensionLifted', data: { suspensionId, reasons } });
  });

  it('refuses a review that does not lie ahead', () =>
    suspended
      .when('ReviewInterimSuspension', { ...review, reviewOn: '2026-03-02' })
      .refuses('review-not-ahead'));

  it('needs one that is live', () => {
    const over = given(received(), alleged(), imposed, lifted);
    over.when('ReviewInterimSuspension', review).refuses('no-live-suspension');
    over.when('LiftInterimSuspension', { suspensionId, reasons }).refuses('no-live-suspension');
    suspended.when('LiftInterimSuspension', { suspensionId: anId(9), reasons }).refuses('no-live-suspension');
  });

  it('does not precede it', () =>
    suspended
      .when(
        'LiftInterimSuspension',
        { suspensionId, reasons },
        { on: '2026-02-28', backdatingReason: 'Found late.' },
      )
      .refuses('before-suspension'));
});
