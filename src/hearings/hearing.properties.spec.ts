import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { plusDays } from '../clocks/days.js';
import { phaseOf, sittingNow } from './hearing.state.js';
import { QUORUM, NOTICE_DAYS, anyTries, play } from '../../test/support/lives/hearing-life.js';

/** A sample in the ordinary suite, many in the long one. */
const RUNS = process.env['REDRESS_LONG'] ? 2000 : 60;

describe('whatever people try, in whatever order', () => {
  const holds = (check: (tried: ReturnType<typeof play>) => void) =>
    fc.assert(
      fc.property(anyTries, (steps) => check(play(steps))),
      { numRuns: RUNS },
    );

  it('a hearing sits exactly while it is in session, with a quorum at its start', () =>
    holds((all) => {
      for (const { event, after } of all) {
        const sitting = after.sittings.filter(({ to }) => to === null);
        expect(sitting).toHaveLength(after.status === 'in-session' ? 1 : 0);
        if (event.type === 'HearingStarted' || event.type === 'HearingResumed')
          expect(sittingNow(after).length).toBeGreaterThanOrEqual(QUORUM);
      }
    }));

  it('a hearing starts only on its listed day or later, with notice in time or waived', () =>
    holds((all) => {
      for (const { event, before, on } of all) {
        if (event.type !== 'HearingStarted' || before.phase === 'absent') continue;
        expect(before.status).toBe('listed');
        const day = before.listing?.startsAt.slice(0, 10) ?? '9999-12-31';
        expect(day <= on).toBe(true);
        const waived = before.listing?.waiver !== undefined && before.notices.length > 0;
        const told = before.notices.some(
          ({ servedOn, waiver }) => waiver !== undefined || plusDays(servedOn, NOTICE_DAYS) <= day,
        );
        expect(waived || told).toBe(true);
      }
    }));

  it('a listing and its notices stand only from the listing until it falls', () =>
    holds((all) => {
      for (const { after } of all)
        if (['requested', 'postponed', 'vacated'].includes(after.status))
          expect([after.listing, after.notices, after.postponement]).toEqual([undefined, [], undefined]);
    }));

  it('nobody recused sits, and nothing follows the end', () =>
    holds((all) => {
      for (const { event, before, after } of all) {
        if (before.phase !== 'absent') expect(phaseOf(before.status)).toBe('open');
        if (event.type === 'HearingStarted' || event.type === 'HearingResumed')
          expect(event.data.present.filter((staffId) => after.recused.includes(staffId))).toEqual([]);
      }
    }));

  it('such tries often hold a hearing, adjourn it and conclude it', () => {
    const told = fc.sample(anyTries, { numRuns: 100, seed: 7 }).flatMap((steps) => play(steps));
    const times = (type: string) => told.filter(({ event }) => event.type === type).length;
    for (const type of [
      'HearingStarted',
      'HearingAdjourned',
      'HearingResumed',
      'HearingConcluded',
      'HearingVacated',
    ])
      expect([type, times(type) > 4]).toEqual([type, true]);
  });
});
