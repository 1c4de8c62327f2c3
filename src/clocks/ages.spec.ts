import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { backlogFigures, caseAge, isOpenOn, type AgeStatistics, type CaseDates } from './ages.js';
import { calendarNamed, weekdays } from './calendar.js';
import { dateOf, epochDay, plusDays } from './days.js';

const england = calendarNamed('GB-ENG');

function dates(receivedOn: string, rest: Partial<CaseDates> = {}): CaseDates {
  return { receivedOn, closures: [], pauses: [], ...rest };
}

describe('open on a day', () => {
  test.each([
    ['before the receipt', dates('2018-03-28'), '2018-03-27', false],
    ['on the day of receipt', dates('2018-03-28'), '2018-03-28', true],
    [
      'the day before it closes',
      dates('2018-03-28', { closures: [{ closedOn: '2018-04-09', reopenedOn: null }] }),
      '2018-04-08',
      true,
    ],
    [
      'on the day on which it closes',
      dates('2018-03-28', { closures: [{ closedOn: '2018-04-09', reopenedOn: null }] }),
      '2018-04-09',
      false,
    ],
    [
      'between closing and reopening',
      dates('2018-03-28', { closures: [{ closedOn: '2018-04-09', reopenedOn: '2018-05-01' }] }),
      '2018-04-30',
      false,
    ],
    [
      'on the day of reopening',
      dates('2018-03-28', { closures: [{ closedOn: '2018-04-09', reopenedOn: '2018-05-01' }] }),
      '2018-05-01',
      true,
    ],
    [
      'closed and reopened that day',
      dates('2018-03-28', { closures: [{ closedOn: '2018-04-09', reopenedOn: '2018-04-09' }] }),
      '2018-04-09',
      true,
    ],
    [
      'closed before it was received',
      dates('2018-03-28', { closures: [{ closedOn: '2018-01-01', reopenedOn: null }] }),
      '2018-04-01',
      false,
    ],
  ])('%s', (_, of, day, open) => expect(isOpenOn(of, day)).toBe(open));
});

describe('the age of a case', () => {
  test('is not there before the receipt and nought on its day', () => {
    expect(caseAge(dates('2018-03-28'), '2018-03-27', weekdays)).toBeNull();
    expect(caseAge(dates('2018-03-28'), '2018-03-28', weekdays)?.gross).toEqual({
      calendarDays: 0,
      workingDays: 0,
    });
  });

  test('over Easter: eight calendar days, four working days in England, six on weekdays', () => {
    // Wed 28 March to Thu 5 April 2018: Thu 29, (Fri 30 off), (Mon 2 off), Tue 3, Wed 4, Thu 5.
    expect(caseAge(dates('2018-03-28'), '2018-04-05', england)?.gross).toEqual({
      calendarDays: 8,
      workingDays: 4,
    });
    expect(caseAge(dates('2018-03-28'), '2018-04-05', weekdays)?.gross).toEqual({
      calendarDays: 8,
      workingDays: 6,
    });
  });

  test('net leaves out the paused days, and a weekend inside a pause is no working day', () => {
    // Received Mon 9 April 2018, paused Fri 13, resumed Mon 16: Fri, Sat, Sun. On Fri 20: 11 and 9 gross.
    const paused = dates('2018-04-09', { pauses: [{ from: '2018-04-13', to: '2018-04-16' }] });
    expect(caseAge(paused, '2018-04-20', weekdays)).toEqual({
      gross: { calendarDays: 11, workingDays: 9 },
      net: { calendarDays: 8, workingDays: 8 },
    });
  });

  test('an open pause stands still from its first day on', () => {
    const paused = dates('2018-04-09', { pauses: [{ from: '2018-04-13', to: null }] });
    const net = ['2018-04-12', '2018-04-13', '2018-04-30'].map((at) => caseAge(paused, at, weekdays)?.net);
    expect(net).toEqual(Array.from({ length: 3 }, () => ({ calendarDays: 3, workingDays: 3 })));
  });

  test('stops at the closing', () => {
    const closed = dates('2018-04-09', { closures: [{ closedOn: '2018-04-19', reopenedOn: null }] });
    expect(caseAge(closed, '2026-01-01', weekdays)).toEqual({
      gross: { calendarDays: 10, workingDays: 8 },
      net: { calendarDays: 10, workingDays: 8 },
    });
  });

  test('on the day of a reopening the net age is what it was at the closing, and gross never stopped', () => {
    const reopened = dates('2018-04-09', {
      closures: [{ closedOn: '2018-04-19', reopenedOn: '2018-05-19' }],
    });
    expect(caseAge(reopened, '2018-05-19', weekdays)).toEqual({
      gross: { calendarDays: 40, workingDays: 29 },
      net: { calendarDays: 10, workingDays: 8 },
    });
    expect(caseAge(reopened, '2018-05-21', weekdays)?.net).toEqual({ calendarDays: 12, workingDays: 9 });
  });

  test('a pause during the time closed is left out once', () => {
    const both = dates('2018-04-09', {
      closures: [{ closedOn: '2018-04-19', reopenedOn: '2018-05-19' }],
      pauses: [{ from: '2018-04-25', to: '2018-05-02' }],
    });
    expect(caseAge(both, '2018-05-19', weekdays)?.net.calendarDays).toBe(10);
  });
});

