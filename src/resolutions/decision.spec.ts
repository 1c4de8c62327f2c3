import { describe, expect, it } from '@jest/globals';
import { anId, madeId } from '../../test/support/given.js';
import {
  appealId,
  closed,
  complainant,
  complaintId,
  defaultPolicy,
  determinedAs,
  drafted,
  found,
  given,
  hearingId,
  independent,
  landlordPolicy,
  lying,
  notified,
  opened,
  respondent,
  sanctioned,
  sanctionId,
  shouting,
  submitted,
  theCase,
  undisclosedCase,
  usual,
  verified,
  withdrawn,
} from '../../test/support/resolution-case.js';
import { hearing } from '../hearings/hearing.js';
import { specOf } from '../../test/support/given.js';
import { hearingFacts } from './resolution.context.js';
import { standingOf } from './resolution.standing.js';

const finding = {
  allegationId: shouting,
  finding: 'upheld',
  standardOfProof: 'balance-of-probabilities',
  reasons: 'Three people heard it.',
};
const sanction = { allegationIds: [shouting], kind: 'training', reasons: 'To learn.' };

describe('a resolution', () => {
  it('begins on a case that exists and is open', () => {
    given()
      .when('Open', { complaintId, hearingId })
      .then({ type: 'ResolutionOpened', data: { complaintId, hearingId, kind: 'formal' } });
    given()
      .when('Open', { complaintId }, { complaint: { phase: 'absent' } })
      .refuses('unknown-complaint');
    given()
      .when('Open', { complaintId }, { complaint: theCase(closed) })
      .refuses('complaint-closed');
    given()
      .when('Open', { complaintId, hearingId: anId(99) })
      .refuses('unknown-hearing');
    given(opened).when('Open', { complaintId }).refuses('resolution-exists');
  });

  it('is nobody’s who is a party to the case or recused from it', () => {
    given(opened)
      .when('MakeFinding', finding, { actorParties: [respondent] })
      .refuses('party-to-the-case');
    const recused = theCase({ type: 'HandlerRecused', data: { staffId: 'maker', reasons: 'A friend.' } });
    given(opened).when('MakeFinding', finding, { complaint: recused }).refuses('recused');
  });
});

it('refuses what would have happened before the complaint came in', () =>
  given(opened)
    .when('MakeFinding', finding, { on: '2026-02-01', backdatingReason: 'Found in a drawer.' })
    .refuses('occurred-before-receipt'));

