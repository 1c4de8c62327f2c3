import { expect, it } from '@jest/globals';
import { anId } from '../../test/support/given.js';
import { given, received, told } from '../../test/support/complaints.js';
import { known } from './complaint.state.js';

it('a case has come as far as its hearing and its resolution, and goes back for nothing', () => {
  const stageAfter = (...events: Parameters<typeof given>) =>
    known(given(received(), ...events).state()).stage;
  const investigated = [
    told('InvestigationOpened', { investigatorId: 'ines', termsOfReference: 'All of it.' }),
    told('InvestigationReported', { summary: 'It was so.' }),
  ];
  const heard = [...investigated, told('HearingAttached', { hearingId: anId(31) })];
  const decided = [...heard, told('ResolutionAttached', { resolutionId: anId(32) })];
  expect(stageAfter(...investigated)).toBe('reported');
  expect(stageAfter(...heard)).toBe('hearing');
  expect(stageAfter(...decided)).toBe('resolution');
  expect(stageAfter(...decided, told('HearingAttached', { hearingId: anId(33) }))).toBe('resolution');
});
