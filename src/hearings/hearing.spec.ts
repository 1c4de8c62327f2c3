import { describe, expect, it } from '@jest/globals';
import { complaint } from '../complaints/complaint.js';
import type { ComplaintContext } from '../complaints/complaint.context.js';
import type { Complaint } from '../complaints/complaint.state.js';
import { anId, circumstances, givenId, specOf, type Told } from '../../test/support/given.js';
import type { HeardCase, HearingContext } from './hearing.context.js';
import type { HearingEvent } from './hearing.events.js';
import { hearing } from './hearing.js';
import { isLive, known, type Hearing } from './hearing.state.js';

const [caseA, caseB] = [anId(10), anId(11)];
const [complainant, respondent, companion] = [anId(20), anId(21), anId(22)];

const complaints = specOf(complaint, {} as ComplaintContext);
type CaseEvents = Parameters<(typeof complaints)['given']>;

const received: CaseEvents = [
  {
    type: 'ComplaintReceived',
    data: {
      reference: '2026-000001',
      channel: 'letter',
      receivedOn: '2026-01-05',
      category: 'abuse',
      complainantRef: complainant,
      policySet: 'default@1',
    },
  },
  { type: 'RespondentIdentified', data: { respondentRef: respondent } },
];
const open = complaints.given(...received).state();
const after = (...events: CaseEvents): Complaint => complaints.given(...received, ...events).state();
const closed = after({ type: 'ComplaintClosed', data: { outcome: 'remedied' } });

const investigatedBy = (investigatorId: string) =>
  after({ type: 'InvestigationOpened', data: { investigatorId, termsOfReference: 'All.' } });

const procedureOf = (panelQuorum: number, noticeDays: number): NonNullable<HeardCase['procedure']> => ({
  stages: ['first', 'appeal'],
  disclosureBeforeFinding: true,
  verificationRequired: true,
  hearingRequired: true,
  panelQuorum,
  noticeDays,
  appealWindowDays: 28,
  pauseReasons: [],
});
const procedure = procedureOf(3, 14);

const heard = (
  complaintId: string,
  state: Complaint = open,
  own: HeardCase['procedure'] = procedure,
): HeardCase => ({ complaintId, complaint: state, procedure: own });

const usual: HearingContext = {
  ...circumstances,
  cases: [heard(caseA)],
  people: [],
  otherHearings: [],
  appeals: [],
  companion: 'registered',
};
const { given } = specOf(hearing, usual);

const reasons = 'Because.';
const requested: Told<HearingEvent> = {
  type: 'HearingRequested',
  data: { complaintIds: [caseA], kind: 'first' },
};
const panel = [
  { staffId: 'chair', role: 'chair' },
  { staffId: 'ann', role: 'member' },
  { staffId: 'bob', role: 'member' },
] as const;
const convened: Told<HearingEvent> = { type: 'PanelConvened', data: { members: [...panel] } };
const listing = { startsAt: '2026-03-20T10:00:00+00:00', zone: 'Europe/London', mode: 'in-person' } as const;
const listed: Told<HearingEvent> = { type: 'HearingListed', data: listing, on: '2026-03-02' };
const notice = (to: string, servedOn = '2026-03-04'): Told<HearingEvent> => ({
  type: 'NoticeServed',
  data: { to, servedOn },
});
const noticed = [notice(complainant), notice(respondent)];
const ready = [requested, convened, listed, ...noticed];
const present = ['chair', 'ann', 'bob'];
const started: Told<HearingEvent> = { type: 'HearingStarted', data: { present }, on: '2026-03-20' };
const adjourned: Told<HearingEvent> = { type: 'HearingAdjourned', data: { reasons }, on: '2026-03-20' };
const concluded: Told<HearingEvent> = { type: 'HearingConcluded', data: {}, on: '2026-03-20' };
const vacated: Told<HearingEvent> = { type: 'HearingVacated', data: { reasons } };
const asked: Told<HearingEvent> = { type: 'PostponementRequested', data: { by: respondent, reasons } };
const presiding = { actor: { id: 'chair', role: 'panel-chair' } };
const onTheDay = { ...presiding, today: '2026-03-20', on: '2026-03-20', now: '2026-03-20T10:05:00Z' };
const afterwards = { ...presiding, today: '2026-03-21', on: '2026-03-21', now: '2026-03-21T10:00:00Z' };
const people = (...ids: string[]) => ({ people: ids.map((id) => ({ id, parties: [] })) });

