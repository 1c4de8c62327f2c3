import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decisionNotifications, isLive, isOpen, isUpheld, standingFindings } from './resolution.checks.js';
import { known } from './resolution.state.js';
import { anyTries, play, type Accepted } from '../../test/support/lives/resolution-life.js';

/** A sample in the ordinary suite, many in the long one. */
const RUNS = process.env['REDRESS_LONG'] ? 2000 : 60;

const holds = (check: (tried: Accepted) => void) =>
  fc.assert(
    fc.property(anyTries, (steps) => play(steps).forEach(check)),
    { numRuns: RUNS },
  );

describe('whatever people try, in whatever order', () => {
  it('an allegation has one standing finding at most', () =>
    holds(({ after }) => {
      const found = standingFindings(after).map(({ allegationId }) => allegationId);
      expect(new Set(found).size).toBe(found.length);
    }));

  it('a sanction lives only while a finding that upholds gives it ground', () =>
    holds(({ after }) => {
      const ground = standingFindings(after)
        .filter(isUpheld)
        .map(({ allegationId }) => allegationId);
      for (const sanction of after.sanctions.filter(isLive))
        expect(sanction.allegationIds.some((each) => ground.includes(each))).toBe(true);
    }));

  it('a decision is told only when somebody else verified it', () =>
    holds(({ by, events, before, after }) => {
      if (decisionNotifications(after).length > 0) expect(after.review).toBe('verified');
      if (events.some(({ type }) => type === 'DecisionVerified' || type === 'DecisionVetoed'))
        expect(known(before).makers).not.toContain(by);
    }));

  it('what was told changes only through an appeal, by somebody who had no part in it', () =>
    holds(({ by, events, before }) => {
      const { makers, reviewers } = known(before);
      if (decisionNotifications(before).length === 0) return;
      for (const { type, data } of events) {
        if (type === 'FindingMade' || type === 'SanctionImposed') expect(data.appealId).toBeDefined();
        if ('appealId' in data && data.appealId !== undefined && !/Lodged|Notified/.test(type))
          expect([...makers, ...reviewers]).not.toContain(by);
      }
    }));

  it('a party has one open appeal at most, and a stay lasts no longer than its appeal', () =>
    holds(({ after: { appeals, sanctions } }) => {
      const open = appeals.filter(isOpen);
      expect(new Set(open.map(({ by }) => by)).size).toBe(open.length);
      for (const { status, stayedFor } of sanctions)
        if (status === 'stayed') expect(open.map(({ appealId }) => appealId)).toContain(stayedFor);
    }));

  it('such tries often decide, veto, tell, appeal, vary and send back', () => {
    const told = fc.sample(anyTries, { numRuns: 200, seed: 7 }).flatMap((steps) => play(steps));
    const types = told.flatMap(({ events }) => events.map(({ type }) => type));
    for (const type of [
      'DecisionVetoed',
      'DecisionNotified',
      'AppealAdmitted',
      'AppealDetermined',
      'SanctionVaried',
      'SanctionQuashed',
      'SanctionStayed',
    ])
      expect([type, types.filter((each) => each === type).length > 4]).toEqual([type, true]);
    const anew = told.filter(({ act, after }) => act === 'Notify' && after.remittedOn !== undefined);
    expect(anew.length).toBeGreaterThan(0);
  });
});
