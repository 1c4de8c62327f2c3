import { describe, expect, it } from '@jest/globals';
import { anId, specOf, type Told } from '../../test/support/given.js';
import type { HearingContext } from './hearing.context.js';
import type { HearingEvent } from './hearing.events.js';
import { hearing } from './hearing.js';
import { toldToCases } from './hearing.told.js';

const hearingId = anId(31);
const reasons = 'My companion is at sea.';
const requested: Told<HearingEvent> = {
  type: 'HearingRequested',
  data: { complaintIds: [anId(10)], kind: 'first' },
};
const listed: Told<HearingEvent> = {
  type: 'HearingListed',
  data: { startsAt: '2026-03-12T23:30:00+00:00', zone: 'Europe/Paris', mode: 'in-person' },
};
const asked = (cause?: 'companion-unavailable' | 'other'): Told<HearingEvent> => ({
  type: 'PostponementRequested',
  data: { by: anId(20), reasons, ...(cause === undefined ? {} : { cause }) },
});
const told = (act: string, ...events: Told<HearingEvent>[]) =>
  toldToCases(
    act,
    hearingId,
    specOf(hearing, {} as HearingContext)
      .given(...events)
      .state(),
  );

describe('what a hearing tells its cases', () => {
  it('is that it was asked for, and that it has begun', () => {
    expect(told('Request')).toEqual({ act: 'AttachHearing', input: { hearingId } });
    expect(told('Start', requested, listed)).toEqual({ act: 'HoldHearing', input: { hearingId } });
    for (const act of ['List', 'Resume', 'Vacate', 'Conclude'])
      expect(told(act, requested, listed)).toBeUndefined();
  });

  it('is the day that was proposed, where it is held, when the companion cannot come on it', () =>
    expect(told('GrantPostponement', requested, listed, asked('companion-unavailable'))).toEqual({
      act: 'PostponeForCompanion',
      input: { hearingId, proposedFor: '2026-03-13' },
    }));

  it('is nothing when it is postponed for another reason, or not postponed', () => {
    expect(told('GrantPostponement', requested, listed, asked())).toBeUndefined();
    expect(told('GrantPostponement', requested, listed, asked('other'))).toBeUndefined();
    expect(told('RefusePostponement', requested, listed, asked('companion-unavailable'))).toBeUndefined();
  });
});