describe('requesting a hearing', () => {
  it('is recorded for one complaint, or for several heard together', () => {
    given()
      .when('Request', { complaintIds: [caseA], kind: 'first' })
      .then({ type: 'HearingRequested', data: { complaintIds: [caseA], kind: 'first' } });
    given()
      .when(
        'Request',
        { complaintIds: [caseA, caseB], kind: 'appeal' },
        { cases: [heard(caseA), heard(caseB)] },
      )
      .then({ type: 'HearingRequested', data: { complaintIds: [caseA, caseB], kind: 'appeal' } });
  });
  it('names the appeals that it hears, which are open ones of these cases', () => {
    const [mine, theirs, decided] = [anId(61), anId(62), anId(63)];
    const asked = (appealIds: string[], kind = 'appeal') =>
      given().when(
        'Request',
        { complaintIds: [caseA], kind, appealIds },
        {
          appeals: [
            { appealId: mine, status: 'admitted' },
            { appealId: theirs, status: 'lodged' },
            { appealId: decided, status: 'determined' },
          ],
        },
      );
    asked([mine, theirs]).then({
      type: 'HearingRequested',
      data: { complaintIds: [caseA], kind: 'appeal', appealIds: [mine, theirs] },
    });
    asked([anId(64)]).refuses('unknown-appeal');
    asked([mine, decided]).refuses('appeal-over');
    asked([mine], 'first').refuses('not-an-appeal-hearing');
    asked([]).isUnreadable();
  });
  it('names between one and twenty complaints, each once', () => {
    given().when('Request', { complaintIds: [], kind: 'first' }).isUnreadable();
    given()
      .when('Request', { complaintIds: [caseA, caseA], kind: 'first' })
      .isUnreadable();
    const many = Array.from({ length: 21 }, (_, index) => anId(100 + index));
    given().when('Request', { complaintIds: many, kind: 'first' }).isUnreadable();
  });
  it('is refused for a complaint that does not exist', () =>
    given()
      .when(
        'Request',
        { complaintIds: [caseA], kind: 'first' },
        { cases: [heard(caseA, { phase: 'absent' })] },
      )
      .refuses('unknown-complaint'));
  it('is refused for an imported case that nobody adopted', () =>
    given()
      .when(
        'Request',
        { complaintIds: [caseA], kind: 'first' },
        { cases: [{ complaintId: caseA, complaint: open, procedure: undefined }] },
      )
      .refuses('not-adopted'));
  it('is refused while one of the cases is closed', () =>
    given()
      .when(
        'Request',
        { complaintIds: [caseA, caseB], kind: 'first' },
        { cases: [heard(caseA), heard(caseB, closed)] },
      )
      .refuses('complaint-closed'));
  it('is refused to a party to one of the cases', () =>
    given()
      .when('Request', { complaintIds: [caseA], kind: 'first' }, { actorParties: [respondent] })
      .refuses('party-to-the-case'));
  it('is done once', () =>
    given(requested)
      .when('Request', { complaintIds: [caseA], kind: 'first' })
      .refuses('hearing-exists'));
});

