import { describe, expect, it } from '@jest/globals';
import { anId, givenId, madeId } from '../../test/support/given.js';
import {
  admitted,
  appealId,
  closed,
  erased,
  complainant,
  determinedAs,
  drafted,
  given,
  hearingId,
  independent,
  landlordPolicy,
  lodged,
  notified,
  respondent,
  sanctioned,
  sanctionId,
  shouting,
  lying,
  theCase,
  usual,
  verified,
} from '../../test/support/resolution-case.js';
import type { ResolutionEvent } from './resolution.events.js';
import { standingOf, statusOf } from './resolution.standing.js';

const asked = { by: respondent, grounds: 'Nobody heard it.' };
const on = (day: string) => ({ on: day, today: day });
const firstStage = ['maker', 'submitter', 'verifier', 'chair', 'member', 'investigator'];
const as = (id: string) => ({ actor: { id, role: 'independent-reviewer' } });
const reasons = 'Heard again.';

describe('an appeal', () => {
  it('is lodged until the last day of the time to appeal', () => {
    given(...notified)
      .when('LodgeAppeal', asked, on('2026-03-30'))
      .then({ type: 'AppealLodged', data: { ...asked, appealId: madeId(0), late: false } });
    given(...notified)
      .when('LodgeAppeal', asked, on('2026-03-31'))
      .refuses('appeal-out-of-time');
  });

  it('is lodged after it with reasons, and is then marked as late', () =>
    given(...notified)
      .when('LodgeAppeal', { ...asked, lateReasons: 'Ill.' }, on('2026-04-20'))
      .then({
        type: 'AppealLodged',
        data: { ...asked, lateReasons: 'Ill.', appealId: madeId(0), late: true },
      }));

  it('counts each party’s own time', () => {
    const later: typeof notified = [
      ...notified,
      {
        type: 'DecisionNotified',
        data: { to: [complainant], notifiedOn: '2026-03-10', appealUntil: '2026-04-07' },
      },
    ];
    given(...later)
      .when('LodgeAppeal', asked, on('2026-04-07'))
      .refuses('appeal-out-of-time');
    given(...later)
      .when('LodgeAppeal', { ...asked, by: complainant }, on('2026-04-07'))
      .then({
        type: 'AppealLodged',
        data: { ...asked, by: complainant, appealId: madeId(0), late: false },
      });
    expect(standingOf(given(...later).state()).appealUntil).toBe('2026-04-07');
  });

  it('is by a party to the case, on a decision that was told, under a procedure with an appeal', () => {
    given(...notified)
      .when('LodgeAppeal', { ...asked, by: anId(99) })
      .refuses('not-a-party');
    given(...verified)
      .when('LodgeAppeal', asked)
      .refuses('decision-not-notified');
    given(...notified)
      .when('LodgeAppeal', asked, { policy: landlordPolicy })
      .refuses('no-appeal');
  });

  it('is one open appeal for each party', () => {
    for (const events of [lodged, admitted])
      given(...events)
        .when('LodgeAppeal', asked)
        .refuses('appeal-already-open');
    given(...lodged)
      .when('LodgeAppeal', { ...asked, by: complainant })
      .then({
        type: 'AppealLodged',
        data: { ...asked, by: complainant, appealId: madeId(0), late: false },
      });
    given(...determinedAs('dismissed'))
      .when('LodgeAppeal', asked)
      .then({ type: 'AppealLodged', data: { ...asked, appealId: madeId(0), late: false } });
  });

  it('on a closed case is a late one: lodged with reasons, admitted or refused, never decided there', () => {
    const complaint = theCase(closed);
    given(...notified)
      .when('LodgeAppeal', asked, { complaint })
      .refuses('complaint-closed');
    given(...notified)
      .when('LodgeAppeal', { ...asked, lateReasons: 'Ill.' }, { complaint, ...on('2026-04-20') })
      .then({
        type: 'AppealLodged',
        data: { ...asked, lateReasons: 'Ill.', appealId: madeId(0), late: true },
      });
    given(...lodged)
      .when('AdmitAppeal', { appealId, reasons }, { complaint, ...independent })
      .then({ type: 'AppealAdmitted', data: { appealId, reasons } });
    given(...lodged)
      .when('RefuseAppeal', { appealId, reasons }, { complaint, ...independent })
      .then({ type: 'AppealRefused', data: { appealId, reasons } });
    given(...admitted)
      .when('DetermineAppeal', { appealId, outcome: 'dismissed', reasons }, { complaint, ...independent })
      .refuses('complaint-closed');
  });

  it('is admitted or refused once, with reasons', () => {
    for (const act of ['AdmitAppeal', 'RefuseAppeal']) {
      given(...admitted)
        .when(act, { appealId, reasons }, independent)
        .refuses('appeal-not-lodged');
      given(...lodged)
        .when(act, { appealId: anId(99), reasons }, independent)
        .refuses('unknown-appeal');
      given(...lodged)
        .when(act, { appealId }, independent)
        .isUnreadable();
    }
  });

  it('is not in the hands of whoever decided another resolution of the case', () =>
    given(...admitted)
      .when(
        'DetermineAppeal',
        { appealId, outcome: 'dismissed', reasons },
        { ...independent, decidedElsewhere: ['reviewer'] },
      )
      .refuses('acted-at-first-stage'));

  it('is never in the hands of anybody who acted at the first stage', () => {
    for (const staffId of firstStage) {
      given(...lodged)
        .when('AdmitAppeal', { appealId, reasons }, as(staffId))
        .refuses('acted-at-first-stage');
      given(...lodged)
        .when('RefuseAppeal', { appealId, reasons }, as(staffId))
        .refuses('acted-at-first-stage');
      given(...admitted)
        .when('DetermineAppeal', { appealId, outcome: 'dismissed', reasons }, as(staffId))
        .refuses('acted-at-first-stage');
      given(...admitted)
        .when(
          'DetermineAppeal',
          { appealId, outcome: 'dismissed', reasons, by: ['reviewer', staffId] },
          independent,
        )
        .refuses('acted-at-first-stage');
    }
  });

  it('keeps the case from being closed until it is decided and carried out', () => {
    const pending = (events: typeof notified) => standingOf(given(...events).state()).appealPending;
    expect([lodged, admitted, determinedAs('varied')].map(pending)).toEqual([true, true, true]);
    const varied = {
      type: 'SanctionVaried',
      data: { sanctionId, appealId, until: '2026-04-02', reasons },
    } as const;
    expect(pending([...determinedAs('varied'), varied])).toBe(false);
    expect(pending(determinedAs('dismissed'))).toBe(false);
  });
});