describe('a finding', () => {
  it('is made by whoever records it, or by whoever is named', () => {
    given(opened)
      .when('MakeFinding', finding)
      .then({ type: 'FindingMade', data: { ...found().data, by: ['maker'] } as never });
    given(opened)
      .when('MakeFinding', { ...finding, by: ['chair', 'member'] })
      .then({ type: 'FindingMade', data: { ...found().data, by: ['chair', 'member'] } as never });
  });

  it('at the second stage is nobody’s who decided or reviewed the first', () => {
    for (const by of [undefined, ['chair', 'maker']])
      given(opened)
        .when('MakeFinding', { ...finding, by }, { decidedEarlier: ['maker'] })
        .refuses('decided-earlier-stage');
    given(...drafted)
      .when('ImposeSanction', { ...sanction }, { decidedEarlier: ['maker'] })
      .refuses('decided-earlier-stage');
    for (const [act, said] of [
      ['SubmitForReview', {}],
      ['OfferRemedy', { remedy: 'apology', description: 'Sorry.' }],
    ] as const)
      given(...drafted)
        .when(act, said, { decidedEarlier: ['maker'] })
        .refuses('decided-earlier-stage');
  });

  it('at the second stage is made in a resolution of that stage, whoever makes it', () => {
    const second = { begunEarlier: true };
    const refused = 'resolution-of-earlier-stage';
    given(opened).when('MakeFinding', finding, second).refuses(refused);
    given(...drafted)
      .when('ImposeSanction', { ...sanction }, second)
      .refuses(refused);
    given(...drafted)
      .when('SubmitForReview', {}, second)
      .refuses(refused);
    given(...submitted)
      .when('VerifyDecision', {}, { ...independent, ...second })
      .refuses(refused);
    given(...verified)
      .when('Notify', { to: [respondent] }, second)
      .refuses(refused);
    given(opened).when('OfferRemedy', { remedy: 'apology', description: 'Sorry.' }, second).refuses(refused);
    given({ type: 'ResolutionOpened', data: { complaintId, kind: 'informal' } })
      .when('AgreeInformally', { terms: 'Both shook hands.' }, second)
      .refuses(refused);
    // What was told at the first stage was decided there: others may be told it, and it may be appealed.
    const told = given(...notified).when('Notify', { to: [complainant] }, second);
    expect(told.events()).toMatchObject([{ type: 'DecisionNotified' }]);
    const throughAppeal = { ...sanction, appealId };
    const imposed = given(...determinedAs('varied')).when('ImposeSanction', throughAppeal, {
      ...independent,
      ...second,
    });
    expect(imposed.events()).toMatchObject([{ type: 'SanctionImposed' }]);
  });

  it('drafted at the first stage and told to nobody counts no more at the second', () => {
    const standing = (...events: Parameters<typeof given>) => {
      const state = given(...events).state();
      return [standingOf(state), standingOf(state, true)].map(({ found: by, unfinished }) => [
        by,
        unfinished,
      ]);
    };
    expect(standing(...verified)).toEqual([
      [[shouting], true],
      [[], false],
    ]);
    expect(standing(...notified)).toEqual([
      [[shouting], false],
      [[shouting], false],
    ]);
  });

  it('at the second stage is nobody’s who handled or investigated the first', () => {
    const escalated = theCase(
      { type: 'HandlerAssigned', data: { handlerId: 'maker' } },
      {
        type: 'ComplaintEscalated',
        data: { stage: 'second', requestedOn: '2026-02-20', reasons: 'Unheard.' },
      },
      { type: 'HandlerAssigned', data: { handlerId: 'chair' } },
    );
    for (const first of ['maker', 'investigator']) {
      const acting = { complaint: escalated, actor: { id: first, role: 'case-handler' } };
      given(opened)
        .when('OfferRemedy', { remedy: 'apology', description: 'Sorry.' }, acting)
        .refuses('handled-earlier-stage');
      given(...drafted)
        .when('SubmitForReview', {}, acting)
        .refuses('handled-earlier-stage');
      given(opened)
        .when('MakeFinding', finding, { complaint: escalated, actor: { id: first, role: 'decision-maker' } })
        .refuses('handled-earlier-stage');
      given(opened)
        .when(
          'MakeFinding',
          { ...finding, by: ['chair', first] },
          {
            complaint: escalated,
            actor: { id: 'chair', role: 'decision-maker' },
          },
        )
        .refuses('handled-earlier-stage');
    }
    expect(
      given(opened)
        .when('MakeFinding', finding, {
          complaint: escalated,
          actor: { id: 'chair', role: 'decision-maker' },
        })
        .events(),
    ).toHaveLength(1);
  });

  it('names nobody who is a party or recused', () =>
    given(opened)
      .when(
        'MakeFinding',
        { ...finding, by: ['member'] },
        { people: [{ id: 'member', parties: [complainant] }] },
      )
      .refuses('party-to-the-case'));

  it('has a standard of proof and reasons', () => {
    const { reasons: _, ...unreasoned } = finding;
    const { standardOfProof: __, ...unproved } = finding;
    given(opened).when('MakeFinding', unreasoned).isUnreadable();
    given(opened).when('MakeFinding', unproved).isUnreadable();
  });

  it('is on an allegation of this case that was not withdrawn', () => {
    given(opened)
      .when('MakeFinding', { ...finding, allegationId: anId(99) })
      .refuses('unknown-allegation');
    given(opened)
      .when('MakeFinding', { ...finding, allegationId: withdrawn })
      .refuses('allegation-withdrawn');
  });

  it('waits for the disclosure to the respondent, where the policy demands one', () => {
    const complaint = undisclosedCase();
    given(opened).when('MakeFinding', finding, { complaint }).refuses('not-disclosed');
    given(opened)
      .when('MakeFinding', finding, { complaint, policy: landlordPolicy })
      .then({ type: 'FindingMade', data: { ...found().data } as never });
  });

  it('waits for a concluded hearing, where the policy demands one', () => {
    const heard = usual.hearings[0]!;
    const refused = (hearings: typeof usual.hearings) =>
      given(opened).when('MakeFinding', finding, { hearings }).refuses('not-heard');
    refused([]);
    refused([{ ...heard, concludedOn: null }]);
    refused([{ ...heard, concludedOn: '2026-03-03' }]);
    refused([{ ...heard, kind: 'appeal' }]);
    refused([{ ...heard, hearingId: anId(32) }]);
  });

  it('rests on any hearing of the case when the resolution names none', () =>
    given({ type: 'ResolutionOpened', data: { complaintId, kind: 'formal' } })
      .when('MakeFinding', finding)
      .then({ type: 'FindingMade', data: { ...found().data } as never }));

  it('is made by those who sat when the hearing was concluded, where there was a panel', () => {
    const heard = { ...usual.hearings[0]!, concludedBy: ['maker', 'chair'] };
    const decidedBy = (by: string[], hearings = [heard]) =>
      given(opened).when('MakeFinding', { ...finding, by }, { hearings });
    decidedBy(['maker', 'chair']).then({
      type: 'FindingMade',
      data: { ...found().data, by: ['maker', 'chair'] } as never,
    });
    decidedBy(['maker', 'member']).refuses('did-not-sit');
    given(opened)
      .when('MakeFinding', finding, { actor: { id: 'eve', role: 'decision-maker' } })
      .refuses('did-not-sit');
    decidedBy(['eve'], [{ ...heard, concludedBy: [], panel: [] }]).then({
      type: 'FindingMade',
      data: { ...found().data, by: ['eve'] } as never,
    });
  });

  it('is made by those who sat at one of the hearings, when the resolution names none', () => {
    const unnamed = given({ type: 'ResolutionOpened', data: { complaintId, kind: 'formal' } });
    const other = { ...usual.hearings[0]!, hearingId: anId(32), concludedBy: ['ann'], panel: ['ann'] };
    const hearings = [...usual.hearings, other];
    unnamed
      .when('MakeFinding', { ...finding, by: ['ann'] }, { hearings })
      .then({ type: 'FindingMade', data: { ...found().data, by: ['ann'] } as never });
    unnamed.when('MakeFinding', { ...finding, by: ['ann', 'maker'] }, { hearings }).refuses('did-not-sit');
  });

  it('rests on the hearing that the resolution names, also where the policy demands none', () => {
    const policy = landlordPolicy;
    given(opened).when('MakeFinding', finding, { policy, hearings: [] }).refuses('not-heard');
    given(opened)
      .when('MakeFinding', { ...finding, by: ['eve'] }, { policy })
      .refuses('did-not-sit');
  });

  it('is made once per allegation, here or in another resolution of the case', () => {
    given(opened, found()).when('MakeFinding', finding).refuses('finding-exists');
    given(opened)
      .when('MakeFinding', finding, { foundElsewhere: [shouting] })
      .refuses('finding-exists');
    given(opened, found())
      .when('MakeFinding', { ...finding, allegationId: lying, finding: 'not-upheld' })
      .then({ type: 'FindingMade', data: { ...found(lying, 'not-upheld').data } as never });
  });

  it('is not made while the decision is reviewed, verified or told', () => {
    const other = { ...finding, allegationId: lying };
    given(...submitted)
      .when('MakeFinding', other)
      .refuses('review-pending');
    given(...verified)
      .when('MakeFinding', other)
      .refuses('decision-verified');
    given(...notified)
      .when('MakeFinding', other)
      .refuses('decision-notified');
  });

  it('is not made in a closed case, an informal resolution, or a case without a procedure', () => {
    given(opened)
      .when('MakeFinding', finding, { complaint: theCase(closed) })
      .refuses('complaint-closed');
    given({ type: 'ResolutionOpened', data: { complaintId, kind: 'informal' } })
      .when('MakeFinding', finding)
      .refuses('resolution-is-informal');
    given(opened).when('MakeFinding', finding, { policy: undefined }).refuses('case-not-adopted');
  });
});

