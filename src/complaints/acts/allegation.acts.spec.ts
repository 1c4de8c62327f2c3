import { describe, expect, it } from '@jest/globals';
import {
  alleged,
  allegationId,
  complainant,
  given,
  received,
  respondent,
  stranger,
  told,
  usual,
} from '../../../test/support/complaints.js';
import { anId, madeId } from '../../../test/support/given.js';
import { known } from '../complaint.state.js';

const shouted = { category: 'abuse', respondentRef: respondent, description: 'Shouted.' };
const asStated = { ...shouted, characteristics: [], rules: [] };
const reasons = 'A second letter.';

const named: readonly (readonly [act: string, input: object])[] = [
  ['AddAllegation', shouted],
  ['AmendAllegation', { ...shouted, allegationId, reasons }],
  ['IdentifyRespondent', { respondentRef: respondent }],
];

describe('an allegation', () => {
  it('is added under an id of its own', () =>
    given(received())
      .when('AddAllegation', shouted)
      .then({ type: 'AllegationAdded', data: { ...asStated, allegationId: madeId(0) } }));

  it.each([
    ['that ends before it begins', '2026-02-02', '2026-02-01', 'incident-ends-before-it-begins'],
    ['in the future', '2026-03-03', undefined, 'incident-in-future'],
    ['that ends in the future', '2026-02-01', '2026-03-03', 'incident-in-future'],
  ])('refuses an incident %s', (_, incidentFrom, incidentTo, code) => {
    const incident = { category: 'abuse', incidentFrom, incidentTo };
    given(received()).when('AddAllegation', incident).refuses(code);
    given(received(), alleged())
      .when('AmendAllegation', { ...incident, allegationId, reasons })
      .refuses(code);
  });

  it('is amended by stating it anew: what is left out is gone', () => {
    const anew = { allegationId, category: 'threat', characteristics: ['age'], rules: [], reasons };
    given(received(), alleged({ description: 'Shouted.' }))
      .when('AmendAllegation', anew)
      .then({ type: 'AllegationAmended', data: anew });
    const state = given(
      received(),
      alleged({ description: 'Shouted.' }),
      told('AllegationAmended', anew),
    ).state();
    expect(known(state).allegations).toEqual([
      { allegationId, category: 'threat', characteristics: ['age'], rules: [], withdrawn: false },
    ]);
  });

  it('is withdrawn once, with reasons', () => {
    given(received(), alleged()).when('WithdrawAllegation', { allegationId }).isUnreadable();
    given(received(), alleged())
      .when('WithdrawAllegation', { allegationId, reasons })
      .then({ type: 'AllegationWithdrawn', data: { allegationId, reasons } });
    given(received(), alleged(), told('AllegationWithdrawn', { allegationId, reasons }))
      .when('WithdrawAllegation', { allegationId, reasons })
      .refuses('allegation-withdrawn');
  });

  it('must be one of this case', () => {
    given(received(), alleged())
      .when('WithdrawAllegation', { allegationId: anId(9), reasons })
      .refuses('unknown-allegation');
    given(received(), alleged())
      .when('AmendAllegation', { ...shouted, allegationId: anId(9), reasons })
      .refuses('unknown-allegation');
  });

  it('stays as it is once there is a finding on it', () => {
    const found = { proceedings: { ...usual.proceedings, determinedAllegations: [allegationId] } };
    given(received(), alleged())
      .when('AmendAllegation', { ...shouted, allegationId, reasons }, found)
      .refuses('allegation-determined');
    given(received(), alleged())
      .when('WithdrawAllegation', { allegationId, reasons }, found)
      .refuses('allegation-determined');
  });
});

describe('naming a respondent', () => {
  const against = given(received(), alleged({ respondentRef: stranger }));

  it('is done once', () => {
    given(received())
      .when('IdentifyRespondent', { respondentRef: respondent })
      .then({ type: 'RespondentIdentified', data: { respondentRef: respondent } });
    given(received(), told('RespondentIdentified', { respondentRef: respondent }))
      .when('IdentifyRespondent', { respondentRef: respondent })
      .then();
  });

  it.each(named)('by %s refuses a party whom nobody registered', (act, input) =>
    against.when(act, input, { unknownParties: [respondent] }).refuses('unknown-party'),
  );

  it.each(named)('by %s refuses the complainant', (act, input) =>
    against.when(act, { ...input, respondentRef: complainant }).refuses('respondent-is-complainant'),
  );

  it.each(named)('by %s is not done by the respondent', (act, input) =>
    against.when(act, input, { actorParties: [respondent] }).refuses('party-to-the-case'),
  );

  it.each(named)('by %s takes the case from a handler who is the respondent', (act, input) => {
    const implicated = [{ partyRef: respondent, staffId: 'staff-2' }];
    const told = against.when(act, input, { implicated }).events();
    expect(told.at(-1)).toEqual({ type: 'StaffImplicated', data: implicated[0] });
    expect(told).toHaveLength(2);
  });
});
