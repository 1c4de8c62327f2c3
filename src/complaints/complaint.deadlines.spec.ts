import { describe, expect, it } from '@jest/globals';
import { given, policy, received, told, type ToldOfComplaint } from '../../test/support/complaints.js';
import { rule } from '../../test/support/clocks.js';
import { calendarNamed } from '../clocks/calendar.js';
import type { DeadlineRule } from '../clocks/deadline-rule.js';
import { deadlinesOf, deadlinesThrough } from './complaint.deadlines.js';
import { known } from './complaint.state.js';

const calendar = calendarNamed('weekdays');

/** Received on Friday 27 February 2026; thirty days from it end on Sunday 29 March. */
const resolve = rule({
  key: 'resolve',
  unit: 'calendar-days',
  count: 30,
  stopEvents: ['ComplaintReferred', 'ComplaintWithdrawn', 'ComplaintClosed'],
});
const progress = rule({
  key: 'progress',
  unit: 'weeks',
  count: 4,
  recurrence: { count: 4, unit: 'weeks', from: 'completion', metBy: ['ProgressUpdateSent'] },
});

const under = (rules: readonly DeadlineRule[], ...events: ToldOfComplaint[]) => {
  const set = { ...policy, deadlines: [...rules] };
  const complaint = known(given(received(), ...events).state());
  const shown = (today: string | null) =>
    deadlinesOf(complaint, set, calendar, today).map(({ dueOn, metOn, held }) => [dueOn, metOn, held]);
  return {
    on: shown,
    through: (day: string) => deadlinesThrough(complaint, set, calendar, day).map(({ dueOn }) => dueOn),
    words: (today: string) => deadlinesOf(complaint, set, calendar, today)[0]?.explain(today),
  };
};

const closed = (on: string) => told('ComplaintClosed', { outcome: 'remedied' }, on);
const reopened = (on: string) => told('ComplaintReopened', { reasons: 'New facts.' }, on);
const referred = (on: string) => told('ComplaintReferred', { to: 'The police', reasons: 'A crime.' }, on);
const withdrawn = (continueInOwnName: boolean, on: string) =>
  told('ComplaintWithdrawn', { continueInOwnName, reasons: 'Tired of it.' }, on);
const triaged = (on: string, severity: 'low' | 'high' = 'high') =>
  told('TriageCompleted', { decision: 'investigate', severity, reasons: 'Grave.' }, on);
const updated = (on: string) =>
  told('ProgressUpdateSent', { to: ['00000000-0000-7000-8000-000000000101'], update: 'Soon.' }, on);

describe('a deadline that a closing met', () => {
  it('is met while the closing stands', () =>
    expect(under([resolve], closed('2026-03-09')).on(null)).toEqual([['2026-03-29', '2026-03-09', false]]));

  it('runs again once it is reopened, with the days that it was closed given back', () =>
    // Closed for 22 days, from 9 to 31 March: due 20 April.
    expect(under([resolve], closed('2026-03-09'), reopened('2026-03-31')).on(null)).toEqual([
      ['2026-04-20', null, false],
    ]));

  it('that came on its very due day leaves that one day', () =>
    expect(under([resolve], closed('2026-03-29'), reopened('2026-05-01')).on(null)).toEqual([
      ['2026-05-01', null, false],
    ]));

  it('too late stays missed on the day on which it was due', () =>
    expect(under([resolve], closed('2026-04-02'), reopened('2026-05-01')).on(null)).toEqual([
      ['2026-03-29', null, false],
    ]));

  it('lapses with the closing where closing does not meet it, and is given the days back all the same', () => {
    const acknowledge = rule({ key: 'acknowledge', stopEvents: ['ComplaintAcknowledged'] });
    // Due on Friday 6 March. Closed on Wednesday 4, reopened on Monday 9: 4, 5 and 6 are given back.
    expect(under([acknowledge], closed('2026-03-04')).on(null)).toEqual([['2026-03-06', null, false]]);
    expect(under([acknowledge], closed('2026-03-04'), reopened('2026-03-09')).on(null)).toEqual([
      ['2026-03-11', null, false],
    ]);
  });

  it('is explained with the time that the case was closed', () => {
    const words = under([resolve], closed('2026-03-09'), reopened('2026-03-31')).words('2026-04-01');
    expect(words).toMatchObject({
      dueOn: '2026-04-20',
      dueAt: '2026-04-21T00:00:00+01:00',
      steps: [
        { kind: 'started', event: 'ComplaintReceived', on: '2026-02-27' },
        { kind: 'counted', to: '2026-03-29' },
        {
          kind: 'stood-still',
          from: '2026-03-09',
          to: '2026-03-31',
          stops: ['ComplaintClosed'],
          givenBack: { count: 22, unit: 'calendar-days' },
        },
      ],
    });
  });
});

