import { describe, expect, it } from '@jest/globals';
import { complainant, given, received, told, usual } from '../../../test/support/complaints.js';
import { anId, madeId } from '../../../test/support/given.js';
import { isRestrictedFrom, isSealedFrom, onlyFor } from '../complaint.confidential.js';
import { known } from '../complaint.state.js';

const reasons = 'The order was lifted.';
const restriction = { people: ['staff-1', 'staff-2'], basis: 'A court order.', until: '2026-03-31' };
const restricted = told('CaseRestricted', restriction);
const seal = { basis: 'A court order.', until: '2026-03-31' };
const head = { actor: { id: 'head-1', role: 'casework-head' } };
const sealed = { ...told('CaseSealed', seal), by: 'head-1' };
const stranger = { actor: { id: 'staff-9', role: 'case-handler' } };
const opened = told('BreakGlassOpened', {
  openingId: anId(71),
  staffId: 'staff-9',
  reason: 'A threat.',
  until: '2026-03-02T14:00:00Z',
});
const at = (now: string) => ({ now, today: now.slice(0, 10) });
const usualNow = at('2026-03-02T10:00:00Z');

describe('restricting a case', () => {
  it('lets only those who are named know of it, to the end of a day', () => {
    given(received()).when('RestrictCase', restriction).then({ type: 'CaseRestricted', data: restriction });
    const file = known(given(received(), restricted).state());
    expect(isRestrictedFrom(file, 'staff-1', usualNow)).toBe(false);
    expect(isRestrictedFrom(file, 'staff-9', usualNow)).toBe(true);
    expect(isRestrictedFrom(file, 'staff-9', at('2026-03-31T23:00:00Z'))).toBe(true);
    expect(isRestrictedFrom(file, 'staff-9', at('2026-04-01T00:00:00Z'))).toBe(false);
    expect(onlyFor(file, usualNow)).toEqual(['staff-1', 'staff-2']);
    expect(onlyFor(file, at('2026-04-01T00:00:00Z'))).toBeUndefined();
  });

  it('is done again to name others; what was said last counts', () => {
    const later = told('CaseRestricted', { ...restriction, people: ['staff-3'] });
    const file = known(given(received(), restricted, later).state());
    expect(isRestrictedFrom(file, 'staff-1', usualNow)).toBe(true);
    expect(isRestrictedFrom(file, 'staff-3', usualNow)).toBe(false);
  });

  it('gives a ground and a day to come, and names somebody', () => {
    const { basis: _, ...groundless } = restriction;
    given(received()).when('RestrictCase', groundless).isUnreadable();
    given(received())
      .when('RestrictCase', { ...restriction, people: [] })
      .isUnreadable();
    given(received())
      .when('RestrictCase', { ...restriction, until: '2026-03-01' })
      .refuses('ends-in-past');
    const longest = { ...restriction, until: '2036-03-02' };
    given(received()).when('RestrictCase', longest).then({ type: 'CaseRestricted', data: longest });
    for (const until of ['2036-03-03', '2199-12-31'])
      given(received())
        .when('RestrictCase', { ...restriction, until })
        .refuses('restriction-too-long');
  });

  it('names nobody who is a party to it or recused', () => {
    given(received())
      .when('RestrictCase', restriction, { assigneeParties: [complainant] })
      .refuses('party-to-the-case');
    given(received(), told('HandlerRecused', { staffId: 'staff-2', reasons }))
      .when('RestrictCase', restriction)
      .refuses('recused');
  });

  it('names whoever works on it', () => {
    given(received(), told('HandlerAssigned', { handlerId: 'staff-7' }))
      .when('RestrictCase', restriction)
      .refuses('holder-not-named');
    given(received(), told('HandlerAssigned', { handlerId: 'staff-1' }))
      .when('RestrictCase', restriction)
      .then({ type: 'CaseRestricted', data: restriction });
  });

  it('leaves it to nobody else to work on', () => {
    given(received(), restricted).when('AssignHandler', { handlerId: 'staff-7' }).refuses('not-named');
    given(received(), restricted)
      .when('OpenInvestigation', { investigatorId: 'staff-7', termsOfReference: 'All.' })
      .refuses('not-named');
  });

  it('is lifted before its day with reasons, once', () => {
    given(received(), restricted)
      .when('LiftRestriction', { reasons })
      .then({ type: 'RestrictionLifted', data: { reasons } });
    given(received(), restricted, told('RestrictionLifted', { reasons }))
      .when('LiftRestriction', { reasons })
      .refuses('not-restricted');
    given(received(), restricted)
      .when('LiftRestriction', { reasons }, { today: '2026-04-01', on: '2026-04-01' })
      .refuses('not-restricted');
  });
});

