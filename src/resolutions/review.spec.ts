import { describe, expect, it } from '@jest/globals';
import { anId } from '../../test/support/given.js';
import {
  appealId,
  closed,
  complainant,
  determinedAs,
  drafted,
  found,
  given,
  landlordPolicy,
  lodged,
  notified,
  opened,
  respondent,
  sanctionId,
  shouting,
  submitted,
  theCase,
  usual,
  verified,
} from '../../test/support/resolution-case.js';
import type { ResolutionEvent } from './resolution.events.js';
import { standingOf, statusOf } from './resolution.standing.js';

const verifier = { actor: { id: 'verifier', role: 'independent-reviewer' } };
const as = (id: string) => ({ actor: { id, role: 'independent-reviewer' } });

describe('a review', () => {
  it('begins with a decision and ends with its verification', () => {
    given(...drafted)
      .when('SubmitForReview', {})
      .then({ type: 'DecisionSubmittedForReview', data: {} });
    given(...submitted)
      .when('VerifyDecision', {}, verifier)
      .then({ type: 'DecisionVerified', data: {} });
  });

  it('needs a finding, and is submitted once', () => {
    given(opened).when('SubmitForReview', {}).refuses('nothing-decided');
    given(...submitted)
      .when('SubmitForReview', {})
      .refuses('review-pending');
    given(...verified)
      .when('SubmitForReview', {})
      .refuses('decision-verified');
  });

  it('is not by anybody who made, recorded or submitted the decision', () => {
    const events = [opened, { ...found(), by: 'clerk' }, ...submitted.slice(-1)];
    for (const own of ['maker', 'clerk', 'submitter']) {
      given(...events)
        .when('VerifyDecision', {}, as(own))
        .refuses('own-decision');
      given(...events)
        .when('VetoDecision', { reasons: 'Thin.' }, as(own))
        .refuses('own-decision');
    }
  });

  it('needs a submission', () => {
    given(...drafted)
      .when('VerifyDecision', {}, verifier)
      .refuses('not-under-review');
    given(...verified)
      .when('VetoDecision', { reasons: 'Thin.' }, verifier)
      .refuses('not-under-review');
  });

  it('is refused in a closed case', () =>
    given(...submitted)
      .when('VerifyDecision', {}, { ...verifier, complaint: theCase(closed) })
      .refuses('complaint-closed'));
});

describe('a veto', () => {
  const veto = { type: 'DecisionVetoed', data: { reasons: 'Thin.' }, by: 'verifier' } as const;

  it('has reasons', () => {
    given(...submitted)
      .when('VetoDecision', { reasons: 'Thin.' }, verifier)
      .then({ type: 'DecisionVetoed', data: { reasons: 'Thin.' } });
    given(...submitted)
      .when('VetoDecision', {}, verifier)
      .isUnreadable();
  });

  it('lets the findings and sanctions fall, so that they are made anew', () => {
    const vetoed = given(...submitted, veto);
    expect(vetoed.state()).toMatchObject({
      findings: [{ standing: 'vetoed' }],
      sanctions: [{ status: 'fallen' }],
    });
    expect(statusOf(vetoed.state())).toBe('vetoed');
    expect(standingOf(vetoed.state())).toMatchObject({ found: [], unfinished: false });
    vetoed.when('CompleteSanction', { sanctionId }).refuses('decision-not-notified');
    const { data } = found();
    vetoed.when('MakeFinding', { ...data, by: undefined }).then({ type: 'FindingMade', data } as never);
  });

  it('is by nobody who handled, investigated or heard the case, or decided it at an earlier stage', () => {
    const handled = theCase({ type: 'HandlerAssigned', data: { handlerId: 'handler' } });
    for (const reviewer of ['handler', 'investigator', 'chair', 'earlier'])
      for (const [act, said] of [
        ['VerifyDecision', {}],
        ['VetoDecision', { reasons: 'Thin.' }],
      ] as const)
        given(...submitted)
          .when(act, said, { ...as(reviewer), complaint: handled, decidedEarlier: ['earlier'] })
          .refuses('had-a-part');
  });

  it('keeps the makers from reviewing what they make anew', () =>
    given(...submitted, veto, { ...found(), by: 'other' }, submitted.at(-1)!)
      .when('VerifyDecision', {}, as('maker'))
      .refuses('own-decision'));
});

