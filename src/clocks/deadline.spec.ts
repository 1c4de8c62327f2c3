import { describe, expect, test } from '@jest/globals';
import { calendarNamed } from './calendar.js';
import { clock, rule } from '../../test/support/clocks.js';
import { dueOn, isOverdue } from './deadline.js';
import type { DeadlineRule } from './deadline-rule.js';
import { assertExtensionAllowed } from './extension.js';
import type { Pause } from './pauses.js';

const england = calendarNamed('GB-ENG');
const LATER = '2199-01-01';

describe('received on Saturday 7 April 2018, five working days', () => {
  // Mon 9, Tue 10, Wed 11, Thu 12, Fri 13, Mon 16. No holiday in between.
  test.each([
    // Monday is day 1, Friday day 5.
    ['exclude', 'as-is', '2018-04-13'],
    // Counts as received on Monday; Tuesday is day 1, Monday week day 5.
    ['exclude', 'next-working-day', '2018-04-16'],
    // Saturday would be day 1 but is no working day; Monday is day 1.
    ['include', 'as-is', '2018-04-13'],
    // Counts as received on Monday, which is day 1 itself.
    ['include', 'next-working-day', '2018-04-13'],
  ] as const)('day zero %s, receipt %s: due %s', (dayZeroRule, nonWorkingReceiptRule, due) => {
    const rules = rule({ dayZeroRule, nonWorkingReceiptRule });
    expect(dueOn(rules, clock('2018-04-07'), england, '2018-04-07')).toBe(due);
  });
});

describe('what a rule counts beyond the last day of the calendars', () => {
  test.each([
    ['months, rolled', { unit: 'months', count: 10_000, rollRule: 'next-working-day' }],
    ['months, not rolled', { unit: 'months', count: 10_000 }],
    ['working days', { unit: 'working-days', count: 10_000, dayZeroRule: 'include' }],
  ] as const)('%s: due on that last day', (_, overlong) => {
    const received = '2190-03-28';
    expect(dueOn(rule(overlong), clock(received), england, received)).toBe('2199-12-31');
  });

  test('and so is the last day to which it extends', () => {
    const extensible = rule({
      count: 5,
      extension: { max: 1000, count: 1, noticeBeforeExpiry: 0, reasonRequired: false },
    });
    const request = { dueOn: '2199-12-20', unextendedDueOn: '2199-12-20', granted: 0, reasoned: false };
    const ask = (to: string) =>
      assertExtensionAllowed(extensible, { ...request, askedOn: '2199-12-01', to }, england);
    expect(() => ask('2199-12-31')).not.toThrow();
    expect(() => ask('2200-01-01')).toThrow(expect.objectContaining({ code: 'extension-over-cap' }));
  });

  test('but a start outside of them is refused', () =>
    expect(() => dueOn(rule({ count: 5 }), clock('1899-12-29'), england, '2018-03-28')).toThrow(
      expect.objectContaining({ code: 'day-outside-calendar' }),
    ));
});

