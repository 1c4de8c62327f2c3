import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { partyDoor } from '../parties/party.door.js';
import { commandFrom } from './command-door.js';

describe('a request under an Idempotency-Key', () => {
  it('is kept as a hash that no guess at what it said finds', () => {
    const body = { kind: 'person', name: 'Ada' };
    const ask = (idempotencyKey: string) =>
      commandFrom(partyDoor, {
        act: 'Register',
        body,
        principal: { id: 'staff-1', roles: ['intake'] },
        requestId: 'a-request',
        idempotencyKey,
      }).envelope.once;
    const guess = createHash('sha256')
      .update(JSON.stringify([JSON.stringify(body), '']))
      .digest('hex');
    expect(ask('one')?.request).not.toBe(guess);
    expect(ask('one')).toEqual(ask('one'));
    expect(ask('one')?.request).not.toBe(ask('two')?.request);
  });
});