describe('a notification', () => {
  const notice = { to: [respondent] };

  it('opens the time to appeal that the policy gives', () => {
    given(...verified)
      .when('Notify', notice)
      .then({
        type: 'DecisionNotified',
        data: { to: [respondent], notifiedOn: '2026-03-02', appealUntil: '2026-03-30' },
      });
    given(...verified)
      .when('Notify', { ...notice, notifiedOn: '2026-03-04' }, { on: '2026-03-05', today: '2026-03-05' })
      .then({
        type: 'DecisionNotified',
        data: { to: [respondent], notifiedOn: '2026-03-04', appealUntil: '2026-04-01' },
      });
  });

  it('opens none where the procedure knows no appeal', () =>
    given(...drafted)
      .when('Notify', notice, { policy: landlordPolicy })
      .then({ type: 'DecisionNotified', data: { to: [respondent], notifiedOn: '2026-03-02' } }));

  it('waits for the verification that the policy demands, and for a review that was asked', () => {
    given(...drafted)
      .when('Notify', notice)
      .refuses('not-verified');
    given(...submitted)
      .when('Notify', notice)
      .refuses('review-pending');
    given(...submitted)
      .when('Notify', notice, { policy: landlordPolicy })
      .refuses('review-pending');
    given(opened).when('Notify', notice).refuses('nothing-decided');
  });

  it('is to the parties of the case, each of them once', () => {
    given(...verified)
      .when('Notify', { to: [anId(99)] })
      .refuses('not-a-party');
    given(...verified)
      .when('Notify', { to: [] })
      .refuses('nobody-notified');
    given(...notified)
      .when('Notify', notice)
      .refuses('already-notified');
    given(...notified)
      .when('Notify', { to: [complainant] })
      .then({
        type: 'DecisionNotified',
        data: { to: [complainant], notifiedOn: '2026-03-02', appealUntil: '2026-03-30' },
      });
  });

  it('lies neither in the future nor before the decision', () => {
    given(...verified)
      .when('Notify', { ...notice, notifiedOn: '2026-03-03' })
      .refuses('occurred-in-future');
    given(...verified)
      .when('Notify', { ...notice, notifiedOn: '2026-03-01' })
      .refuses('notified-before-decision');
  });

  it('may tell the outcome of an appeal, once it is decided and carried out', () => {
    const outcome = { to: [respondent], appealId };
    given(...determinedAs('dismissed'))
      .when('Notify', outcome)
      .then({ type: 'DecisionNotified', data: { to: [respondent], notifiedOn: '2026-03-02', appealId } });
    given(...lodged)
      .when('Notify', outcome)
      .refuses('appeal-not-determined');
    given(...determinedAs('varied'))
      .when('Notify', outcome)
      .refuses('appeal-not-determined');
    given(...lodged)
      .when('Notify', { ...outcome, appealId: anId(99) })
      .refuses('unknown-appeal');
  });
});

describe('what a decision means for its case', () => {
  it('is unfinished until the parties were told, and then open to appeal', () => {
    expect(standingOf(given(opened).state())).toMatchObject({ found: [], unfinished: false });
    expect(standingOf(given(...drafted).state())).toMatchObject({ found: [shouting], unfinished: true });
    expect(standingOf(given(...verified).state())).toMatchObject({ unfinished: true });
    expect(standingOf(given(...notified).state())).toEqual({
      found: [shouting],
      unfinished: false,
      appealPending: false,
      appealUntil: '2026-03-30',
      agreedOn: null,
    });
  });

  it('is named in one word', () => {
    const words = [[opened], drafted, submitted, verified, notified, lodged].map((events) =>
      statusOf(given(...events).state()),
    );
    expect(words).toEqual(['open', 'drafted', 'submitted', 'verified', 'notified', 'under-appeal']);
  });
});

describe('a publication', () => {
  it('comes after the parties were told', () => {
    given(...notified)
      .when('Publish', { where: 'The yearly report.' })
      .then({ type: 'DecisionPublished', data: { where: 'The yearly report.' } });
    given(...verified)
      .when('Publish', { where: 'The yearly report.' })
      .refuses('decision-not-notified');
  });
});

describe('a remedy', () => {
  const remedy = { remedy: 'apology', description: 'In writing.' };

  it('is offered to a party of an open case', () => {
    given(opened)
      .when('OfferRemedy', { ...remedy, to: complainant })
      .then({
        type: 'RemedyOffered',
        data: { ...remedy, to: complainant, remedyId: usual.idFor(0) },
      });
    given(opened)
      .when('OfferRemedy', { ...remedy, to: anId(99) })
      .refuses('not-a-party');
    given(opened)
      .when('OfferRemedy', remedy, { complaint: theCase(closed) })
      .refuses('complaint-closed');
  });
});

describe('an informal resolution', () => {
  const informal = {
    type: 'ResolutionOpened',
    data: { complaintId: anId(10), kind: 'informal' },
  } as const;
  const agreed: ResolutionEvent = {
    type: 'InformalResolutionAgreed',
    data: { terms: 'They shook hands.', agreedBy: [complainant, respondent] },
  };

  it('ends in an agreement, without a hearing', () => {
    given(informal).when('AgreeInformally', agreed.data, { hearings: [] }).then(agreed);
    expect(statusOf(given(informal, agreed).state())).toBe('agreed');
    given(informal, agreed)
      .when('Publish', { where: 'The web page.' })
      .then({ type: 'DecisionPublished', data: { where: 'The web page.' } });
  });

  it('is agreed once, by parties to the case, and only where it was opened as informal', () => {
    given(informal, agreed).when('AgreeInformally', agreed.data).refuses('already-agreed');
    given(informal)
      .when('AgreeInformally', { terms: 'Yes.', agreedBy: [anId(99)] })
      .refuses('not-a-party');
    given(opened).when('AgreeInformally', agreed.data).refuses('resolution-is-formal');
  });

  it('holds nothing up', () =>
    expect(standingOf(given(informal).state())).toEqual({
      found: [],
      unfinished: false,
      appealPending: false,
      appealUntil: null,
      agreedOn: null,
    }));
});