describe('due dates worked by hand', () => {
  test.each([
    // Wed 28 March 2018: Thu 29 is 1; Good Friday 30, Easter Monday 2 April off; Tue 3 is 2, Wed 3, Thu 4, Fri 6 is 5.
    ['five working days over Easter', { count: 5 }, '2018-03-28', '2018-04-06'],
    // The same, the day itself being day 1: one working day earlier.
    ['counting the day itself', { count: 5, dayZeroRule: 'include' }, '2018-03-28', '2018-04-05'],
    // Thu 20 December 2018: Fri 21 is 1, Mon 24 is 2, 25 and 26 off, Thu 27 is 3.
    ['three working days over Christmas', { count: 3 }, '2018-12-20', '2018-12-27'],
    // 3 + 30 + 31 + 26 = 90: March has 3 days left after the 28th, April 30, May 31; 26 June.
    ['ninety calendar days', { unit: 'calendar-days', count: 90 }, '2018-03-28', '2018-06-26'],
    [
      'ninety with the day itself',
      { unit: 'calendar-days', count: 90, dayZeroRule: 'include' },
      '2018-03-28',
      '2018-06-25',
    ],
    // 56 days: 3 left in March, 30 in April, 23 May.
    ['eight weeks', { unit: 'weeks', count: 8 }, '2018-03-28', '2018-05-23'],
    ['three months', { unit: 'months', count: 3 }, '2018-03-28', '2018-06-28'],
    ['one month from 31 January', { unit: 'months', count: 1 }, '2019-01-31', '2019-02-28'],
    ['one month from 31 January of a leap year', { unit: 'months', count: 1 }, '2020-01-31', '2020-02-29'],
    ['twelve months from 29 February', { unit: 'months', count: 12 }, '2020-02-29', '2021-02-28'],
    // A month beginning with 1 March is March; one beginning with 15 January ends on 14 February.
    [
      'a month with its first day',
      { unit: 'months', count: 1, dayZeroRule: 'include' },
      '2019-03-01',
      '2019-03-31',
    ],
    [
      'a month from the 15th on',
      { unit: 'months', count: 1, dayZeroRule: 'include' },
      '2019-01-15',
      '2019-02-14',
    ],
    [
      'a month from the 31st on',
      { unit: 'months', count: 1, dayZeroRule: 'include' },
      '2019-01-31',
      '2019-02-28',
    ],
    // Sat 31 March + 7 = Sat 7 April 2018.
    ['a week to a Saturday', { unit: 'weeks', count: 1 }, '2018-03-31', '2018-04-07'],
    ['rolled forward', { unit: 'weeks', count: 1, rollRule: 'next-working-day' }, '2018-03-31', '2018-04-09'],
    [
      'rolled back',
      { unit: 'weeks', count: 1, rollRule: 'previous-working-day' },
      '2018-03-31',
      '2018-04-06',
    ],
    // Fri 23 March + 7 = Good Friday 30 March; Easter Monday is off too.
    [
      'rolled over Easter',
      { unit: 'weeks', count: 1, rollRule: 'next-working-day' },
      '2018-03-23',
      '2018-04-03',
    ],
    // Received on Saturday, counted from Monday 9 April, by calendar days.
    [
      'calendar days from a moved receipt',
      { unit: 'calendar-days', count: 3, nonWorkingReceiptRule: 'next-working-day' },
      '2018-04-07',
      '2018-04-12',
    ],
  ] as [string, Partial<DeadlineRule>, string, string][])('%s', (_, fields, start, due) => {
    expect(dueOn(rule(fields), clock(start), england, start)).toBe(due);
  });

  test('an organisation in Scotland works on Easter Monday and rests on St Andrew', () => {
    const scotland = calendarNamed('GB-SCT');
    expect(dueOn(rule({ count: 1 }), clock('2018-03-31'), scotland, LATER)).toBe('2018-04-02');
    expect(dueOn(rule({ count: 1 }), clock('2018-11-29'), scotland, LATER)).toBe('2018-12-03');
  });
});

describe('pauses', () => {
  // Received Mon 9 April 2018, five working days: due Mon 16 April. Ten calendar days: due Thu 19 April.
  const start = '2018-04-09';
  const days = (from: string, to: string | null): Pause[] => [{ from, to }];
  const inWorkingDays = (pauses: Pause[], today = LATER) =>
    dueOn(rule(), clock(start, pauses), england, today);
  const tenDays = rule({ unit: 'calendar-days', count: 10 });
  const inCalendarDays = (pauses: Pause[], today = LATER) =>
    dueOn(tenDays, clock(start, pauses), england, today);

  test.each([
    [
      'a weekend inside a pause credits no working day (Fri to Mon: Friday only)',
      '2018-04-13',
      '2018-04-16',
      '2018-04-17',
    ],
    ['a pause that is only a weekend credits nothing', '2018-04-14', '2018-04-16', '2018-04-16'],
    ['a week credits five', '2018-04-10', '2018-04-17', '2018-04-23'],
    ['a pause and a resume on one day change nothing', '2018-04-11', '2018-04-11', '2018-04-16'],
    [
      'the day of receipt was never counted, so it is not given back',
      '2018-04-09',
      '2018-04-10',
      '2018-04-16',
    ],
    ['a pause on the due date gives that day back', '2018-04-16', '2018-04-17', '2018-04-17'],
    ['a pause after the due date gives nothing back', '2018-04-17', '2018-05-17', '2018-04-16'],
    ['a pause before the start gives nothing back', '2018-03-01', '2018-04-02', '2018-04-16'],
    [
      'a pause over the start gives back only what the clock would have counted',
      '2018-03-01',
      '2018-04-11',
      '2018-04-17',
    ],
  ])('in working days: %s', (_, from, to, due) => expect(inWorkingDays(days(from, to))).toBe(due));

  test.each([
    ['a weekend is two days', '2018-04-14', '2018-04-16', '2018-04-21'],
    ['a pause after the due date gives nothing back', '2018-04-20', '2018-05-20', '2018-04-19'],
    ['a pause on the due date gives that day back', '2018-04-19', '2018-04-24', '2018-04-24'],
  ])('in calendar days: %s', (_, from, to, due) => expect(inCalendarDays(days(from, to))).toBe(due));

  test('a second pause inside the time won by the first counts too', () => {
    // Due 19 April; ten days from the 10th make it 29 April; three days from the 25th make it 2 May.
    expect(inCalendarDays([...days('2018-04-10', '2018-04-20'), ...days('2018-04-25', '2018-04-28')])).toBe(
      '2018-05-02',
    );
  });

  test('overlapping pauses are counted once', () => {
    expect(inCalendarDays([...days('2018-04-10', '2018-04-15'), ...days('2018-04-12', '2018-04-14')])).toBe(
      '2018-04-24',
    );
  });

  test('a rule that is not pausable ignores them', () => {
    expect(
      dueOn(rule({ pausable: false }), clock(start, days('2018-04-10', '2018-04-17')), england, LATER),
    ).toBe('2018-04-16');
  });

  test('an open pause moves the due date day by day, and what resumes has all its days left', () => {
    // Paused on the 11th after 2 of 10 days (10th; the 11th itself stands still: 1 counted, 9 left).
    const today = ['2018-04-10', '2018-04-11', '2018-04-15', '2018-05-30'];
    expect(today.map((at) => inCalendarDays(days('2018-04-11', null), at))).toEqual([
      '2018-04-19',
      '2018-04-20',
      '2018-04-24',
      '2018-06-08',
    ]);
    expect(inCalendarDays(days('2018-04-11', '2018-05-31'))).toBe('2018-06-08');
  });

  test('as of a day before the resume, a pause that has ended since counts as open', () => {
    expect(inCalendarDays(days('2018-04-11', '2018-05-31'), '2018-04-15')).toBe('2018-04-24');
  });

  test('months give back calendar days', () => {
    const rules = rule({ unit: 'months', count: 1 });
    expect(dueOn(rules, clock('2018-01-31', days('2018-02-05', '2018-02-08')), england, LATER)).toBe(
      '2018-03-03',
    );
  });

  test('a due date that rolls into a pause goes on to the working day on which the case resumes', () => {
    // Ten calendar days from Wed 4 April end on Sat 14; Monday the 16th is paused until Wed 18.
    const rolling = rule({ unit: 'calendar-days', count: 10, rollRule: 'next-working-day' });
    expect(dueOn(rolling, clock('2018-04-04', days('2018-04-15', '2018-04-18')), england, LATER)).toBe(
      '2018-04-18',
    );
  });
});

