import { describe, expect, it } from '@jest/globals';
import { allowedCommands } from '../access/command-door.js';
import { given, received, told } from '../../test/support/complaints.js';
import { defaultPolicy, landlordPolicy } from '../../test/support/resolution-case.js';
import { complaint } from './complaint.js';

const head = { id: 'staff-9', roles: ['casework-head'] } as const;

describe('what is offered to do to a case', () => {
  const offered = (policy = defaultPolicy, ...events: Parameters<typeof given>) =>
    allowedCommands(complaint, given(received(), ...events).state(), head, { policy });

  it('leaves out what the case as it stands rules out', () => {
    const now = offered();
    expect(now).toEqual(expect.arrayContaining(['acknowledge', 'pause-clock', 'assign-handler', 'close']));
    for (const act of ['adopt', 'resume-clock', 'lift-interim-suspension', 'release-legal-hold', 'report'])
      expect(now).not.toContain(act);
  });

  it('follows what happens to it', () => {
    const paused = offered(
      defaultPolicy,
      told('ClockPaused', { reason: 'court-proceedings', basis: 'Asked.' }),
    );
    expect(paused).toContain('resume-clock');
    expect(paused).not.toContain('pause-clock');
  });

  it('offers no pause under a policy that allows none', () =>
    expect(offered(landlordPolicy)).not.toContain('pause-clock'));
});