describe('sealing a case', () => {
  it('hides it from everybody but whoever sealed it, to the end of a day', () => {
    given(received()).when('SealCase', seal, head).then({ type: 'CaseSealed', data: seal });
    const file = known(given(received(), sealed).state());
    expect(isSealedFrom(file, 'head-1', usualNow)).toBe(false);
    expect(isSealedFrom(file, 'auditor-1', usualNow)).toBe(true);
    expect(isSealedFrom(file, 'auditor-1', at('2026-04-01T00:00:00Z'))).toBe(false);
    expect(onlyFor(file, usualNow)).toEqual(['head-1']);
  });

  it('leaves it to those whom a restriction names', () => {
    const file = known(given(received(), restricted, sealed).state());
    expect(isSealedFrom(file, 'staff-2', usualNow)).toBe(false);
    expect(onlyFor(file, usualNow)).toEqual(['staff-1', 'staff-2', 'head-1']);
  });

  it('is lifted before its day with reasons', () => {
    given(received(), sealed)
      .when('LiftSeal', { reasons }, head)
      .then({ type: 'SealLifted', data: { reasons } });
    given(received()).when('LiftSeal', { reasons }, head).refuses('not-sealed');
    given(received())
      .when('SealCase', { ...seal, until: '2026-03-01' }, head)
      .refuses('ends-in-past');
  });
});

