import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  calendarNamed,
  combined,
  findCalendar,
  FIRST_CALENDAR_DAY,
  LAST_CALENDAR_DAY,
  weekdays,
} from './calendar.js';
import { dateOf, epochDay, weekdayOf } from './days.js';

const day = fc.integer({ min: epochDay('1960-01-01'), max: epochDay('2100-12-31') });
const calendar = fc
  .constantFrom('weekdays', 'GB-ENG', 'GB-SCT', 'GB-NIR', 'US-IL', 'NZ', 'SA')
  .map(calendarNamed);

function holidays(name: string, year: number): string[] {
  const from = epochDay(`${year}-01-01`);
  return Array.from({ length: epochDay(`${year + 1}-01-01`) - from }, (_, index) => from + index)
    .filter((at) => weekdays.isWorkingDay(at) && !calendarNamed(name).isWorkingDay(at))
    .map((at) => dateOf(at).slice(5));
}

describe('weekdays', () => {
  test('works Monday to Friday and knows no holiday', () => {
    // 2018-12-24 was a Monday.
    const week = [24, 25, 26, 27, 28, 29, 30].map((at) => weekdays.isWorkingDay(epochDay(`2018-12-${at}`)));
    expect(week).toEqual([true, true, true, true, true, false, false]);
  });

  test.each([
    ['2018-03-23', '2018-03-26', 1], // Friday to Monday: Monday only
    ['2018-03-24', '2018-03-26', 1], // Saturday to Monday
    ['2018-03-24', '2018-03-25', 0], // Saturday to Sunday
    ['2018-03-26', '2018-03-26', 0],
    ['2018-03-26', '2018-04-02', 5], // a whole week
    ['2018-03-26', '2018-03-23', -1], // backwards
  ])('from %s to %s there are %i working days', (from, to, days) =>
    expect(weekdays.workingDaysAfter(epochDay(from), epochDay(to))).toBe(days),
  );

  test.each([
    ['2018-03-24', 5, '2018-03-30'], // Saturday: Monday is the first, Friday the fifth
    ['2018-03-26', 5, '2018-04-02'], // Monday: Tuesday is the first
    ['2018-03-26', -1, '2018-03-23'], // Monday back to Friday
    ['2018-03-24', -1, '2018-03-23'], // Saturday back to Friday
    ['2018-03-24', -5, '2018-03-19'],
    ['2018-03-24', 0, '2018-03-24'],
  ])('%s and %i working days is %s', (from, days, to) =>
    expect(dateOf(weekdays.addWorkingDays(epochDay(from), days))).toBe(to),
  );

  test('rolls a weekend forward to Monday and back to Friday, and leaves a working day alone', () => {
    const rolled = ['2018-03-23', '2018-03-24', '2018-03-25'].map(epochDay);
    expect(rolled.map((at) => dateOf(weekdays.onOrAfter(at)))).toEqual([
      '2018-03-23',
      '2018-03-26',
      '2018-03-26',
    ]);
    expect(rolled.map((at) => dateOf(weekdays.onOrBefore(at)))).toEqual([
      '2018-03-23',
      '2018-03-23',
      '2018-03-23',
    ]);
  });
});

describe('organisation calendars', () => {
  // The bank holidays as the UK government published them, weekdays only (month and day).
  test.each([
    ['GB-ENG', 2022, '01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27'], // jubilee, funeral, substitutes
    ['GB-ENG', 2020, '01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28'], // May Day moved to VE day
    ['GB-WLS', 2023, '01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26'], // coronation
    ['GB-SCT', 2022, '01-03 01-04 04-15 05-02 06-02 06-03 08-01 09-19 11-30 12-26 12-27'],
    ['GB-SCT', 2024, '01-01 01-02 03-29 05-06 05-27 08-05 12-02 12-25 12-26'], // St Andrew's on a Saturday
    ['GB-SCT', 2026, '01-01 01-02 04-03 05-04 05-25 06-15 08-03 11-30 12-25 12-28'], // World Cup
    ['GB-NIR', 2025, '01-01 03-17 04-18 04-21 05-05 05-26 07-14 08-25 12-25 12-26'], // 12 July on a Saturday
    ['GB-ENG', 2012, '01-02 04-06 04-09 05-07 06-04 06-05 08-27 12-25 12-26'], // spring holiday moved
    ['GB-ENG', 2011, '01-03 04-22 04-25 04-29 05-02 05-30 08-29 12-26 12-27'], // royal wedding
    ['GB-ENG', 2002, '01-01 03-29 04-01 05-06 06-03 06-04 08-26 12-25 12-26'],
    ['GB-ENG', 1999, '01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28 12-31'],
    ['GB-ENG', 1995, '01-02 04-14 04-17 05-08 05-29 08-28 12-25 12-26'],
    ['NZ', 2024, '01-01 01-02 02-06 03-29 04-01 04-25 06-03 06-28 10-28 12-25 12-26'],
  ])('%s in %i keeps the holidays that fall on weekdays', (name, year, expected) =>
    expect(holidays(name, year)).toEqual(expected.split(' ')),
  );

  test('Illinois keeps the birthday of Lincoln, and the Fourth on a Sunday moves to Monday', () => {
    const illinois = calendarNamed('US-IL');
    expect(
      ['2021-02-12', '2021-07-05', '2021-11-25', '2021-11-29'].map((at) =>
        illinois.isWorkingDay(epochDay(at)),
      ),
    ).toEqual([false, false, false, true]);
  });

  test('in Saudi Arabia the weekend is Friday and Saturday', () => {
    const riyadh = calendarNamed('SA');
    // 2024-02-01 was a Thursday.
    expect([1, 2, 3, 4].map((at) => riyadh.isWorkingDay(epochDay(`2024-02-0${at}`)))).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });

  test('a holiday of several days ends several working days', () => {
    // Eid al-Fitr 2023 in Saudi Arabia: 21 to 24 April; Friday and Saturday are the weekend anyway.
    expect(calendarNamed('SA').workingDaysAfter(epochDay('2023-04-19'), epochDay('2023-04-25'))).toBe(2);
  });

  test.each([
    '',
    'GB',
    'GB-XXX',
    'ZZ',
    'gb-eng',
    'GB-ENG-LONDON',
    'US-IL-X-Y',
    'Weekdays',
    '__proto__',
    'constructor',
  ])('refuses the unknown calendar %j', (name) => {
    expect(findCalendar(name)).toBeNull();
    expect(() => calendarNamed(name)).toThrow(expect.objectContaining({ code: 'unknown-calendar' }));
  });

  test('a calendar asked for twice is the same calendar', () => {
    expect(calendarNamed('GB-ENG')).toBe(calendarNamed('GB-ENG'));
  });
});