describe('extensions', () => {
  const allowed = rule({
    unit: 'working-days',
    extension: { max: 10, count: 1, noticeBeforeExpiry: 0, reasonRequired: true },
  });
  const granted = { grantedOn: '2018-04-12', to: '2018-04-30' };
  // Without it: received Mon 9 April 2018, due Mon 16 April. Ten working days more: Mon 30 April.
  const request = {
    dueOn: '2018-04-16',
    unextendedDueOn: '2018-04-16',
    to: '2018-04-30',
    askedOn: '2018-04-12',
    granted: 0,
    reasoned: true,
  };

  test('the date given in writing replaces the computed one, from the day on which it was given', () => {
    const extended = clock('2018-04-09', [], [granted]);
    expect(dueOn(allowed, extended, england, '2018-04-11')).toBe('2018-04-16');
    expect(dueOn(allowed, extended, england, '2018-04-12')).toBe('2018-04-30');
  });

  test('the latest of several counts', () => {
    const twice = clock('2018-04-09', [], [granted, { grantedOn: '2018-04-27', to: '2018-05-04' }]);
    expect(dueOn(allowed, twice, england, '2018-04-27')).toBe('2018-05-04');
  });

  test('a pause before it is in it already; a pause after it moves it', () => {
    const pauses = [
      { from: '2018-04-10', to: '2018-04-11' },
      { from: '2018-04-23', to: '2018-04-25' }, // Monday and Tuesday
    ];
    expect(dueOn(allowed, clock('2018-04-09', pauses, [granted]), england, LATER)).toBe('2018-05-02');
  });

  test('is allowed to the last day of the cap, on the due date itself', () => {
    expect(() =>
      assertExtensionAllowed(allowed, { ...request, askedOn: '2018-04-16' }, england),
    ).not.toThrow();
  });

  const withNotice = rule({ extension: { max: 10, count: 1, noticeBeforeExpiry: 3, reasonRequired: true } });
  test.each([
    ['extension-not-allowed', rule(), {}],
    ['extension-without-reasons', allowed, { reasoned: false }],
    ['extension-count-used-up', allowed, { granted: 1 }],
    ['extension-after-expiry', allowed, { askedOn: '2018-04-17' }],
    ['extension-notice-too-short', withNotice, { askedOn: '2018-04-14' }],
    ['extension-not-later', allowed, { to: '2018-04-16' }],
    ['extension-over-cap', allowed, { to: '2018-05-01' }],
  ])('is refused with %s', (code, rules, change) => {
    expect(() => assertExtensionAllowed(rules, { ...request, ...change }, england)).toThrow(
      expect.objectContaining({ code }),
    );
  });
});

describe('due and overdue', () => {
  test('due today is not overdue', () => {
    expect(['2018-04-15', '2018-04-16', '2018-04-17'].map((at) => isOverdue('2018-04-16', at))).toEqual([
      false,
      false,
      true,
    ]);
  });
});
