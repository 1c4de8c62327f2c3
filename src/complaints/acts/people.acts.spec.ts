import { describe, expect, it } from '@jest/globals';
import {
  alleged,
  complainant,
  given,
  received,
  respondent,
  stranger,
  told,
} from '../../../test/support/complaints.js';
import { givenId } from '../../../test/support/given.js';
import { known } from '../complaint.state.js';

const reasons = 'A cousin of the respondent.';

describe('assigning a handler', () => {
  it('gives the case to them; again changes nothing', () => {
    given(received())
      .when('AssignHandler', { handlerId: 'staff-2' })
      .then({ type: 'HandlerAssigned', data: { handlerId: 'staff-2' } });
    given(received(), told('HandlerAssigned', { handlerId: 'staff-2' }))
      .when('AssignHandler', { handlerId: 'staff-2' })
      .then();
  });

  it('refuses whoever is recused or declared a conflict', () => {
    given(received(), told('HandlerRecused', { staffId: 'staff-2', reasons }))
      .when('AssignHandler', { handlerId: 'staff-2' })
      .refuses('recused');
    given(received(), told('ConflictDeclared', { staffId: 'staff-2', nature: 'A cousin.' }))
      .when('AssignHandler', { handlerId: 'staff-2' })
      .refuses('recused');
  });

  it.each([complainant, respondent])('refuses a party to the case', (party) =>
    given(received(), alleged())
      .when('AssignHandler', { handlerId: 'staff-2' }, { assigneeParties: [party] })
      .refuses('party-to-the-case'),
  );
});

describe('a conflict', () => {
  it('is declared by whoever acts, open or closed', () => {
    const declared = { type: 'ConflictDeclared', data: { nature: 'A cousin.', staffId: 'staff-1' } } as const;
    given(received()).when('DeclareConflict', { nature: 'A cousin.' }).then(declared);
    given(received(), told('ComplaintClosed', { outcome: 'remedied' }))
      .when('DeclareConflict', { nature: 'A cousin.' })
      .then(declared);
  });

  it('takes the case and the investigation from them', () => {
    const state = known(
      given(
        received(),
        told('HandlerAssigned', { handlerId: 'staff-2' }),
        told('InvestigationOpened', { investigatorId: 'staff-2', termsOfReference: 'All of it.' }),
        told('ConflictDeclared', { staffId: 'staff-2', nature: 'A cousin.' }),
      ).state(),
    );
    expect([state.handlerId, state.investigatorId, state.recused]).toEqual([
      undefined,
      undefined,
      ['staff-2'],
    ]);
  });

  it('ends what they may do', () =>
    given(received(), told('ConflictDeclared', { staffId: 'staff-1', nature: 'A cousin.' }))
      .when('Acknowledge', {})
      .refuses('recused'));
});

describe('recusing', () => {
  it('takes somebody off the case for good, with reasons', () => {
    given(received()).when('Recuse', { staffId: 'staff-2' }).isUnreadable();
    given(received())
      .when('Recuse', { staffId: 'staff-2', reasons })
      .then({ type: 'HandlerRecused', data: { staffId: 'staff-2', reasons } });
    given(received(), told('HandlerRecused', { staffId: 'staff-2', reasons }))
      .when('Recuse', { staffId: 'staff-2', reasons })
      .then();
  });

  it('leaves the case to another handler', () => {
    const state = given(
      received(),
      told('HandlerAssigned', { handlerId: 'staff-3' }),
      told('HandlerRecused', { staffId: 'staff-2', reasons }),
    ).state();
    expect(known(state).handlerId).toBe('staff-3');
  });
});