describe('the determination of an appeal', () => {
  const determine = (outcome: string, more: object = {}) => ({ appealId, outcome, reasons, ...more });

  it('needs an admitted appeal', () => {
    given(...lodged)
      .when('DetermineAppeal', determine('dismissed'), independent)
      .refuses('appeal-not-admitted');
    given(...determinedAs('dismissed'))
      .when('DetermineAppeal', determine('upheld'), independent)
      .refuses('appeal-not-admitted');
  });

  it('waits for the hearing that was asked for it', () => {
    const [first] = usual.hearings;
    const heard = {
      hearingId: anId(32),
      kind: 'appeal',
      concludedOn: null,
      concludedBy: [],
      panel: [],
    } as const;
    const among = (live: boolean) => ({
      ...independent,
      hearings: [...(first ? [first] : []), { ...heard, live }],
    });
    given(...admitted)
      .when('DetermineAppeal', determine('dismissed'), among(true))
      .refuses('appeal-hearing-pending');
    given(...admitted)
      .when('DetermineAppeal', determine('dismissed'), among(false))
      .then({
        type: 'AppealDetermined',
        data: { appealId, outcome: 'dismissed', reasons, by: ['reviewer'] },
      });
  });

  it('does not wait for a hearing that hears another appeal', () => {
    const other = {
      hearingId: anId(32),
      kind: 'appeal',
      live: true,
      concludedOn: null,
      concludedBy: [],
      panel: [],
    } as const;
    const heard = (appealIds: readonly string[]) => ({ ...independent, hearings: [{ ...other, appealIds }] });
    given(...admitted)
      .when('DetermineAppeal', determine('dismissed'), heard([anId(77), appealId]))
      .refuses('appeal-hearing-pending');
    given(...admitted)
      .when('DetermineAppeal', determine('dismissed'), heard([anId(77)]))
      .then({
        type: 'AppealDetermined',
        data: { appealId, outcome: 'dismissed', reasons, by: ['reviewer'] },
      });
  });

  it('is by those who sat, where a hearing heard that appeal', () => {
    const panel = ['eve', 'fay', 'gus'];
    const among = (appealIds: readonly string[] | undefined) => ({
      ...independent,
      hearings: [
        {
          hearingId: anId(32),
          kind: 'appeal',
          appealIds,
          live: false,
          concludedOn: '2026-03-02',
          concludedBy: ['eve', 'fay'],
          panel,
        } as const,
      ],
    });
    const by = (...deciders: string[]) => determine('dismissed', { by: deciders });
    for (const deciders of [['gus'], ['eve', 'gus'], ['reviewer']])
      given(...admitted)
        .when('DetermineAppeal', by(...deciders), among([appealId]))
        .refuses('did-not-sit');
    for (const [deciders, appealIds] of [
      [['eve', 'fay'], [appealId]],
      [['reviewer'], [anId(77)]],
      [['reviewer'], undefined],
    ] as const)
      given(...admitted)
        .when('DetermineAppeal', by(...deciders), among(appealIds))
        .then({
          type: 'AppealDetermined',
          data: { appealId, outcome: 'dismissed', reasons, by: [...deciders] },
        });
  });

  it('leaves everything as it is when dismissed', () => {
    given(...admitted)
      .when('DetermineAppeal', determine('dismissed'), independent)
      .then({
        type: 'AppealDetermined',
        data: { appealId, outcome: 'dismissed', reasons, by: ['reviewer'] },
      });
    expect(given(...determinedAs('dismissed')).state()).toMatchObject({
      findings: [{ standing: 'stands' }],
      sanctions: [{ status: 'imposed' }],
    });
  });

  it('may replace findings, and then takes away the sanctions that have lost their ground', () => {
    const anew = {
      allegationId: shouting,
      finding: 'not-upheld' as const,
      standardOfProof: 'balance-of-probabilities' as const,
      reasons,
    };
    const decided: ResolutionEvent[] = [
      {
        type: 'AppealDetermined',
        data: { appealId, outcome: 'upheld', reasons, by: ['reviewer'] },
      },
      { type: 'FindingMade', data: { ...anew, by: ['reviewer'], appealId } },
      { type: 'SanctionQuashed', data: { sanctionId, appealId, reasons } },
    ];
    given(...admitted)
      .when('DetermineAppeal', determine('upheld', { findings: [anew] }), independent)
      .then(...decided);
    const after = given(...admitted, ...decided);
    expect(after.state()).toMatchObject({
      findings: [
        { standing: 'replaced', finding: 'upheld' },
        { standing: 'stands', finding: 'not-upheld' },
      ],
      sanctions: [{ status: 'quashed' }],
    });
    expect(standingOf(after.state())).toMatchObject({ found: [shouting], appealPending: false });
    expect(statusOf(after.state())).toBe('notified');
  });

  it('keeps a sanction whose ground still stands', () =>
    given(...admitted)
      .when(
        'DetermineAppeal',
        determine('varied', {
          findings: [
            {
              allegationId: shouting,
              finding: 'partly-upheld',
              standardOfProof: 'balance-of-probabilities',
              reasons,
            },
          ],
        }),
        independent,
      )
      .then(
        { type: 'AppealDetermined', data: { appealId, outcome: 'varied', reasons, by: ['reviewer'] } },
        {
          type: 'FindingMade',
          data: {
            allegationId: shouting,
            finding: 'partly-upheld',
            standardOfProof: 'balance-of-probabilities',
            reasons,
            by: ['reviewer'],
            appealId,
          },
        },
      ));

  it('replaces only findings of this decision, and none when dismissed or remitted', () => {
    const findings = [
      {
        allegationId: lying,
        finding: 'upheld',
        standardOfProof: 'balance-of-probabilities',
        reasons,
      },
    ];
    given(...admitted)
      .when('DetermineAppeal', determine('varied', { findings }), independent)
      .refuses('not-in-this-decision');
    for (const outcome of ['dismissed', 'remitted'])
      given(...admitted)
        .when('DetermineAppeal', determine(outcome, { findings }), independent)
        .refuses('appeal-changes-nothing');
  });

  it('sends the decision back when remitted: it is open again, without findings and sanctions', () => {
    given(...admitted)
      .when('DetermineAppeal', determine('remitted'), independent)
      .then(
        {
          type: 'AppealDetermined',
          data: {
            appealId,
            outcome: 'remitted',
            reasons,
            by: ['reviewer'],
            undoneHearings: [hearingId],
          },
        },
        { type: 'SanctionQuashed', data: { sanctionId, appealId, reasons } },
      );
    const state = given(...determinedAs('remitted')).state();
    expect(state).toMatchObject({ findings: [{ standing: 'remitted' }], review: 'none', notifications: [] });
    expect(statusOf(state)).toBe('remitted');
    expect(standingOf(state)).toEqual({
      found: [],
      unfinished: false,
      appealPending: false,
      appealUntil: null,
      agreedOn: null,
    });
  });

  it('lets nothing be decided anew while another appeal on it is open', () =>
    given(
      ...admitted,
      {
        type: 'AppealLodged',
        data: { appealId: anId(52), by: complainant, grounds: 'Too mild.', late: false },
      },
      ...determinedAs('remitted').slice(-1),
    )
      .when('SubmitForReview', {})
      .refuses('appeal-pending'));

  it('ends what earlier appeals allowed, when the decision is sent back since', () =>
    given(...determinedAs('varied'), {
      type: 'AppealDetermined',
      data: { appealId: anId(52), outcome: 'remitted', reasons, by: ['reviewer'] },
    })
      .when('QuashSanction', { sanctionId, appealId, reasons }, independent)
      .refuses('appeal-changes-nothing'));
});