describe('a case that was referred and came back', () => {
  it('runs again from the triage that takes it up, without the days it was away', () =>
    // Away from 4 to 14 March: ten days.
    expect(under([resolve], referred('2026-03-04'), triaged('2026-03-14')).on(null)).toEqual([
      ['2026-04-08', null, false],
    ]));

  it('or from its reopening, the days away counted once', () =>
    expect(
      under([resolve], referred('2026-03-04'), closed('2026-03-06'), reopened('2026-03-14')).on(null),
    ).toEqual([['2026-04-08', null, false]]));
});

describe('a complaint that its complainant withdrew', () => {
  it('is met by that when it ends with it', () =>
    expect(under([resolve], withdrawn(false, '2026-03-04')).on(null)).toEqual([
      ['2026-03-29', '2026-03-04', false],
    ]));

  it('goes on with all its clocks when the body continues in its own name', () =>
    expect(under([resolve], withdrawn(true, '2026-03-04')).on(null)).toEqual([['2026-03-29', null, false]]));
});

describe('a deadline that recurs', () => {
  it('tells by the history alone the first one unmet, and on a day all that passed', () => {
    // Four weeks from 27 February: 27 March, 24 April, 22 May.
    const case_ = under([progress]);
    expect(case_.on(null)).toEqual([['2026-03-27', null, false]]);
    expect(case_.on('2026-05-01').map(([due]) => due)).toEqual(['2026-03-27', '2026-04-24', '2026-05-22']);
    expect(case_.through('2026-05-01')).toEqual(['2026-03-27', '2026-04-24', '2026-05-22']);
  });

  it('keeps what was missed after an update made it good, and drops what was met in time', () => {
    // 10 April is late for 27 March, and brings 8 May; told on 1 May, so again by 29 May.
    expect(under([progress], updated('2026-04-10'), updated('2026-05-01')).on('2026-05-02')).toEqual([
      ['2026-03-27', '2026-04-10', false],
      ['2026-05-29', null, false],
    ]);
  });

  it('is missed each time it passed before the closing, and never after it', () =>
    expect(under([progress], closed('2026-05-01')).on('2027-01-01')).toEqual([
      ['2026-03-27', '2026-05-01', false],
      ['2026-04-24', '2026-05-01', false],
      ['2026-05-22', '2026-05-01', false],
    ]));
});

describe('what a rule says of its cases', () => {
  const only = (appliesTo: Partial<DeadlineRule['appliesTo']>) =>
    rule({ appliesTo: { categories: [], exceptCategories: [], severities: [], ...appliesTo } });

  it('holds for the categories named, and for none that is left out', () => {
    expect(under([only({ categories: ['abuse'] })]).on(null)).toHaveLength(1);
    expect(under([only({ categories: ['fraud'] })]).on(null)).toHaveLength(0);
    expect(under([only({ exceptCategories: ['abuse'] })]).on(null)).toHaveLength(0);
  });

  it('holds for a severity from the triage on', () => {
    expect(under([only({ severities: ['high'] })]).on(null)).toHaveLength(0);
    expect(under([only({ severities: ['high'] })], triaged('2026-03-01')).on(null)).toHaveLength(1);
    expect(under([only({ severities: ['high'] })], triaged('2026-03-01', 'low')).on(null)).toHaveLength(0);
  });

  it('lets a pause count for the reasons named alone', () => {
    const some = rule({ unit: 'calendar-days', count: 30, pausable: ['court-proceedings'] });
    const paused = (reason: string) => [
      told('ClockPaused', { reason, basis: 'A letter.' }, '2026-03-02'),
      told('ClockResumed', {}, '2026-03-12'),
    ];
    expect(under([some], ...paused('court-proceedings')).on(null)).toEqual([['2026-04-08', null, false]]);
    expect(under([some], ...paused('process-suspended')).on(null)).toEqual([['2026-03-29', null, false]]);
  });
});