describe('a case that is restricted or sealed', () => {
  const declares = (by: string) => ({
    actor: { id: by, role: 'casework-head' },
    guarding: { ...usual.guarding, heirs: ['head-7', 'head-8'] },
  });
  const handedOn = (people: readonly string[], until: string) => ({
    type: 'CaseRestricted',
    data: { people, basis: expect.any(String), until },
  });
  const conflict = (staffId: string) => ({
    type: 'ConflictDeclared',
    data: { staffId, nature: 'A cousin.' },
  });
  const nature = { nature: 'A cousin.' };

  it('is handed on to the heads of casework when the last who may know of it leaves it', () => {
    given(received(), sealed)
      .when('DeclareConflict', nature, declares('head-1'))
      .then(conflict('head-1') as never, handedOn(['head-7', 'head-8'], '2026-03-31') as never);
    given(received(), restricted, told('ConflictDeclared', { staffId: 'staff-1', ...nature }))
      .when('DeclareConflict', nature, {
        ...declares('staff-2'),
        guarding: { ...usual.guarding, heirs: ['staff-1', 'head-8'] },
      })
      .then(conflict('staff-2') as never, handedOn(['head-8'], '2026-03-31') as never);
    given(received(), sealed)
      .when('Implicate', { staffId: 'head-1', partyRef: complainant }, declares('staff-5'))
      .then(
        { type: 'StaffImplicated', data: { staffId: 'head-1', partyRef: complainant } },
        handedOn(['head-7', 'head-8'], '2026-03-31') as never,
      );
  });

  it('is not left by the last of them while there is nobody to hand it to', () => {
    const alone = { ...declares('head-1'), guarding: { ...usual.guarding, heirs: [] } };
    given(received(), sealed).when('DeclareConflict', nature, alone).refuses('nobody-left');
    given(received(), sealed, restricted)
      .when('DeclareConflict', nature, alone)
      .then(conflict('head-1') as never);
    given(received(), sealed)
      .when('Implicate', { staffId: 'head-1', partyRef: complainant }, alone)
      .then({ type: 'StaffImplicated', data: { staffId: 'head-1', partyRef: complainant } });
  });

  it('stays with those who are named when whoever sealed it for longer leaves it', () => {
    const longer = { ...told('CaseSealed', { ...seal, until: '2026-06-30' }), by: 'head-1' };
    given(received(), restricted, longer)
      .when('DeclareConflict', nature, { ...declares('head-1'), guarding: { ...usual.guarding, heirs: [] } })
      .then(conflict('head-1') as never, handedOn(['staff-1', 'staff-2'], '2026-06-30') as never);
  });

  it('is left to somebody by whatever else guards it', () => {
    const gone = told('ConflictDeclared', { staffId: 'head-1', ...nature });
    const without = () => given(received(), restricted, sealed, gone);
    without().when('LiftRestriction', { reasons }).refuses('nobody-left');
    without()
      .when('RestrictCase', { ...restriction, until: '2026-03-20' })
      .refuses('nobody-left');
    without()
      .when('SealCase', { ...seal, until: '2026-06-30' })
      .then({ type: 'CaseSealed', data: { ...seal, until: '2026-06-30' } });
    const again = given(
      received(),
      restricted,
      sealed,
      gone,
      told('CaseSealed', { ...seal, until: '2026-06-30' }),
    );
    expect(onlyFor(known(again.state()), at('2026-06-30T10:00:00Z'))).toEqual(['staff-1']);
    given(
      received(),
      restricted,
      sealed,
      ...['staff-1', 'staff-2'].map((staffId) => told('ConflictDeclared', { staffId, ...nature })),
    )
      .when('LiftSeal', { reasons }, head)
      .refuses('nobody-left');
  });

  it('shuts out nobody who works on it when the shorter of the two is over', () => {
    const handled = told('HandlerAssigned', { handlerId: 'staff-1' });
    given(received(), handled, restricted)
      .when('SealCase', { ...seal, until: '2026-06-30' }, head)
      .refuses('holder-not-named');
    given(received(), handled, restricted)
      .when('SealCase', seal, head)
      .then({ type: 'CaseSealed', data: seal });
    given(received(), handled, restricted, sealed)
      .when('RestrictCase', { ...restriction, until: '2026-03-20' })
      .refuses('holder-not-named');
  });

  it('shuts out nobody who sits on a panel that hears it', () => {
    const seated = [{ staffId: 'staff-5', shown: true }];
    const proceedings = { ...usual.proceedings, seated };
    const hidden = { ...usual.proceedings, seated: [{ staffId: 'staff-5', shown: false }] };
    given(received()).when('RestrictCase', restriction, { proceedings: hidden }).refuses('panel-not-shown');
    given(received()).when('RestrictCase', restriction, { proceedings }).refuses('holder-not-named');
    given(received())
      .when('SealCase', seal, { ...head, proceedings })
      .refuses('holder-not-named');
  });

  it('names nobody whom the roster does not know, but whoever restricts it', () => {
    given(received())
      .when('RestrictCase', restriction, { guarding: { ...usual.guarding, notEnrolled: ['staff-2'] } })
      .refuses('not-on-roster');
    given(received())
      .when('RestrictCase', restriction, { guarding: { ...usual.guarding, notEnrolled: ['staff-1'] } })
      .then({ type: 'CaseRestricted', data: restriction });
  });
});