describe('a sanction under appeal', () => {
  const change = { sanctionId, appealId, reasons };
  const stayed = { type: 'SanctionStayed', data: change } as const;

  it('is varied or quashed through an appeal that succeeded', () => {
    for (const outcome of ['upheld', 'varied'] as const) {
      given(...determinedAs(outcome))
        .when('VarySanction', { ...change, kind: 'training', until: '2026-04-02' }, independent)
        .then({
          type: 'SanctionVaried',
          data: { ...change, kind: 'training', until: '2026-04-02' },
        });
      given(...determinedAs(outcome))
        .when('QuashSanction', change, independent)
        .then({ type: 'SanctionQuashed', data: change });
    }
    const state = given(...determinedAs('varied'), {
      type: 'SanctionVaried',
      data: { ...change, until: '2026-04-02' },
    }).state();
    expect(state).toMatchObject({
      sanctions: [{ kind: 'suspension', from: '2026-03-02', until: '2026-04-02', status: 'imposed' }],
    });
  });

  it('is not changed otherwise', () => {
    for (const events of [notified, lodged, admitted, determinedAs('dismissed')]) {
      const code = events === notified ? 'unknown-appeal' : 'appeal-changes-nothing';
      given(...events)
        .when('QuashSanction', change, independent)
        .refuses(code);
      given(...events)
        .when('VarySanction', { ...change, kind: 'training' }, independent)
        .refuses(code);
    }
    given(...determinedAs('varied'))
      .when('QuashSanction', change, as('maker'))
      .refuses('acted-at-first-stage');
    given(...determinedAs('varied'))
      .when('VarySanction', { ...change, kind: 'training' }, as('verifier'))
      .refuses('acted-at-first-stage');
  });

  it('keeps its term, or gets one with a kind that needs it', () => {
    const asTraining = given(
      ...determinedAs('varied').map((event) =>
        event.type === 'SanctionImposed'
          ? {
              ...event,
              data: { ...event.data, kind: 'training' as const, from: undefined, until: undefined },
            }
          : event,
      ),
    );
    asTraining
      .when('VarySanction', { ...change, kind: 'suspension' }, independent)
      .refuses('sanction-without-term');
    const term = { kind: 'suspension', from: '2026-03-02', until: '2026-04-02' } as const;
    asTraining
      .when('VarySanction', { ...change, ...term }, independent)
      .then({ type: 'SanctionVaried', data: { ...change, ...term } });
    given(...determinedAs('varied'))
      .when('VarySanction', { ...change, kind: 'exclusion' }, independent)
      .then({ type: 'SanctionVaried', data: { ...change, kind: 'exclusion' } });
  });

  it('is final once the parties were told the outcome', () =>
    given(
      ...determinedAs('varied'),
      { type: 'SanctionVaried', data: { ...change, until: '2026-04-02' } },
      { type: 'DecisionNotified', data: { to: [respondent], notifiedOn: '2026-03-02', appealId } },
    )
      .when('QuashSanction', change, independent)
      .refuses('decision-notified'));

  it('changes in something, and not to end before it begins', () => {
    given(...determinedAs('varied'))
      .when('VarySanction', change, independent)
      .refuses('nothing-varied');
    given(...determinedAs('varied'))
      .when('VarySanction', { ...change, until: '2026-03-01' }, independent)
      .refuses('sanction-ends-before-it-begins');
    given(...determinedAs('varied'), { type: 'SanctionQuashed', data: change })
      .when('VarySanction', { ...change, kind: 'training' }, independent)
      .refuses('sanction-over');
  });

  it('may be stayed while the appeal is open, once', () => {
    for (const events of [lodged, admitted])
      given(...events)
        .when('StaySanction', change, independent)
        .then(stayed);
    given(...lodged, stayed)
      .when('StaySanction', change, independent)
      .refuses('sanction-stayed');
    given(...determinedAs('dismissed'))
      .when('StaySanction', change, independent)
      .refuses('appeal-not-open');
    given(...lodged)
      .when('StaySanction', change, as('chair'))
      .refuses('acted-at-first-stage');
  });

  it('is in force again when the appeal for which it was stayed is refused or decided', () => {
    const refused = { type: 'AppealRefused', data: { appealId, reasons } } as const;
    expect(given(...lodged, stayed).state()).toMatchObject({ sanctions: [{ status: 'stayed' }] });
    expect(given(...lodged, stayed, refused).state()).toMatchObject({ sanctions: [{ status: 'imposed' }] });
    expect(given(...admitted, stayed, determinedAs('dismissed').at(-1)!).state()).toMatchObject({
      sanctions: [{ status: 'imposed' }],
    });
    given(...lodged, stayed)
      .when('CompleteSanction', { sanctionId })
      .refuses('sanction-stayed');
  });
});