describe('any calendar', () => {
  test('adds up: the working days from a to b and from b to c are those from a to c', () => {
    fc.assert(
      fc.property(calendar, day, day, day, (cal, a, b, c) => {
        expect(cal.workingDaysAfter(a, b) + cal.workingDaysAfter(b, c)).toBe(cal.workingDaysAfter(a, c));
      }),
    );
  });

  test('counts what a person would count on fingers', () => {
    fc.assert(
      fc.property(calendar, day, fc.integer({ min: 0, max: 400 }), (cal, from, length) => {
        let counted = 0;
        for (let at = from + 1; at <= from + length; at++) if (cal.isWorkingDay(at)) counted++;
        expect(cal.workingDaysAfter(from, from + length)).toBe(counted);
      }),
    );
  });

  test('the n-th working day is a working day, n working days away', () => {
    fc.assert(
      fc.property(calendar, day, fc.integer({ min: 1, max: 3000 }), (cal, from, n) => {
        const later = cal.addWorkingDays(from, n);
        const earlier = cal.addWorkingDays(from, -n);
        expect([cal.isWorkingDay(later), cal.workingDaysAfter(from, later)]).toEqual([true, n]);
        expect([cal.isWorkingDay(earlier), cal.workingDaysAfter(earlier - 1, from - 1)]).toEqual([true, n]);
      }),
    );
  });

  test('does not depend on the order in which days are asked for', () => {
    const days = ['2099-06-01', '1961-06-01', '2018-06-01', '1900-01-01', '2199-12-31'].map(epochDay);
    const numbers = days.map((at) => weekdays.runningNumber(at));
    // Whole weeks have five: 1970-01-01 was a Thursday, so day 4 is the first Monday.
    const byHand = days.map((at) => handCount(at));
    expect(numbers).toEqual(byHand);
  });

  test('answers for its first and last day and refuses the days outside', () => {
    const [first, last] = [epochDay(FIRST_CALENDAR_DAY), epochDay(LAST_CALENDAR_DAY)];
    expect(weekdays.isWorkingDay(first)).toBe(true); // a Monday
    expect(weekdays.isWorkingDay(last)).toBe(true); // a Tuesday
    for (const ask of [
      () => weekdays.isWorkingDay(first - 1),
      () => weekdays.workingDaysAfter(first, last + 1),
      () => weekdays.addWorkingDays(last, 1),
      () => weekdays.addWorkingDays(first, -1),
      () => weekdays.workingDaysAfter(Number.NaN, 0),
    ])
      expect(ask).toThrow(expect.objectContaining({ code: 'day-outside-calendar' }));
  });
});

function handCount(at: number): number {
  let count = 0;
  for (let d = 1; d <= at; d++) if (weekdayOf(d) <= 5) count++;
  for (let d = 0; d > at; d--) if (weekdayOf(d) <= 5) count--;
  return count;
}

describe('several calendars as one', () => {
  // 2018-11-30, a Friday, is St Andrew's Day; 2018-04-02 is Easter Monday, a holiday in England and not in Scotland.
  const [england, scotland] = [calendarNamed('GB-ENG'), calendarNamed('GB-SCT')];
  const [saintAndrew, easterMonday, christmas] = ['2018-11-30', '2018-04-02', '2018-12-25'].map(epochDay);

  test.each([
    ['intersection', [false, false, false]],
    ['union', [true, true, false]],
  ] as const)('%s', (combine, working) => {
    const both = combined([england, scotland], combine);
    expect([saintAndrew, easterMonday, christmas].map((at) => both.isWorkingDay(at ?? 0))).toEqual(working);
  });

  test('count no more days together than each alone (intersection), and no fewer (union)', () => {
    fc.assert(
      fc.property(
        day,
        fc.nat(1000),
        fc.array(calendar, { minLength: 1, maxLength: 3 }),
        (from, days, parts) => {
          const alone = parts.map((part) => part.workingDaysAfter(from, from + days));
          const [all, any] = (['intersection', 'union'] as const).map((combine) =>
            combined(parts, combine).workingDaysAfter(from, from + days),
          );
          expect(all).toBeLessThanOrEqual(Math.min(...alone));
          expect(any).toBeGreaterThanOrEqual(Math.max(...alone));
        },
      ),
    );
  });
});