describe('a matter that was sent back', () => {
  const anew = { ...usual.hearings[0]!, hearingId: anId(33), concludedBy: ['fresh'], panel: ['fresh'] };
  const fresh = { actor: { id: 'fresh', role: 'panel-chair' }, hearings: [...usual.hearings, anew] };

  it('is decided again by others, after another hearing', () => {
    const remitted = given(...determinedAs('remitted'));
    remitted
      .when('MakeFinding', finding, fresh)
      .then({ type: 'FindingMade', data: { ...found().data, by: ['fresh'] } as never });
    remitted.when('MakeFinding', finding, { ...fresh, hearings: usual.hearings }).refuses('not-heard');
    for (const again of ['maker', 'submitter', 'verifier', 'chair'])
      remitted
        .when('MakeFinding', finding, { ...fresh, actor: { id: again, role: 'decision-maker' } })
        .refuses('decided-before-remittal');
  });

  it('is not decided again by the same people in another resolution', () => {
    const sentBackElsewhere = [{ allegationIds: [shouting], people: ['fresh'], hearingIds: [] }];
    given(opened)
      .when('MakeFinding', finding, { ...fresh, sentBackElsewhere })
      .refuses('decided-before-remittal');
  });
});

describe('a sanction for what was sent back, or at a later stage', () => {
  const draft = [...determinedAs('remitted'), { ...found(), by: 'fresh' }];
  const as = (id: string) => ({ actor: { id, role: 'decision-maker' } });

  it('is imposed by nobody who decided, reviewed or heard it before', () => {
    for (const again of ['maker', 'submitter', 'verifier', 'chair'])
      given(...draft)
        .when('ImposeSanction', sanction, as(again))
        .refuses('decided-before-remittal');
    expect(
      given(...draft)
        .when('ImposeSanction', sanction, as('fresh'))
        .events(),
    ).toHaveLength(1);
  });

  it('is imposed by nobody who handled an earlier stage', () => {
    const escalated = { stage: 'second', requestedOn: '2026-02-27' };
    const complaint = theCase({
      type: 'ComplaintEscalated',
      data: { ...escalated, reasons: 'Not settled.' },
    });
    given(opened, found())
      .when('ImposeSanction', sanction, { ...as('investigator'), complaint })
      .refuses('handled-earlier-stage');
  });
});