describe('convening a panel', () => {
  const convene = (
    context: Partial<HearingContext> = {},
    members: readonly object[] = panel,
    ...events: Told<HearingEvent>[]
  ) => given(requested, ...events).when('ConvenePanel', { members }, { ...people(...present), ...context });

  it('names the chair and the members', () =>
    convene().then({ type: 'PanelConvened', data: { members: [...panel] } }));
  it('may be done anew before the hearing begins, and not after', () => {
    convene({}, panel, convened).then({ type: 'PanelConvened', data: { members: [...panel] } });
    convene(onTheDay, panel, ...ready.slice(1), started).refuses('already-begun');
  });
  it('needs exactly one chair', () => {
    convene(
      {},
      panel.map(({ staffId }) => ({ staffId, role: 'member' })),
    ).refuses('one-chair');
    convene(
      {},
      panel.map(({ staffId }) => ({ staffId, role: 'chair' })),
    ).refuses('one-chair');
  });
  it('names nobody twice', () =>
    convene({}, [...panel, { staffId: 'ann', role: 'member' }]).refuses('member-twice'));
  it('names no fewer than the quorum, the largest of cases heard together', () => {
    convene({}, panel.slice(0, 2)).refuses('panel-below-quorum');
    convene({ cases: [heard(caseA), heard(caseB, open, procedureOf(5, 0))] }).refuses('panel-below-quorum');
  });
  it('is refused for a party to a case, or somebody recused from it or from the hearing', () => {
    convene({ people: [{ id: 'ann', parties: [complainant] }] }).refuses('party-to-the-case');
    const recused = after({ type: 'HandlerRecused', data: { staffId: 'ann', reasons } });
    convene({ cases: [heard(caseA), heard(caseB, recused)] }).refuses('recused');
    convene({}, panel, convened, { type: 'PanelMemberRecused', data: { staffId: 'bob', reasons } }).refuses(
      'recused',
    );
  });

  const first = given(...ready, started, concluded).state();
  const appeal: Told<HearingEvent> = {
    type: 'HearingRequested',
    data: { complaintIds: [caseA], kind: 'appeal' },
  };
  const forAppeal = (otherHearings: Hearing[], cases = usual.cases) =>
    given(appeal).when('ConvenePanel', { members: panel }, { ...people(...present), otherHearings, cases });

  it('is refused on appeal for whoever sat at the first hearing of the same cases', () =>
    forAppeal([first]).refuses('acted-before'));
  it('is refused for whoever investigated one of the cases, at the first hearing as on appeal', () => {
    const cases = [heard(caseA), heard(caseB, investigatedBy('bob'))];
    convene({ cases }).refuses('investigated-the-case');
    forAppeal([], cases).refuses('investigated-the-case');
    convene({ cases: [heard(caseA, investigatedBy('eve'))] }).then({
      type: 'PanelConvened',
      data: { members: [...panel] },
    });
  });
  it('is allowed on appeal for whoever was on a panel that never sat', () =>
    forAppeal([given(requested, convened, listed, vacated).state()]).then({
      type: 'PanelConvened',
      data: { members: [...panel] },
    }));
  it('is refused, when an appeal sent the case back, for whoever sat before', () => {
    const heardOnAppeal = given(appeal, convened, listed, started, concluded).state();
    convene({ otherHearings: [first] }).then({ type: 'PanelConvened', data: { members: [...panel] } });
    convene({ otherHearings: [first, heardOnAppeal] }).refuses('acted-before');
  });
});

describe('recusing a member of the panel', () => {
  const recuse = (staffId: string, ...events: Told<HearingEvent>[]) =>
    given(requested, convened, ...events).when('RecusePanelMember', { staffId, reasons });

  it('takes the member off', () =>
    recuse('ann').then({ type: 'PanelMemberRecused', data: { staffId: 'ann', reasons } }));
  it('needs reasons and a member', () => {
    given(requested, convened).when('RecusePanelMember', { staffId: 'ann' }).isUnreadable();
    recuse('eve').refuses('not-on-panel');
  });
  it('says nothing twice', () =>
    recuse('ann', { type: 'PanelMemberRecused', data: { staffId: 'ann', reasons } }).recordsNothing());
  it('comes with what bars several of them from a case, also when the case is closed', () => {
    const members = [
      { staffId: 'ann', reasons },
      { staffId: 'ben', reasons },
    ];
    given(requested, convened)
      .when('RemoveFromPanel', { members }, { cases: [] })
      .then(...members.map((data) => ({ type: 'PanelMemberRecused', data }) as const));
  });

  it('ends what the member may do here', () =>
    given(requested, convened, { type: 'PanelMemberRecused', data: { staffId: 'ann', reasons } })
      .when('List', listing, { actor: { id: 'ann', role: 'panel-chair' } })
      .refuses('recused'));
});

