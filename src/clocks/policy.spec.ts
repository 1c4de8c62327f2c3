import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { rule, shippedCalendars } from '../../test/support/clocks.js';
import { circumstances, specOf } from '../../test/support/given.js';
import { calendarNamed, calendarWithout, type WorkingCalendar } from './calendar.js';
import { calendar } from './calendar-revision.js';
import type { DeadlineRule } from './deadline-rule.js';
import { policy } from './policy.js';
import { parsePolicySet, type PolicySet } from './policy-set.js';

const shipped = readFileSync(new URL('../../policies/default.yaml', import.meta.url), 'utf8');
const base = parsePolicySet(shipped, 'default.yaml');

const version = (number: number, fields: Partial<PolicySet> = {}): PolicySet => ({
  ...base,
  version: number,
  ...fields,
});
const withRule = (fields: Partial<DeadlineRule>): PolicySet => version(1, { deadlines: [rule(fields)] });

/** Works at weekends alone. */
const fair = calendarWithout('fair', { weekend: [1, 2, 3, 4, 5], holidaysIn: () => [] });
const named = (name: string): WorkingCalendar => (name === 'fair' ? fair : calendarNamed(name));

const { given } = specOf(policy, { ...circumstances, id: 'default', calendarNamed: named });
const published = (set: PolicySet) => ({ type: 'PolicyPublished' as const, data: { policy: set } });

const sentenceOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    return (error as Error).message;
  }
  return 'accepted';
};

describe('publishing a version', () => {
  it('is done once: the same again records nothing', () => {
    given().when('Publish', base).then(published(base));
    given(published(base)).when('Publish', base).recordsNothing();
  });

  it('of other rules is refused, and so is one that was never published once a later one was', () => {
    const later = given(published(version(5)));
    later.when('Publish', version(5, { source: 'Another.' })).refuses('policy-version-taken');
    later.when('Publish', version(3)).refuses('policy-version-taken');
    expect(sentenceOf(() => later.when('Publish', version(3)).recordsNothing())).toBe(
      'Version 3 of default would come after version 5, which was published. Give these rules version 6.',
    );
  });

  it.each([
    ['the count', { unit: 'months', count: 601 }],
    ['the latest start', { startsAtLatest: { after: 'ComplaintAcknowledged', count: 2_601, unit: 'weeks' } }],
    [
      'the recurrence',
      { recurrence: { count: 601, unit: 'months', from: 'schedule', metBy: ['ProgressUpdateSent'] } },
    ],
    [
      'the extensions',
      { unit: 'months', extension: { max: 601, count: 1, noticeBeforeExpiry: 0, reasonRequired: true } },
    ],
  ] satisfies [string, Partial<DeadlineRule>][])('of fifty years and more in %s is refused', (_, fields) => {
    const absurd = withRule(fields);
    given().when('Publish', absurd).refuses('count-beyond-reason');
    expect(sentenceOf(() => given().when('Publish', absurd).recordsNothing())).toMatch(
      /^The deadline respond has \S+: \d+ \w+, which is more than fifty years\. Give \d+ at most\.$/,
    );
  });

  it('of fifty years is taken', () => {
    const long = withRule({ unit: 'months', count: 600 });
    given().when('Publish', long).then(published(long));
  });

  it('whose calendars have no working day in common is refused, until they are combined by union', () => {
    const together = { calendars: ['weekdays', 'fair'] };
    const apart = version(1, { ...together, combine: 'intersection' });
    given().when('Publish', apart).refuses('no-working-day');
    expect(sentenceOf(() => given().when('Publish', apart).recordsNothing())).toBe(
      'weekdays and fair leave default@1 no working day in 2026, so the deadline acknowledge cannot be counted. Give calendars that share working days, or combine: union.',
    );
    const united = version(1, { ...together, combine: 'union' });
    given().when('Publish', united).then(published(united));
  });

  it('that names a calendar that there is not is refused', () =>
    given()
      .when('Publish', version(1, { calendars: ['Atlantis'] }))
      .refuses('unknown-calendar'));
});

describe('when a version is published or supersedes another', () => {
  const both = given(published(version(1)), published(version(2)));
  const superseding = { version: 1, by: 2, reasons: 'The board decided.' };

  it('is not in the future, and in the past only with a reason', () => {
    const late = { on: '2026-02-01' };
    given().when('Publish', base, { on: '2026-03-03' }).refuses('occurred-in-future');
    given().when('Publish', base, late).refuses('backdating-without-reason');
    given()
      .when('Publish', base, { ...late, backdatingReason: 'Recorded after the meeting.' })
      .then(published(base));
    both.when('Supersede', superseding, { on: '2026-03-03' }).refuses('occurred-in-future');
    both.when('Supersede', superseding, late).refuses('backdating-without-reason');
  });

  it('names a version that is there', () => {
    both.when('Supersede', { ...superseding, by: 9 }).refuses('not-found');
    expect(sentenceOf(() => both.when('Supersede', { ...superseding, by: 9 }).recordsNothing())).toBe(
      'There is no policy version default@9. The list of policies names the versions that were published.',
    );
  });

  it('what was written down why it was recorded late is not read as a part of the rule', () => {
    const told = { ...superseding, backdatingReason: 'Recorded after the meeting.' };
    const state = given(published(version(1)), published(version(2)), {
      type: 'PolicySuperseded',
      data: told,
    }).state();
    expect(state).toMatchObject({ superseded: [superseding] });
    expect(JSON.stringify(state)).not.toContain('after the meeting');
  });
});

describe('revising a calendar', () => {
  const weekdaysAndFair = version(1, { calendars: ['weekdays', 'fair'], combine: 'union' });
  const about = specOf(calendar, {
    ...shippedCalendars,
    id: 'fair',
    calendarNamed: named,
    standing: [weekdaysAndFair, version(2, { calendars: ['weekdays', 'fair'] })],
  });
  const because = { source: 'the organisation', reasons: 'It moves.' };

  it('so that a policy that names it has no working day left is refused', () => {
    const wish = { ...because, base: null, weekend: [1, 2, 3, 4, 5] };
    about.given().when('Revise', wish).refuses('no-working-day');
    expect(sentenceOf(() => about.given().when('Revise', wish).recordsNothing())).toContain(
      'weekdays and fair leave default@2 no working day in 2026',
    );
  });

  it('so that it has itself none in a whole year is refused', () => {
    const allOf2028 = Array.from({ length: 366 }, (_, n) => ({
      date: new Date(Date.UTC(2028, 0, 1 + n)).toISOString().slice(0, 10),
      name: 'Closed',
    }));
    const alone = specOf(calendar, { ...shippedCalendars, id: 'office' });
    alone
      .given()
      .when('Revise', { ...because, add: allOf2028 })
      .refuses('no-working-day');
  });

  it('is not done in the future, and in the past only with a reason', () => {
    const wish = { ...because, base: 'weekdays' };
    about.given().when('Revise', wish, { on: '2026-03-03' }).refuses('occurred-in-future');
    about.given().when('Revise', wish, { on: '2026-03-01' }).refuses('backdating-without-reason');
  });
});