describe('a member of staff who turns out to be a party', () => {
  const isThem = { partyRef: complainant, staffId: 'staff-2' };

  it('is told in the history of the case, open or closed', () => {
    for (const events of [[received()], [received(), told('ComplaintClosed', { outcome: 'remedied' })]])
      given(...events)
        .when('Implicate', isThem)
        .then({ type: 'StaffImplicated', data: isThem });
  });

  it('of another case is no matter', () =>
    given(received())
      .when('Implicate', { ...isThem, partyRef: stranger })
      .then());

  it('holds the case no more, and investigates it no more', () => {
    const state = given(
      received(),
      told('HandlerAssigned', { handlerId: 'staff-2' }),
      told('InvestigationOpened', { investigatorId: 'staff-2', termsOfReference: 'All of it.' }),
      told('StaffImplicated', isThem),
      told('StaffImplicated', isThem),
    ).state();
    expect(known(state)).toMatchObject({
      handlerId: undefined,
      investigatorId: undefined,
      implicated: ['staff-2'],
    });
  });

  it('leaves the case to whoever else holds it', () => {
    const state = given(
      received(),
      told('HandlerAssigned', { handlerId: 'staff-3' }),
      told('StaffImplicated', isThem),
    ).state();
    expect(known(state).handlerId).toBe('staff-3');
  });

  it('is one from the start when they are the complainant', () =>
    expect(
      given()
        .when(
          'Receive',
          {
            receivedOn: '2026-03-02',
            channel: 'letter',
            category: 'abuse',
            summary: 'Shouted.',
            complainantRef: complainant,
          },
          { implicated: [isThem] },
        )
        .events()
        .map(({ type }) => type),
    ).toEqual(['ComplaintReceived', 'StaffImplicated']));
});

describe('a contact from outside', () => {
  it('is entered in the register, also after closing', () => {
    const contact = { who: 'A member', office: 'The leader', subject: 'This case', response: 'None.' };
    for (const events of [[received()], [received(), told('ComplaintClosed', { outcome: 'remedied' })]])
      given(...events)
        .when('RecordOutsideContact', contact)
        .then({ type: 'OutsideContactRecorded', data: contact });
  });
});

describe('the house itself', () => {
  it.each(['redress', 'import', 'demo', 'command-line', 'intake'])(
    '%s is no member of staff: it neither handles a case nor is recused from one',
    (staffId) => {
      given(received()).when('AssignHandler', { handlerId: staffId }).isUnreadable();
      given(received()).when('Recuse', { staffId, reasons: 'So that it is kept for ever.' }).isUnreadable();
    },
  );
});

describe('the register of outside contacts', () => {
  const contact = { who: 'A member', office: 'The leader', subject: 'This case', response: 'None.' };
  const corrects = (index: number) => ({
    eventId: givenId(index),
    path: ['office'],
    new: 'The whip',
    reason: 'Misheard.',
    basis: 'The letter.',
  });
  const register = given(
    received(),
    told('OutsideContactRecorded', { ...contact, named: ['staff-1'] }),
    told('OutsideContactRecorded', { ...contact, whoRef: stranger }),
  );

  it('is not corrected by a member of staff whom it names, in none of its entries', () => {
    register.when('CorrectEntry', corrects(1)).refuses('named-in-register');
    register.when('CorrectEntry', corrects(2)).refuses('named-in-register');
  });

  it('is erased by nobody whom it names', () => {
    const closed = told('ComplaintClosed', { outcome: 'remedied' });
    const recorded = told('OutsideContactRecorded', { ...contact, named: ['staff-1'] });
    const closedCase = given(received(), recorded, closed);
    closedCase.when('Erase', { basis: 'unlawful' }).refuses('named-in-register');
    const other = { actor: { id: 'staff-2', role: 'casework-head' } };
    expect(closedCase.when('Erase', { basis: 'unlawful' }, other).events()).toHaveLength(1);
  });

  it('is not corrected by the party who made a contact', () =>
    register
      .when('CorrectEntry', corrects(1), {
        actor: { id: 'staff-2', role: 'case-handler' },
        actorParties: [stranger],
      })
      .refuses('named-in-register'));

  it('is corrected by others', () =>
    expect(
      register.when('CorrectEntry', corrects(1), { actor: { id: 'staff-2', role: 'case-handler' } }).events(),
    ).toHaveLength(1));

  it('does not keep whom it names from correcting something else', () =>
    expect(
      register.when('CorrectEntry', { ...corrects(0), path: ['category'], new: 'fraud' }).events(),
    ).toHaveLength(1));
});