describe('listing a hearing', () => {
  it('fixes when it is held', () =>
    given(requested).when('List', listing).then({ type: 'HearingListed', data: listing }));
  it('is refused while a listing stands, and once it has begun', () => {
    given(requested, listed).when('List', listing).refuses('already-listed');
    given(...ready, started)
      .when('List', listing, onTheDay)
      .refuses('already-begun');
  });
  it('is done again after it was vacated or postponed', () => {
    given(requested, listed, vacated).when('List', listing).then({ type: 'HearingListed', data: listing });
    given(requested, listed, asked, { type: 'PostponementGranted', data: { reasons } })
      .when('List', listing)
      .then({ type: 'HearingListed', data: listing });
  });
  it('is refused for a time that has passed', () => {
    given(requested).when('List', listing, onTheDay).refuses('listed-in-past');
    given(requested)
      .when('List', listing, { ...afterwards, on: '2026-03-21', backdatingReason: 'Late.' })
      .refuses('listed-in-past');
  });
  it('leaves the days of notice that the policy asks for: fourteen, and not thirteen', () => {
    const then = (day: string) => ({ today: day, on: day });
    given(requested).when('List', listing, then('2026-03-06')).then({ type: 'HearingListed', data: listing });
    given(requested).when('List', listing, then('2026-03-07')).refuses('listing-short');
    given(requested)
      .when('List', listing, { ...afterwards, on: '2026-03-07', backdatingReason: 'Late.' })
      .refuses('listing-short');
  });
  it('goes by the longest notice of cases heard together', () =>
    given(requested)
      .when('List', listing, { cases: [heard(caseA), heard(caseB, open, procedureOf(3, 21))] })
      .refuses('listing-short'));
  it('may be short when the reasons of a waiver are recorded, which hold for the notice of every party', () => {
    const waived = { ...listing, waiver: 'The witness leaves the country.' };
    const then = { today: '2026-03-19', on: '2026-03-19' };
    given(requested).when('List', waived, then).then({ type: 'HearingListed', data: waived });
    given(requested)
      .when('List', { ...listing, waiver: ' ' }, then)
      .isUnreadable();
    const short: Told<HearingEvent> = { type: 'HearingListed', data: waived, on: '2026-03-19' };
    given(requested, short)
      .when('ServeNotice', { to: respondent }, then)
      .then({ type: 'NoticeServed', data: { to: respondent, servedOn: '2026-03-19' } });
    const told = [notice(complainant, '2026-03-19'), notice(respondent, '2026-03-19')];
    given(requested, convened, short, ...told)
      .when('Start', { present }, { ...onTheDay, ...people(...present) })
      .then({ type: 'HearingStarted', data: { present } });
    given(requested, short, vacated, { ...listed, on: '2026-03-19' })
      .when('ServeNotice', { to: respondent }, then)
      .refuses('notice-short');
  });
  it('may be recorded late for a time that lay ahead then', () =>
    given(requested)
      .when('List', listing, { ...afterwards, on: '2026-03-02', backdatingReason: 'Found in the diary.' })
      .then({ type: 'HearingListed', data: listing }));
  it('is refused when one of the cases was closed meanwhile', () =>
    given(requested, listed, vacated)
      .when('List', listing, { cases: [heard(caseA, closed)] })
      .refuses('complaint-closed'));
  it('ends earlier notices with the earlier listing', () =>
    expect(known(given(...ready, vacated, listed).state()).notices).toEqual([]));
});

describe('serving notice', () => {
  const serve = (input: object, context: Partial<HearingContext> = {}) =>
    given(requested, listed).when('ServeNotice', { to: respondent, ...input }, context);

  it('records the day it was served', () =>
    serve({}).then({ type: 'NoticeServed', data: { to: respondent, servedOn: '2026-03-02' } }));
  it('may be fourteen days before the day, and not thirteen, as the policy says', () => {
    const then = (day: string) => ({ today: day, on: day });
    serve({}, then('2026-03-06')).then({
      type: 'NoticeServed',
      data: { to: respondent, servedOn: '2026-03-06' },
    });
    serve({}, then('2026-03-07')).refuses('notice-short');
  });
  it('goes by the longest notice of cases heard together', () =>
    serve({}, { cases: [heard(caseA), heard(caseB, open, procedureOf(3, 21))] }).refuses('notice-short'));
  it('counts to the local day of the hearing', () => {
    const inSydney = {
      startsAt: '2026-03-16T21:00:00+00:00',
      zone: 'Australia/Sydney',
      mode: 'remote',
    } as const;
    given(requested, { type: 'HearingListed', data: inSydney })
      .when(
        'ServeNotice',
        { to: respondent, servedOn: '2026-03-03' },
        { today: '2026-03-03', on: '2026-03-03' },
      )
      .then({ type: 'NoticeServed', data: { to: respondent, servedOn: '2026-03-03' } });
  });
  it('may be short when the reasons of a waiver are recorded', () => {
    const data = { to: respondent, servedOn: '2026-03-19', waiver: 'Both sides agreed.' };
    serve({ waiver: data.waiver }, { today: '2026-03-19', on: '2026-03-19' }).then({
      type: 'NoticeServed',
      data,
    });
    serve({ waiver: ' ' }).isUnreadable();
  });
  it('is refused for a day that has not come, or outside the listing', () => {
    serve({ servedOn: '2026-03-03' }).refuses('occurred-in-future');
    serve({ servedOn: '2026-03-01' }).refuses('notice-before-listing');
    serve({ servedOn: '2026-03-21' }, afterwards).refuses('notice-after-hearing');
  });
  it('is refused for somebody who is no party, and before a listing', () => {
    serve({ to: companion }).refuses('not-a-party');
    given(requested).when('ServeNotice', { to: respondent }).refuses('not-listed');
  });
  it('is not recorded twice', () =>
    given(requested, listed, notice(respondent, '2026-03-02'))
      .when('ServeNotice', { to: respondent })
      .recordsNothing());
});

