import { describe, expect, it } from '@jest/globals';
import { circumstances, givenId, specOf, type Told } from '../../test/support/given.js';
import { party, type PartyEvent } from './party.js';

const { given } = specOf(party, circumstances);

const ada = { kind: 'person', name: 'Ada', email: 'ada@example.org', phone: '1' } as const;
const registered: Told<PartyEvent> = { type: 'PartyRegistered', data: ada };
const identified = (staffId: string): Told<PartyEvent> => ({ type: 'StaffIdentified', data: { staffId } });

describe('a party', () => {
  it('is registered with its name and contacts', () =>
    given().when('Register', ada).then({ type: 'PartyRegistered', data: ada }));

  it('has a name, and is a person or an organisation', () => {
    given().when('Register', { kind: 'person' }).isUnreadable();
    given().when('Register', { kind: 'robot', name: 'R' }).isUnreadable();
    given()
      .when('Register', { kind: 'person', name: 'N'.repeat(301) })
      .isUnreadable();
  });

  it('is not registered in the future', () =>
    given().when('Register', ada, { on: '2026-03-03' }).refuses('occurred-in-future'));

  it('is registered once under one id', () =>
    given(registered).when('Register', ada).refuses('party-exists'));

  it('must be there before anything is changed', () =>
    given().when('ChangeContact', { name: 'Ada' }).refuses('not-found'));
});

describe('the contacts of a party', () => {
  it('are stated anew: what is left out is gone, and who it is stays', () => {
    const contacts = { name: 'Ada Lovelace', email: 'ada@example.net' };
    given(registered).when('ChangeContact', contacts).then({ type: 'PartyContactChanged', data: contacts });
    expect(
      given(registered, identified('staff-2'), { type: 'PartyContactChanged', data: contacts }).state(),
    ).toEqual({ phase: 'open', kind: 'person', staffIds: ['staff-2'], ...contacts });
  });

  it('are changed for a day past only with a reason', () =>
    given(registered)
      .when('ChangeContact', { name: 'Ada' }, { on: '2026-03-01' })
      .refuses('backdating-without-reason'));
});

