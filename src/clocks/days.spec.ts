import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import {
  dateOf,
  dayIn,
  daysBetween,
  endOfDay,
  epochDay,
  instantIn,
  isBefore,
  isDate,
  plusDays,
  plusMonths,
  weekdayOf,
} from './days.js';
import { isZone } from '../event-store/schema.js';

const EPOCH = Temporal.PlainDate.from('1970-01-01');
const anyDay = fc.integer({ min: -719_528, max: 2_932_896 }); // 0000-01-01 to 9999-12-31

describe('calendar days', () => {
  test('the two ends of the range and the epoch are where they belong', () => {
    expect([epochDay('0000-01-01'), epochDay('1970-01-01'), epochDay('9999-12-31')]).toEqual([
      -719_528, 0, 2_932_896,
    ]);
    expect([dateOf(-719_528), dateOf(0), dateOf(2_932_896)]).toEqual([
      '0000-01-01',
      '1970-01-01',
      '9999-12-31',
    ]);
  });

  test.each([
    '2019-02-30',
    '2019-02-29',
    '1900-02-29',
    '2019-13-01',
    '2019-00-10',
    '2019-04-31',
    '2019-01-00',
  ])('refuses the impossible day %s', (date) => {
    expect(isDate(date)).toBe(false);
    expect(() => epochDay(date)).toThrow(expect.objectContaining({ code: 'bad-date' }));
  });

  test.each([
    '',
    '2019-2-3',
    '20190203',
    '2019-02-03T00:00',
    ' 2019-02-03',
    '2019-02-03\n',
    '٢٠١٩-٠٢-٠٣',
    '-2019-02-03',
  ])('refuses %j, which is not written YYYY-MM-DD', (date) => expect(isDate(date)).toBe(false));

  test('accepts 29 February of leap years only', () => {
    expect([isDate('2016-02-29'), isDate('2000-02-29'), isDate('2100-02-29')]).toEqual([true, true, false]);
  });

  test('agrees with Temporal on every day from 1890 to 2210', () => {
    let date = Temporal.PlainDate.from('1890-01-01');
    for (let day = epochDay('1890-01-01'); day < epochDay('2210-01-01'); day++) {
      const text = date.toString();
      if (dateOf(day) !== text || epochDay(text) !== day || weekdayOf(day) !== date.dayOfWeek)
        throw new Error(`differs from Temporal on ${text}`);
      date = date.add({ days: 1 });
    }
  });

  test('agrees with Temporal anywhere in the years 0000 to 9999', () => {
    fc.assert(fc.property(anyDay, (day) => dateOf(day) === EPOCH.add({ days: day }).toString()));
  });

  test('counts the days between two dates, negative backwards', () => {
    expect(daysBetween('2000-01-15', '2003-12-31')).toBe(1446);
    expect(daysBetween('2016-03-01', '2016-02-28')).toBe(-2);
    expect(plusDays('2016-02-28', 2)).toBe('2016-03-01');
  });

  test('refuses to write a day beyond the year 9999', () => {
    expect(() => plusDays('9999-12-31', 1)).toThrow(expect.objectContaining({ code: 'bad-date' }));
  });
});

describe('months', () => {
  test.each([
    ['2019-01-31', 1, '2019-02-28', true],
    ['2020-01-31', 1, '2020-02-29', true],
    ['2020-02-29', 12, '2021-02-28', true],
    ['2019-01-15', 1, '2019-02-15', false],
    ['2019-11-30', 3, '2020-02-29', true],
    ['2019-03-31', -1, '2019-02-28', true],
    ['2019-01-31', -1, '2018-12-31', false],
  ])('%s plus %i months is %s, clamped %s', (from, months, to, clamped) => {
    const moved = plusMonths(epochDay(from), months);
    expect([dateOf(moved.day), moved.clamped]).toEqual([to, clamped]);
  });

  test('clamp as Temporal constrains', () => {
    const near = fc.integer({ min: -40_000, max: 80_000 });
    fc.assert(
      fc.property(near, fc.integer({ min: -60, max: 60 }), (day, months) => {
        const expected = EPOCH.add({ days: day }).add({ months }, { overflow: 'constrain' });
        return dateOf(plusMonths(day, months).day) === expected.toString();
      }),
    );
  });
});

describe('the local day of an instant', () => {
  test.each([
    // British Summer Time: 23:30 UTC is half past midnight of the next day in London.
    ['2018-06-30T23:30:00Z', 'Europe/London', '2018-07-01'],
    ['2018-12-31T23:30:00Z', 'Europe/London', '2018-12-31'],
    ['2018-03-28T00:30:00+05:30', 'America/Chicago', '2018-03-27'],
    ['2018-03-28T11:00:00.123456Z', 'Pacific/Auckland', '2018-03-29'],
  ])('%s in %s is %s', (instant, zone, day) => expect(dayIn(instant, zone)).toBe(day));

  test('an instant needs an offset, and a zone must exist', () => {
    expect(() => dayIn('2018-03-28T09:30:00', 'UTC')).toThrow(
      expect.objectContaining({ code: 'bad-instant' }),
    );
    expect(() => dayIn('soon', 'UTC')).toThrow(expect.objectContaining({ code: 'bad-instant' }));
    expect(() => dayIn('2018-03-28T09:30:00Z', 'Europe/Camelot')).toThrow(
      expect.objectContaining({ code: 'unknown-zone' }),
    );
    expect([isZone('UTC'), isZone('Europe/London'), isZone('+01:00'), isZone('')]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('the end of a day', () => {
  test.each([
    ['2018-03-28', 'Europe/London', '2018-03-29T00:00:00+01:00'],
    // The clocks go forward on 25 March 2018: that day has 23 hours, and ends in summer time.
    ['2018-03-25', 'Europe/London', '2018-03-26T00:00:00+01:00'],
    ['2018-03-24', 'Europe/London', '2018-03-25T00:00:00+00:00'],
    // Midnight does not exist on 4 November 2018 in São Paulo: the day starts at one o'clock.
    ['2018-11-03', 'America/Sao_Paulo', '2018-11-04T01:00:00-02:00'],
  ])('%s in %s is over at %s', (date, zone, instant) => expect(endOfDay(date, zone)).toBe(instant));

  test('is the first instant of another day', () => {
    expect(dayIn(endOfDay('2018-10-28', 'Europe/London'), 'Europe/London')).toBe('2018-10-29');
    expect(() => endOfDay('2018-10-28', 'Nowhere/Land')).toThrow(
      expect.objectContaining({ code: 'unknown-zone' }),
    );
  });
});

describe('instants', () => {
  test.each([
    ['2018-03-28T09:30:00Z', 'Europe/London', '2018-03-28T10:30:00+01:00'],
    ['2018-03-28T09:30:00.5+23:59', 'UTC', '2018-03-27T09:31:00.5+00:00'],
  ])('%s in %s reads %s', (instant, zone, there) => expect(instantIn(instant, zone)).toBe(there));

  test('come before each other whatever their offsets', () => {
    expect(isBefore('2018-03-28T10:00:00+01:00', '2018-03-28T09:30:00Z')).toBe(true);
    expect(isBefore('2018-03-28T10:30:00+01:00', '2018-03-28T09:30:00Z')).toBe(false);
    expect(() => instantIn('2018-03-28T09:30:00Z', '+01:00')).toThrow(
      expect.objectContaining({ code: 'unknown-zone' }),
    );
  });
});