describe('nominating a companion', () => {
  const nominate = (input: object, context: Partial<HearingContext> = {}) =>
    given(requested).when(
      'NominateCompanion',
      { partyRef: respondent, companionRef: companion, ...input },
      context,
    );

  it('records whom the party brings along, the latest counting', () => {
    nominate({}).then({
      type: 'CompanionNominated',
      data: { partyRef: respondent, companionRef: companion },
    });
    const nominated = (companionRef: string): Told<HearingEvent> => ({
      type: 'CompanionNominated',
      data: { partyRef: respondent, companionRef },
    });
    const { companions } = known(given(requested, nominated(anId(30)), nominated(companion)).state());
    expect(companions).toEqual([{ partyRef: respondent, companionRef: companion }]);
  });
  it('is refused for a party who is none, and a companion who is unknown or a party', () => {
    nominate({ partyRef: companion }).refuses('not-a-party');
    nominate({}, { companion: 'unknown' }).refuses('unknown-party');
    nominate({}, { companion: 'erased' }).refuses('party-erased');
    nominate({ companionRef: complainant }).refuses('companion-is-a-party');
  });
});

describe('postponing and vacating', () => {
  it('is asked by a party, while the hearing is listed, once at a time', () => {
    given(requested, listed)
      .when('RequestPostponement', { by: respondent, reasons })
      .then({ type: 'PostponementRequested', data: { by: respondent, reasons } });
    given(requested, listed).when('RequestPostponement', { by: companion, reasons }).refuses('not-a-party');
    given(requested).when('RequestPostponement', { by: respondent, reasons }).refuses('not-listed');
    given(requested, listed, asked)
      .when('RequestPostponement', { by: complainant, reasons })
      .refuses('postponement-pending');
  });
  it('is granted or refused, with reasons, when somebody asked', () => {
    const pending = given(requested, listed, asked);
    pending.when('GrantPostponement', { reasons }).then({ type: 'PostponementGranted', data: { reasons } });
    pending.when('RefusePostponement', { reasons }).then({ type: 'PostponementRefused', data: { reasons } });
    pending.when('RefusePostponement', {}).isUnreadable();
    given(requested, listed).when('GrantPostponement', { reasons }).refuses('no-postponement-requested');
    given(requested, listed, asked, { type: 'PostponementRefused', data: { reasons } })
      .when('RefusePostponement', { reasons })
      .refuses('no-postponement-requested');
  });
  it('takes the listing away when granted, and leaves it when refused', () => {
    const status = (...events: Told<HearingEvent>[]) =>
      known(given(requested, listed, asked, ...events).state()).status;
    expect(status({ type: 'PostponementGranted', data: { reasons } })).toBe('postponed');
    expect(status({ type: 'PostponementRefused', data: { reasons } })).toBe('listed');
  });
  it('vacates a listing before the start, and not after', () => {
    given(requested, listed).when('Vacate', { reasons }).then({ type: 'HearingVacated', data: { reasons } });
    given(requested).when('Vacate', { reasons }).refuses('not-listed');
    given(...ready, started)
      .when('Vacate', { reasons }, onTheDay)
      .refuses('already-begun');
    given(...ready, started, adjourned)
      .when('Vacate', { reasons }, onTheDay)
      .refuses('already-begun');
  });
});

