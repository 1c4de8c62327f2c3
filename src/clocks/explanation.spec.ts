import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { clock, rule } from '../../test/support/clocks.js';
import { calendarNamed } from './calendar.js';
import { dateOf, epochDay, plusDays } from './days.js';
import { dueOn, reckon } from './deadline.js';
import { inPlainWords } from './explanation.js';

const counting = { calendar: calendarNamed('GB-ENG'), zone: 'Europe/London' };

describe('how a due date came about', () => {
  test('five working days over Easter, told from a Saturday that counts as Tuesday', () => {
    // Received on Sat 31 March 2018; Easter Monday is off, so it counts as Tue 3 April; Wed 4 is 1, Tue 10 is 5.
    const rules = rule({ nonWorkingReceiptRule: 'next-working-day', endTime: '17:00' });
    expect(inPlainWords(reckon(rules, clock('2018-03-31'), counting, '2018-04-01'))).toEqual([
      'The clock started with "complaint received" on Sat 31 March 2018.',
      'Sat 31 March 2018 is no working day, so the start counts as Tue 3 April 2018.',
      '5 working days, counted from Wed 4 April 2018 on, passing over 2 calendar days of weekends, end on Tue 10 April 2018.',
      'It is due on Tue 10 April 2018, and late from 2018-04-10T17:00:00+01:00 on.',
    ]);
  });

  test('holidays are told by their dates, an extension and a pause by what they moved', () => {
    const paused = { from: '2018-04-10', to: '2018-04-16', reason: 'court-proceedings' };
    const extended = { grantedOn: '2018-04-05', to: '2018-04-12' };
    const { steps } = reckon(rule(), clock('2018-03-28', [paused], [extended]), counting, '2018-05-01');
    expect(steps).toEqual([
      { kind: 'started', event: 'ComplaintReceived', on: '2018-03-28' },
      {
        kind: 'counted',
        first: { count: 5, unit: 'working-days' },
        further: null,
        dayOne: '2018-03-29',
        to: '2018-04-06',
        skipped: { weekendDays: 2, holidays: ['2018-03-30', '2018-04-02'] },
      },
      { kind: 'extended', grantedOn: '2018-04-05', from: '2018-04-06', to: '2018-04-12' },
      {
        kind: 'stood-still',
        from: '2018-04-10',
        to: '2018-04-16',
        reasons: ['court-proceedings'],
        stops: [],
        // Tue 10 to Fri 13; the weekend inside the pause credits nothing.
        givenBack: { count: 4, unit: 'working-days' },
        dueOn: '2018-04-18',
      },
    ]);
  });

  test('a due date that rolls says from where', () => {
    const rules = rule({ unit: 'weeks', count: 1, rollRule: 'next-working-day' });
    expect(inPlainWords(reckon(rules, clock('2018-03-31'), counting, '2018-04-01'))).toContain(
      'Sat 7 April 2018 is no day to be due on, so it moves to Mon 9 April 2018.',
    );
  });

  test.each([
    ['months', { unit: 'months', count: 10_000 }],
    ['working days', { count: 10_000 }],
  ] as const)('what is counted in %s beyond the calendars says that they end', (_, overlong) => {
    const told = inPlainWords(reckon(rule(overlong), clock('2190-03-28'), counting, '2190-03-28'));
    expect(told[0]).toBe('The clock started with "complaint received" on Sun 28 March 2190.');
    expect(told.slice(-2)).toEqual([
      'Working calendars end on Tue 31 December 2199, the last calendar day, and what is counted goes beyond it: it is due on that day.',
      'It is due on Tue 31 December 2199, and late from 2200-01-01T00:00:00+00:00 on.',
    ]);
  });

  test.each([
    // Skipped that night: 01:30 is taken as 02:30 summer time. Shown twice in October: the first.
    ['2018-03-25', '01:30', '2018-03-25T02:30:00+01:00'],
    ['2018-10-28', '01:30', '2018-10-28T01:30:00+01:00'],
    ['2018-03-25', 'end-of-day', '2018-03-26T00:00:00+01:00'],
    ['2018-10-28', 'end-of-day', '2018-10-29T00:00:00+00:00'],
  ])('due on %s, a day on which the clocks change, until %s: late from %s', (due, endTime, at) => {
    const rules = rule({ unit: 'calendar-days', count: 1, endTime });
    expect(reckon(rules, clock(plusDays(due, -1)), counting, due)).toMatchObject({ dueOn: due, dueAt: at });
  });

  test('is the due date, for any rule, pauses and extension', () => {
    const any = fc.record({
      unit: fc.constantFrom(
        'calendar-days' as const,
        'working-days' as const,
        'weeks' as const,
        'months' as const,
      ),
      count: fc.integer({ min: 1, max: 40 }),
      dayZeroRule: fc.constantFrom('exclude' as const, 'include' as const),
      rollRule: fc.constantFrom(
        'none' as const,
        'next-working-day' as const,
        'previous-working-day' as const,
      ),
    });
    const day = fc.integer({ min: 16_000, max: 18_000 }).map(dateOf);
    const pauses = fc.array(
      fc
        .record({ from: day, length: fc.nat(50) })
        .map(({ from, length }) => ({ from, to: dateOf(epochDay(from) + length) })),
      { maxLength: 3 },
    );
    fc.assert(
      fc.property(any, day, pauses, fc.option(day), (fields, start, stops, extendedTo) => {
        const extensions = extendedTo === null ? [] : [{ grantedOn: start, to: extendedTo }];
        const on = clock(start, stops, extensions);
        const { dueOn: due, steps } = reckon(rule(fields), on, counting, '2100-01-01');
        expect(due).toBe(dueOn(rule(fields), on, counting.calendar, '2100-01-01'));
        expect(steps[0]).toMatchObject({ kind: 'started', on: start });
      }),
    );
  });
});