describe('a sanction that is carried out', () => {
  it('is completed, or breached and then completed, also after the case is closed', () => {
    const complaint = theCase(closed);
    given(...notified)
      .when('CompleteSanction', { sanctionId }, { complaint })
      .then({ type: 'SanctionCompleted', data: { sanctionId } });
    given(...notified)
      .when('BreachSanction', { sanctionId, details: 'Came to the meeting.' }, { complaint })
      .then({ type: 'SanctionBreached', data: { sanctionId, details: 'Came to the meeting.' } });
    const breached = { type: 'SanctionBreached', data: { sanctionId, details: 'Came.' } } as const;
    given(...notified, breached)
      .when('CompleteSanction', { sanctionId })
      .then({ type: 'SanctionCompleted', data: { sanctionId } });
  });

  it('on an erased case is completed, and nothing is told of it in words', () => {
    const complaint = theCase(closed, erased);
    given(...notified)
      .when('CompleteSanction', { sanctionId }, { complaint })
      .then({ type: 'SanctionCompleted', data: { sanctionId } });
    for (const [act, input] of [
      ['BreachSanction', { sanctionId, details: 'Came.' }],
      ['LodgeAppeal', { ...asked, lateReasons: 'Ill.' }],
      ['CorrectEntry', { eventId: givenId(1), path: ['reasons'], new: 'x', reason: 'x', basis: 'x' }],
    ] as const)
      given(...notified)
        .when(act, input, { complaint, ...on('2026-04-20') })
        .refuses('personal-data-erased');
  });

  it('is in force only once the parties were told, and over once it is completed', () => {
    given(...drafted)
      .when('CompleteSanction', { sanctionId })
      .refuses('decision-not-notified');
    given(...notified, { type: 'SanctionCompleted', data: { sanctionId } })
      .when('BreachSanction', { sanctionId, details: 'Came.' })
      .refuses('sanction-over');
  });
});