const anyDates = fc
  .record({
    received: fc.integer({ min: 0, max: 20_000 }),
    spells: fc.array(fc.record({ after: fc.integer({ min: -30, max: 300 }), length: fc.nat(90) }), {
      maxLength: 4,
    }),
    closings: fc.array(fc.record({ gap: fc.nat(60), length: fc.nat(60) }), { maxLength: 3 }),
    staysClosed: fc.boolean(),
  })
  .map(({ received, spells, closings, staysClosed }): CaseDates => {
    let at = received;
    const closures = closings.map(({ gap, length }, index) => {
      const closed = at + gap;
      at = closed + length;
      const last = index === closings.length - 1;
      return { closedOn: dateOf(closed), reopenedOn: last && staysClosed ? null : dateOf(at) };
    });
    const pauses = spells.map(({ after, length }) => ({
      from: dateOf(received + after),
      to: length > 80 ? null : dateOf(received + after + length),
    }));
    return { receivedOn: dateOf(received), closures, pauses };
  });
const anyCalendar = fc.constantFrom('weekdays', 'GB-ENG', 'US-IL', 'SA').map(calendarNamed);

describe('for any case', () => {
  test('gross is at least net, and net is never negative nor falls as time goes by while the case is open', () => {
    fc.assert(
      fc.property(anyDates, anyCalendar, fc.nat(500), (of, calendar, after) => {
        const today = plusDays(of.receivedOn, after);
        const age = caseAge(of, today, calendar);
        const next = caseAge(of, plusDays(today, 1), calendar);
        for (const unit of ['calendarDays', 'workingDays'] as const) {
          expect(age?.gross[unit]).toBeGreaterThanOrEqual(age?.net[unit] ?? Infinity);
          expect(age?.net[unit]).toBeGreaterThanOrEqual(0);
          expect(next?.net[unit]).toBeGreaterThanOrEqual(age?.net[unit] ?? Infinity);
        }
        expect(age?.gross.calendarDays).toBeGreaterThanOrEqual(age?.gross.workingDays ?? Infinity);
      }),
    );
  });

  test('a pause that is resumed on its own day changes nothing', () => {
    fc.assert(
      fc.property(anyDates, anyCalendar, fc.nat(300), (of, calendar, after) => {
        const at = plusDays(of.receivedOn, after);
        const today = plusDays(of.receivedOn, 400);
        const more = { ...of, pauses: [...of.pauses, { from: at, to: at }] };
        expect(caseAge(more, today, calendar)).toEqual(caseAge(of, today, calendar));
      }),
    );
  });
});