describe('starting a hearing', () => {
  const start = (events: Told<HearingEvent>[], context: Partial<HearingContext> = {}, who = present) =>
    given(...events).when('Start', { present: who }, { ...onTheDay, ...people(...who), ...context });

  it('begins on its day, quorate, with every party noticed', () =>
    start(ready).then({ type: 'HearingStarted', data: { present } }));
  it('is refused before it is listed, and again once it has begun', () => {
    start([requested, convened]).refuses('not-listed');
    start([...ready, vacated]).refuses('not-listed');
    start([...ready, started]).refuses('already-begun');
  });
  it('is refused before its day, which is the day where it is held', () => {
    start(ready, { today: '2026-03-19', on: '2026-03-19', now: '2026-03-19T10:00:00Z' }).refuses(
      'before-its-day',
    );
    const inSydney = {
      startsAt: '2026-03-20T09:00:00+11:00',
      zone: 'Australia/Sydney',
      mode: 'remote',
    } as const;
    const abroad = [requested, convened, { type: 'HearingListed', data: inSydney } as const, ...noticed];
    start(abroad, { today: '2026-03-19', on: '2026-03-19', now: '2026-03-19T22:00:00Z' }).then({
      type: 'HearingStarted',
      data: { present },
    });
  });
  it('is refused earlier than half an hour before its time, where the time is known', () => {
    const begun = { type: 'HearingStarted', data: { present } } as const;
    start(ready, { now: '2026-03-20T09:29:59Z' }).refuses('before-its-time');
    start(ready, { now: '2026-03-20T09:30:00Z' }).then(begun);
    start(ready, { at: '2026-03-20T09:00:00Z' }).refuses('before-its-time');
    start(ready, { at: '2026-03-20T09:55:00Z', now: '2026-03-20T18:00:00Z' }).then(begun);
    given(...ready)
      .when(
        'Start',
        { present },
        { ...afterwards, ...people(...present), on: '2026-03-20', backdatingReason: 'From the minutes.' },
      )
      .then(begun);
  });
  it('is refused while a party was not told, or too late, and allowed by a recorded waiver', () => {
    const told = [requested, convened, listed, notice(complainant)];
    start(told).refuses('notice-missing');
    const short = notice(respondent, '2026-03-10');
    start([...told, short]).refuses('notice-short');
    const waived: Told<HearingEvent> = {
      type: 'NoticeServed',
      data: { to: respondent, servedOn: '2026-03-10', waiver: 'Agreed.' },
    };
    start([...told, short, waived]).then({ type: 'HearingStarted', data: { present } });
  });
  it('is refused on the notices of a listing that was vacated', () =>
    start([...ready, vacated, listed]).refuses('notice-missing'));
  it('is refused below quorum', () => {
    start(ready, {}, ['chair', 'ann']).refuses('below-quorum');
    start(ready, {}, ['chair', 'ann', 'ann']).refuses('below-quorum');
    start([...ready, { type: 'PanelMemberRecused', data: { staffId: 'bob', reasons } }]).refuses(
      'not-on-panel',
    );
  });
  it('is refused without the chair, or with a stranger', () => {
    const four = { members: [...panel, { staffId: 'dan', role: 'member' as const }] };
    const larger: Told<HearingEvent>[] = [
      requested,
      { type: 'PanelConvened', data: four },
      ...ready.slice(2),
    ];
    start(larger, {}, ['ann', 'bob', 'dan']).refuses('chair-absent');
    start(ready, {}, [...present, 'eve']).refuses('not-on-panel');
  });
  it('is refused when a member was recused from a case, or turned out a party, since', () => {
    const recused = after({ type: 'ConflictDeclared', data: { staffId: 'ann', nature: 'Cousin.' } });
    start(ready, { cases: [heard(caseA, recused)] }).refuses('recused');
    start(ready, { people: [{ id: 'ann', parties: [respondent] }] }).refuses('party-to-the-case');
  });
  it('is refused when a member was made the investigator since', () =>
    start(ready, { cases: [heard(caseA, investigatedBy('ann'))] }).refuses('investigated-the-case'));
  it('is refused while a request to postpone is undecided', () =>
    start([...ready, asked]).refuses('postponement-pending'));
  it('needs no panel where the procedure has none', () =>
    start([requested, listed, ...noticed], { cases: [heard(caseA, open, procedureOf(0, 0))] }, []).then({
      type: 'HearingStarted',
      data: { present: [] },
    }));
});