describe('saying which member of staff a party is', () => {
  const head = { actor: { id: 'head-1', role: 'casework-head' } };
  const takenBack = (entry: number) => ({
    eventId: givenId(entry),
    path: ['staffId'],
    new: null,
    reason: 'Somebody of the same name.',
    basis: 'The staff list.',
  });

  it('is done once for each reference that they are known by, and takes none of them away', () => {
    given(registered)
      .when('IdentifyStaff', { staffId: 'staff-2' }, head)
      .then({ type: 'StaffIdentified', data: { staffId: 'staff-2' } });
    given(registered, identified('staff-2')).when('IdentifyStaff', { staffId: 'staff-2' }).then();
    given(registered, identified('staff-2'))
      .when('IdentifyStaff', { staffId: 'staff-3' }, head)
      .then({ type: 'StaffIdentified', data: { staffId: 'staff-3' } });
    const both = given(registered, identified('staff-2'), identified('staff-3'));
    both.when('IdentifyStaff', { staffId: 'staff-2' }).then();
    expect(both.state()).toMatchObject({ staffIds: ['staff-2', 'staff-3'] });
    for (const staffId of ['staff-2', 'staff-3'])
      both
        .when('IdentifyStaff', { staffId: 'staff-4' }, { actor: { id: staffId, role: 'casework-head' } })
        .refuses('own-record');
  });

  it('is taken back by a correction where it was a mistake, by the same people and nobody else', () => {
    const both = given(registered, identified('staff-2'), identified('staff-3'));
    const onCase = { ...head, isOnCase: true };
    const correction = both.when('CorrectEntry', takenBack(1), onCase).events();
    expect(correction).toMatchObject([{ type: 'EntryCorrected', data: { old: 'staff-2', new: null } }]);
    const after = given(registered, identified('staff-2'), identified('staff-3'), ...correction);
    expect(after.state()).toMatchObject({ staffIds: ['staff-3'] });
    for (const [id, role, refusal] of [
      ['staff-2', 'casework-head', 'own-record'],
      ['staff-3', 'casework-head', 'own-record'],
      ['staff-9', 'case-handler', 'party-on-a-case'],
    ] as const)
      both.when('CorrectEntry', takenBack(1), { ...onCase, actor: { id, role } }).refuses(refusal);
    both
      .when('CorrectEntry', takenBack(1), { actor: { id: 'staff-9', role: 'case-handler' } })
      .refuses('mail-of-staff');
    given(registered).when('IdentifyStaff', { staffId: null }).isUnreadable();
  });

  it('is for those who may know of the case: whoever broke the glass sees it so at most', () => {
    const context = { ...head, throughGlass: true };
    given(registered).when('IdentifyStaff', { staffId: 'staff-2' }, context).refuses('not-named');
    given(registered, identified('staff-2')).when('CorrectEntry', takenBack(1), context).refuses('not-named');
  });

  it('is for a head of casework where the party is on a case: it takes that from whoever it is', () => {
    const correction = {
      eventId: givenId(1),
      path: ['staffId'],
      new: 'staff-3',
      reason: 'A slip.',
      basis: 'A list.',
    };
    for (const [role, refusal] of [
      ['intake', 'party-on-a-case'],
      ['case-handler', 'party-on-a-case'],
      ['casework-head', undefined],
    ] as const) {
      const context = { isOnCase: true, actor: { id: 'staff-9', role } };
      const tries = [
        given(registered).when('IdentifyStaff', { staffId: 'staff-2' }, context),
        given(registered, identified('staff-2')).when('CorrectEntry', correction, context),
      ];
      for (const each of tries)
        if (refusal) each.refuses(refusal);
        else expect(each.events()).toHaveLength(1);
    }
    const { email: _, ...unreachable } = ada;
    given({ type: 'PartyRegistered', data: unreachable })
      .when('IdentifyStaff', { staffId: 'staff-2' }, { actor: { id: 'staff-9', role: 'intake' } })
      .then({ type: 'StaffIdentified', data: { staffId: 'staff-2' } });
  });

  it('turns nobody’s mail aside, but by themself or a head of casework', () => {
    const correct = (entry: number, field: string, told: string) => ({
      eventId: givenId(entry),
      path: [field],
      new: told,
      reason: 'A slip.',
      basis: 'A list.',
    });
    const as = (id: string, role: string) => ({ actor: { id, role } });
    const tries = (context: object) => [
      given(registered).when('IdentifyStaff', { staffId: 'staff-2' }, context),
      given(registered, identified('staff-2')).when('ChangeContact', { name: 'Ada' }, context),
      given(registered, identified('staff-2')).when('CorrectEntry', correct(0, 'email', 'e@x.org'), context),
      given(registered, identified('staff-5')).when(
        'CorrectEntry',
        correct(1, 'staffId', 'staff-2'),
        context,
      ),
    ];
    for (const role of ['intake', 'case-handler'])
      for (const each of tries(as('staff-9', role))) each.refuses('mail-of-staff');
    for (const each of tries(as('staff-9', 'casework-head'))) expect(each.events()).toHaveLength(1);
    for (const each of tries(as('staff-2', 'intake'))) expect(each.events()).toHaveLength(1);
  });

  it('makes the house itself nobody’s party', () => {
    given(registered).when('IdentifyStaff', { staffId: 'redress' }).isUnreadable();
    given(registered, identified('staff-5'))
      .when('CorrectEntry', {
        eventId: givenId(1),
        path: ['staffId'],
        new: 'redress',
        reason: 'A slip.',
        basis: 'A list.',
      })
      .refuses('wrong-value');
  });

  it('is not undone by that member of staff', () => {
    given(registered, identified('staff-1'))
      .when('IdentifyStaff', { staffId: 'staff-3' })
      .refuses('own-record');
    given(registered, identified('staff-1'))
      .when('CorrectEntry', {
        eventId: givenId(1),
        path: ['staffId'],
        new: 'staff-3',
        reason: 'Not me.',
        basis: 'My word.',
      })
      .refuses('own-record');
  });
});

describe('correcting what was recorded of a party', () => {
  it('keeps both', () =>
    given(registered)
      .when('CorrectEntry', {
        eventId: givenId(0),
        path: ['kind'],
        new: 'organisation',
        reason: 'A firm.',
        basis: 'Its letterhead.',
      })
      .then({
        type: 'EntryCorrected',
        data: {
          eventId: givenId(0),
          path: ['kind'],
          old: 'person',
          new: 'organisation',
          reason: 'A firm.',
          basis: 'Its letterhead.',
        },
      }));
});