describe('a sanction', () => {
  const imposed = (more: object) => ({
    type: 'SanctionImposed' as const,
    data: { kind: 'training' as const, suspended: false, reasons: 'To learn.', ...more },
  });
  const whole = { allegationIds: [shouting], respondentRef: respondent, sanctionId: madeId(0) };

  it('falls on the respondent of the allegations, or for all that was upheld against the respondent', () => {
    given(opened, found())
      .when('ImposeSanction', sanction)
      .then(imposed(whole) as never);
    given(opened, found(), found(lying, 'partly-upheld'))
      .when('ImposeSanction', { respondentRef: respondent, kind: 'training', reasons: 'To learn.' })
      .then(imposed({ ...whole, allegationIds: [shouting, lying] }) as never);
  });

  it('may be several, and may be suspended from immediate effect', () =>
    given(...drafted)
      .when('ImposeSanction', { ...sanction, suspended: true, until: '2027-03-02' })
      .then(imposed({ ...whole, suspended: true, until: '2027-03-02' }) as never));

  it('needs a finding that upholds, at least in part', () => {
    given(opened).when('ImposeSanction', sanction).refuses('no-upheld-finding');
    given(opened, found(shouting, 'not-upheld'))
      .when('ImposeSanction', sanction)
      .refuses('no-upheld-finding');
    given(opened, found())
      .when('ImposeSanction', { ...sanction, allegationIds: [shouting, lying] })
      .refuses('no-upheld-finding');
    given(opened, found())
      .when('ImposeSanction', { respondentRef: complainant, kind: 'training', reasons: 'No.' })
      .refuses('no-upheld-finding');
  });

  it('falls on one respondent, and on somebody', () => {
    given(opened, found())
      .when('ImposeSanction', { ...sanction, respondentRef: complainant })
      .refuses('several-respondents');
    given(opened, found())
      .when('ImposeSanction', { kind: 'training', reasons: 'To learn.' })
      .refuses('sanction-on-nobody');
  });

  it('does not end before it begins, and has reasons', () => {
    given(opened, found())
      .when('ImposeSanction', { ...sanction, from: '2026-03-02', until: '2026-03-01' })
      .refuses('sanction-ends-before-it-begins');
    given(opened, found())
      .when('ImposeSanction', { ...sanction, reasons: ' ' })
      .isUnreadable();
  });

  it('has a first and a last day, where its kind is for a fixed period', () => {
    const timed = ['suspension', 'exclusion', 'conditions', 'disqualification', 'withdrawal-of-designation'];
    const impose = (more: object) => given(opened, found()).when('ImposeSanction', { ...sanction, ...more });
    for (const kind of timed) {
      impose({ kind }).refuses('sanction-without-term');
      impose({ kind, until: '2026-06-02' }).refuses('sanction-without-term');
      impose({ kind, from: '2026-03-02' }).refuses('sanction-without-term');
      const term = { kind, from: '2026-03-02', until: '2026-03-02' };
      impose(term).then(imposed({ ...whole, ...term }) as never);
    }
    impose({ kind: 'expulsion', from: '2026-03-02' }).then(
      imposed({ ...whole, kind: 'expulsion', from: '2026-03-02' }) as never,
    );
  });

  it('lapses on a day, where it is suspended from immediate effect', () =>
    given(opened, found())
      .when('ImposeSanction', { ...sanction, suspended: true })
      .refuses('sanction-without-end'));

  it('is imposed after the parties were told only through an appeal that succeeded', () => {
    given(...notified)
      .when('ImposeSanction', sanction)
      .refuses('decision-notified');
    given(...determinedAs('varied'))
      .when('ImposeSanction', { ...sanction, appealId }, independent)
      .then(imposed({ ...whole, appealId }) as never);
    given(...determinedAs('varied'))
      .when('ImposeSanction', { ...sanction, appealId })
      .refuses('acted-at-first-stage');
    given(...determinedAs('dismissed'))
      .when('ImposeSanction', { ...sanction, appealId }, independent)
      .refuses('appeal-changes-nothing');
  });

  it('stands in the file as imposed', () =>
    expect(given(...drafted).state()).toMatchObject({
      sanctions: [{ ...sanctioned.data, sanctionId, status: 'imposed' }],
    }));
});