describe('sitting', () => {
  const sitting = given(...ready, started);
  const pausing = given(...ready, started, adjourned);

  it('adjourns only what has begun', () => {
    sitting.when('Adjourn', { reasons }, onTheDay).then({ type: 'HearingAdjourned', data: { reasons } });
    given(...ready)
      .when('Adjourn', { reasons }, onTheDay)
      .refuses('not-in-session');
    pausing.when('Adjourn', { reasons }, onTheDay).refuses('not-in-session');
  });
  it('may say when it goes on, if that lies ahead', () => {
    const resumption = { at: '2026-03-27T10:00:00Z', zone: 'Europe/London' };
    const data = { reasons, resumption };
    sitting.when('Adjourn', data, onTheDay).then({ type: 'HearingAdjourned', data });
    sitting
      .when('Adjourn', { reasons, resumption: { ...resumption, at: '2026-03-20T09:00:00Z' } }, onTheDay)
      .refuses('resumption-in-past');
  });
  it('resumes only what is adjourned, quorate again', () => {
    const resume = (from: typeof sitting, who = present) =>
      from.when('Resume', { present: who }, { ...afterwards, ...people(...who) });
    resume(pausing).then({ type: 'HearingResumed', data: { present } });
    resume(pausing, ['chair', 'ann']).refuses('below-quorum');
    resume(sitting).refuses('not-adjourned');
    resume(given(...ready)).refuses('not-adjourned');
  });
  it('is begun, broken off, resumed and ended by the chair of its own panel', () => {
    const stranger = { actor: { id: 'eve', role: 'panel-chair' } };
    const all = people(...present);
    given(...ready)
      .when('Start', { present }, { ...onTheDay, ...all, ...stranger })
      .refuses('not-presiding');
    for (const [act, input, from] of [
      ['Adjourn', { reasons }, sitting],
      ['Conclude', {}, sitting],
      ['Resume', { present }, pausing],
    ] as const)
      for (const actor of [stranger, { actor: { id: 'ann', role: 'panel-chair' } }])
        from.when(act, input, { ...onTheDay, ...all, ...actor }).refuses('not-presiding');
  });
  it('is ended by another member when the chair was recused meanwhile', () => {
    const four = { members: [...panel, { staffId: 'dan', role: 'member' as const }] };
    const chairless = given(
      requested,
      { type: 'PanelConvened', data: four },
      ...ready.slice(2),
      { ...started, data: { present: [...present, 'dan'] } },
      { type: 'PanelMemberRecused', data: { staffId: 'chair', reasons } },
    );
    const by = (id: string) => ({ ...onTheDay, actor: { id, role: 'panel-chair' } });
    chairless.when('Conclude', {}, by('ann')).then({ type: 'HearingConcluded', data: {} });
    chairless.when('Conclude', {}, by('eve')).refuses('not-presiding');
  });
  it('concludes only while it sits, and quorate', () => {
    sitting.when('Conclude', {}, onTheDay).then({ type: 'HearingConcluded', data: {} });
    pausing.when('Conclude', {}, onTheDay).refuses('not-in-session');
    given(...ready, started, { type: 'PanelMemberRecused', data: { staffId: 'bob', reasons } })
      .when('Conclude', {}, onTheDay)
      .refuses('below-quorum');
    const recused = after({ type: 'HandlerRecused', data: { staffId: 'ann', reasons } });
    sitting.when('Conclude', {}, { ...onTheDay, cases: [heard(caseA, recused)] }).refuses('below-quorum');
  });
  it('goes in order of days', () =>
    sitting
      .when('Adjourn', { reasons }, { ...onTheDay, on: '2026-03-19', backdatingReason: 'Late.' })
      .refuses('before-the-sitting'));
  it('is not corrected when all its cases are erased', () => {
    const erased = after(
      { type: 'ComplaintClosed', data: { outcome: 'remedied' } },
      { type: 'PersonalDataErased', data: { basis: 'no-longer-needed', hearingIds: [] } },
    );
    const slip = { eventId: givenId(3), path: ['servedOn'], new: '2026-03-03', reason: 'x', basis: 'x' };
    const correcting = (cases: HeardCase[]) =>
      given(...ready, started, concluded).when('CorrectEntry', slip, { ...afterwards, cases });
    correcting([heard(caseA, erased)]).refuses('personal-data-erased');
    correcting([heard(caseA, erased), heard(caseB)]).then({
      type: 'EntryCorrected',
      data: { ...slip, old: '2026-03-04' },
    });
  });
  it('is followed by nothing but corrections', () => {
    const over = given(...ready, started, concluded);
    over.when('Resume', { present }, afterwards).refuses('hearing-closed');
    over
      .when(
        'CorrectEntry',
        {
          eventId: givenId(3),
          path: ['servedOn'],
          new: '2026-03-03',
          reason: 'Misread.',
          basis: 'The post book.',
        },
        afterwards,
      )
      .then({
        type: 'EntryCorrected',
        data: {
          eventId: givenId(3),
          path: ['servedOn'],
          old: '2026-03-04',
          new: '2026-03-03',
          reason: 'Misread.',
          basis: 'The post book.',
        },
      });
  });
});

