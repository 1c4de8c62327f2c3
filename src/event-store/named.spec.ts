import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { event } from './catalogue.js';
import { EntryCorrected } from './correction.js';
import type { Entry } from './event.js';
import { alsoNamed, partiesNamedBy } from './named.js';
import { id, partyRef } from './schema.js';

const named = partiesNamedBy({
  Told: event(
    z.object({ to: z.array(partyRef), thing: id, parts: z.array(z.object({ who: partyRef.optional() })) }),
  ),
  EntryCorrected,
});
const entry = (type: string, data: object) => ({ type, data }) as unknown as Entry;

describe('whom an event names', () => {
  it('stands in the fields that are marked so, however deep', () =>
    expect(named(entry('Told', { to: ['a', 'b'], thing: 'x', parts: [{ who: 'c' }, {}] }))).toEqual([
      'a',
      'b',
      'c',
    ]));

  it('is with a correction both who was said and who should have been', () => {
    const correction = (path: readonly string[], old: unknown, now: unknown) =>
      named(entry('EntryCorrected', { path, old, new: now }));
    expect(correction(['parts', '0', 'who'], 'c', 'd')).toEqual(['c', 'd']);
    expect(correction(['to'], ['a', 'b'], ['a'])).toEqual(['a', 'b', 'a']);
    expect(correction(['parts', '0', 'who'], undefined, 'd')).toEqual(['d']);
    expect(correction(['thing'], 'x', 'y')).toEqual([]);
  });

  it('is never taken away again, and told once', () => {
    expect(alsoNamed(undefined, [])).toBeUndefined();
    expect(alsoNamed(['a'], ['b', 'a', 'b'])).toEqual(['a', 'b']);
  });
});