describe('whoever sees it through the glass', () => {
  const through = { actor: { id: 'staff-9', role: 'casework-head' } };

  it('may neither name others, nor lift the restriction, nor seal the case', () => {
    const seen = () => given(received(), restricted, opened);
    seen()
      .when('RestrictCase', { people: ['staff-9'], basis: 'Mine.', until: '2026-03-31' }, through)
      .refuses('not-named');
    seen().when('LiftRestriction', { reasons }, through).refuses('not-named');
    seen().when('SealCase', seal, through).refuses('not-named');
  });

  it('may neither say who works on it, nor erase it', () => {
    const seen = (...more: Parameters<typeof given>) => given(received(), restricted, opened, ...more);
    seen().when('AssignHandler', { handlerId: 'staff-1' }, through).refuses('not-named');
    seen()
      .when('OpenInvestigation', { investigatorId: 'staff-1', termsOfReference: 'All.' }, through)
      .refuses('not-named');
    seen().when('Recuse', { staffId: 'staff-1', reasons }, through).refuses('not-named');
    seen().when('Escalate', { reasons }, through).refuses('not-named');
    seen(told('ComplaintClosed', { outcome: 'remedied', reasons }))
      .when('Erase', { basis: 'unlawful' }, through)
      .refuses('not-named');
    const later = { ...through, today: '2026-04-01', on: '2026-04-01' };
    seen()
      .when('AssignHandler', { handlerId: 'staff-9' }, later)
      .then({ type: 'HandlerAssigned', data: { handlerId: 'staff-9' } });
  });
});

describe('a seal', () => {
  it('shuts out neither who handles the case nor who sealed it first, and is not for ever', () => {
    given(received(), told('HandlerAssigned', { handlerId: 'staff-7' }))
      .when('SealCase', seal, head)
      .refuses('holder-not-named');
    const again = given(received(), restricted, sealed, told('CaseSealed', seal));
    expect(onlyFor(known(again.state()), usualNow)).toContain('head-1');
    given(received())
      .when('SealCase', { ...seal, until: '2199-12-31' }, head)
      .refuses('seal-too-long');
  });
});

describe('breaking the glass', () => {
  it('shows a restricted case to whoever states a reason, for a few hours', () => {
    given(received(), restricted)
      .when('BreakGlass', { reason: 'A threat.' }, stranger)
      .then({
        type: 'BreakGlassOpened',
        data: {
          openingId: madeId(0),
          staffId: 'staff-9',
          reason: 'A threat.',
          until: '2026-03-02T14:00:00Z',
        },
      });
    given(received(), restricted).when('BreakGlass', {}, stranger).isUnreadable();
    const file = known(given(received(), restricted, opened).state());
    expect(isRestrictedFrom(file, 'staff-9', usualNow)).toBe(false);
    expect(isRestrictedFrom(file, 'staff-8', usualNow)).toBe(true);
    expect(isRestrictedFrom(file, 'staff-9', at('2026-03-02T14:00:00Z'))).toBe(true);
  });

  it('opens no seal', () => {
    const file = known(given(received(), sealed, restricted, opened).state());
    expect(isSealedFrom(file, 'staff-9', usualNow)).toBe(true);
  });

  it('is for nobody who sees the case anyhow', () => {
    given(received()).when('BreakGlass', { reason: 'A threat.' }, stranger).refuses('not-restricted');
    given(received(), restricted).when('BreakGlass', { reason: 'A threat.' }).refuses('sees-it-already');
    given(received(), restricted, opened)
      .when('BreakGlass', { reason: 'A threat.' }, stranger)
      .refuses('sees-it-already');
  });

  it('is for nobody who must have no part in the case', () => {
    given(received(), restricted)
      .when('BreakGlass', { reason: 'A threat.' }, { ...stranger, actorParties: [complainant] })
      .refuses('party-to-the-case');
    given(received(), restricted, told('HandlerRecused', { staffId: 'staff-9', reasons }))
      .when('BreakGlass', { reason: 'A threat.' }, stranger)
      .refuses('recused');
  });

  it('is reviewed once, by somebody else', () => {
    const review = { openingId: anId(71), finding: 'justified' };
    given(received(), restricted, opened)
      .when('ReviewBreakGlass', review, head)
      .then({ type: 'BreakGlassReviewed', data: review as never });
    given(received(), restricted, opened).when('ReviewBreakGlass', review, stranger).refuses('own-opening');
    given(received(), restricted).when('ReviewBreakGlass', review, head).refuses('unknown-opening');
    given(received(), restricted, opened, told('BreakGlassReviewed', review as never))
      .when('ReviewBreakGlass', review, head)
      .refuses('reviewed-already');
  });
});