describe('the backlog', () => {
  test('of nobody has no ages', () => {
    const none: AgeStatistics = { n: 0, min: null, median: null, mean: null, p90: null, max: null, sum: 0 };
    expect(backlogFigures([], '2018-03-28', weekdays, [90])).toEqual({
      open: 0,
      age: { calendarDays: none, workingDays: none },
      over: { calendarDays: { '90': 0 }, workingDays: { '90': 0 } },
    });
  });

  test('of four cases, worked by hand', () => {
    // On Wed 28 March 2018. Received Tue 27 (1/1), Sat 24 twice (4/3: Mon Tue Wed), 28 December 2017 (90/64).
    // 28 Dec to 28 March: 3 + 31 + 28 + 28 = 90. Working: Fri 29 Dec, 23 in January, 20 in February, 20 to 28 March = 64.
    const buckets = [
      { receivedOn: '2017-12-28', open: 1 },
      { receivedOn: '2018-03-24', open: 2 },
      { receivedOn: '2018-03-27', open: 1 },
      { receivedOn: '2018-03-29', open: 7 }, // not yet received
    ];
    expect(backlogFigures(buckets, '2018-03-28', weekdays, [3, 89, 90])).toEqual({
      open: 4,
      age: {
        calendarDays: { n: 4, min: 1, median: 4, mean: 24.75, p90: 90, max: 90, sum: 99 },
        workingDays: { n: 4, min: 1, median: 3, mean: 17.75, p90: 64, max: 64, sum: 71 },
      },
      over: { calendarDays: { '3': 3, '89': 1, '90': 0 }, workingDays: { '3': 1, '89': 0, '90': 0 } },
    });
  });

  test('the median of an even count lies between the two middle values; the mean has four decimals, half up', () => {
    // Ages 0, 0, 1: mean 0.3333. Ages 2 and 5: median 3.5. One day over 32 cases: 0.03125 is 0.0313.
    const figures = (...buckets: [string, number][]) =>
      backlogFigures(
        buckets.map(([receivedOn, open]) => ({ receivedOn, open })),
        '2018-03-28',
        weekdays,
        [],
      ).age.calendarDays;
    expect(figures(['2018-03-28', 2], ['2018-03-27', 1]).mean).toBe(0.3333);
    expect(figures(['2018-03-26', 1], ['2018-03-23', 1]).median).toBe(3.5);
    expect(figures(['2018-03-28', 31], ['2018-03-27', 1]).mean).toBe(0.0313);
  });

  test('from a histogram is what sorting every age gives', () => {
    const received = fc.integer({ min: epochDay('2015-01-01'), max: epochDay('2018-03-28') });
    fc.assert(
      fc.property(fc.array(received, { minLength: 1, maxLength: 60 }), anyCalendar, (days, calendar) => {
        const asOf = '2018-03-28';
        const buckets = days.map((day) => ({ receivedOn: dateOf(day), open: 1 }));
        const sorted = days
          .map((day) => calendar.workingDaysAfter(day, epochDay(asOf)))
          .toSorted((a, b) => a - b);
        const n = sorted.length;
        const { age, over } = backlogFigures(buckets, asOf, calendar, [90, 180]);
        expect([age.workingDays.min, age.workingDays.max]).toEqual([sorted[0], sorted[n - 1]]);
        expect(age.workingDays.p90).toBe(sorted[Math.ceil(0.9 * n) - 1]);
        const middle = [sorted[Math.ceil(n / 2) - 1] ?? 0, sorted[Math.floor(n / 2)] ?? 0];
        expect(age.workingDays.median).toBe(((middle[0] ?? 0) + (middle[1] ?? 0)) / 2);
        expect(over.workingDays['90']).toBe(sorted.filter((days) => days > 90).length);
      }),
    );
  });
});