describe('a correction', () => {
  const correct = (index: number, path: string[], value: unknown) => ({
    eventId: givenId(index),
    path,
    new: value,
    reason: 'A slip.',
    basis: 'The letter.',
  });

  it('mends a slip, also in a closed case', () =>
    given(...notified)
      .when('CorrectEntry', correct(1, ['reasons'], 'Four people heard it.'), { complaint: theCase(closed) })
      .then({
        type: 'EntryCorrected',
        data: { ...correct(1, ['reasons'], 'Four people heard it.'), old: 'Three people heard it.' },
      } as never));

  it('changes what was decided in a draft, but is no way around the review or the appeal', () => {
    const lenient = correct(2, ['until'], '2026-04-02');
    given(...drafted)
      .when('CorrectEntry', lenient)
      .then({ type: 'EntryCorrected', data: { ...lenient, old: '2026-06-02' } } as never);
    given(...notified)
      .when('CorrectEntry', lenient)
      .refuses('decision-stands');
    given(...notified)
      .when('CorrectEntry', correct(1, ['finding'], 'not-upheld'))
      .refuses('decision-stands');
  });

  it('never moves an entry to another case, allegation or sanction', () => {
    given(...drafted)
      .when('CorrectEntry', correct(0, ['complaintId'], anId(98)))
      .refuses('not-correctable');
    given(...drafted)
      .when('CorrectEntry', correct(0, ['kind'], 'informal'))
      .refuses('not-correctable');
    given(...drafted)
      .when('CorrectEntry', correct(1, ['by'], ['other']))
      .refuses('not-correctable');
  });

  it('makes nothing that could not have come about', () => {
    const until = correct(2, ['until'], '2026-03-01');
    given(...drafted)
      .when('CorrectEntry', until)
      .refuses('sanction-ends-before-it-begins');
    const { from: _, ...endless } = { ...(sanctioned.data as { from: string }), kind: 'expulsion' };
    given(...drafted.slice(0, 2), { type: 'SanctionImposed', data: endless } as ResolutionEvent)
      .when('CorrectEntry', correct(2, ['kind'], 'suspension'))
      .refuses('sanction-without-term');
    const told = notified.length - 1;
    given(...notified)
      .when('CorrectEntry', correct(told, ['to', '0'], anId(99)))
      .refuses('not-a-party');
    given(...notified)
      .when('CorrectEntry', correct(told, ['notifiedOn'], '2026-03-03'))
      .refuses('occurred-in-future');
    given(...notified)
      .when('CorrectEntry', correct(told, ['appealUntil'], '2026-03-01'))
      .refuses('appeal-ends-before-it-begins');
  });
});