describe('whatever is done to a hearing', () => {
  it('is not dated before the request', () =>
    given({ ...requested, on: '2026-02-10' })
      .when('List', listing, { on: '2026-02-09', backdatingReason: 'Late.' })
      .refuses('occurred-before-request'));
});

describe('cancelling and correcting', () => {
  it('gives a hearing up while it does not sit', () => {
    const cancelled = { type: 'HearingCancelled', data: { reasons } } as const;
    for (const events of [[requested], [requested, listed], [...ready, started, adjourned]])
      given(...events)
        .when('Cancel', { reasons }, onTheDay)
        .then(cancelled);
    given(...ready, started)
      .when('Cancel', { reasons }, onTheDay)
      .refuses('in-session');
    given(requested, cancelled).when('Cancel', { reasons }).refuses('hearing-closed');
  });
  const correct = (events: Told<HearingEvent>[], index: number, path: string[], value: unknown) =>
    given(...events).when(
      'CorrectEntry',
      { eventId: givenId(index), path, new: value, reason: 'Wrong.', basis: 'Minutes.' },
      onTheDay,
    );

  it('does not correct which cases are heard, who is on the panel, or who was told', () => {
    correct(ready, 0, ['complaintIds', '0'], caseB).refuses('not-correctable');
    correct(ready, 1, ['members', '0', 'staffId'], 'eve').refuses('not-correctable');
    correct(ready, 3, ['to'], respondent).refuses('not-correctable');
  });
  it('does not correct the time of a listing that stands, for notice was served of it', () => {
    correct(ready, 2, ['startsAt'], '2026-03-21T10:00:00Z').refuses('not-correctable');
    const at = { path: ['startsAt'], old: listing.startsAt, new: '2026-03-20T10:30:00+00:00' };
    correct([...ready, started, concluded], 2, at.path, at.new).then({
      type: 'EntryCorrected',
      data: { eventId: givenId(2), ...at, reason: 'Wrong.', basis: 'Minutes.' },
    });
  });
  it('corrects a notice only to a day on which it can have been served', () => {
    correct(ready, 3, ['servedOn'], '2026-03-21').refuses('occurred-in-future');
    correct(ready, 3, ['servedOn'], '2026-03-01').refuses('notice-before-listing');
  });
  it('corrects who was present only to members of the panel', () =>
    correct([...ready, started, concluded], 5, ['present', '2'], 'eve').refuses('not-on-panel'));
  it('is possible on a closed case', () =>
    given(requested, listed, vacated)
      .when(
        'CorrectEntry',
        { eventId: givenId(1), path: ['mode'], new: 'remote', reason: 'Wrong.', basis: 'Letter.' },
        { cases: [heard(caseA, closed)] },
      )
      .then({
        type: 'EntryCorrected',
        data: {
          eventId: givenId(1),
          path: ['mode'],
          old: 'in-person',
          new: 'remote',
          reason: 'Wrong.',
          basis: 'Letter.',
        },
      }));
});

describe('a hearing that a case must wait for', () => {
  it('is live until it is concluded, cancelled, or vacated without being listed again', () => {
    const live = (...events: Told<HearingEvent>[]) => isLive(given(...events).state());
    expect(live(requested)).toBe(true);
    expect(live(...ready, started, adjourned)).toBe(true);
    expect(live(requested, listed, asked, { type: 'PostponementGranted', data: { reasons } })).toBe(true);
    expect(live(requested, listed, vacated)).toBe(false);
    expect(live(requested, listed, vacated, listed)).toBe(true);
    expect(live(...ready, started, concluded)).toBe(false);
    expect(live(requested, { type: 'HearingCancelled', data: { reasons } })).toBe(false);
    expect(live()).toBe(false);
  });
});