describe('what a hearing says about a decision', () => {
  const told = (...events: object[]) =>
    specOf(hearing, usual as never)
      .given(
        {
          type: 'HearingRequested',
          data: { complaintIds: [complaintId], kind: 'first' },
        },
        {
          type: 'PanelConvened',
          data: {
            members: [
              { staffId: 'chair', role: 'chair' },
              { staffId: 'member', role: 'member' },
              { staffId: 'late', role: 'member' },
            ],
          },
        },
        { type: 'PanelMemberRecused', data: { staffId: 'late', reasons: 'A friend.' } },
        ...(events as never[]),
      )
      .state();

  it('is who sits on the panel, and when it was concluded', () => {
    expect(hearingFacts(hearingId, told())).toEqual([
      {
        hearingId,
        kind: 'first',
        live: true,
        concludedOn: null,
        concludedBy: [],
        panel: ['chair', 'member'],
      },
    ]);
    const over = told(
      { type: 'HearingStarted', data: { present: ['chair', 'late'] } },
      { type: 'HearingConcluded', data: {} },
    );
    expect(hearingFacts(hearingId, over)).toEqual([
      {
        hearingId,
        kind: 'first',
        live: false,
        concludedOn: '2026-03-02',
        concludedBy: ['chair'],
        panel: ['chair', 'late', 'member'],
      },
    ]);
    expect(hearingFacts(hearingId, hearing.initial)).toEqual([]);
  });
});

it('works on the default policy, which demands disclosure, a hearing and verification', () =>
  expect(defaultPolicy.procedure).toMatchObject({
    disclosureBeforeFinding: true,
    hearingRequired: true,
    verificationRequired: true,
  }));
