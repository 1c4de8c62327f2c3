import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { clock, rule } from '../../test/support/clocks.js';
import { calendarNamed } from './calendar.js';
import { dateOf, epochDay } from './days.js';
import type { DeadlineRule, Recurrence } from './deadline-rule.js';
import type { Clock } from './deadline.js';
import { occurrencesOf } from './occurrences.js';

const weekdays = calendarNamed('weekdays');

const recurring = (more: Partial<Recurrence> = {}, fields: Partial<DeadlineRule> = {}): DeadlineRule =>
  rule({
    unit: 'weeks',
    count: 4,
    recurrence: { unit: 'weeks', count: 4, from: 'schedule', metBy: ['ProgressUpdateSent'], ...more },
    ...fields,
  });

/** `[due, met]` of each occurrence, as of a day. */
const told = (
  rules: DeadlineRule,
  on: Clock,
  today: string | null,
  { updates = [], endedOn = null }: { updates?: string[]; endedOn?: string | null } = {},
) =>
  occurrencesOf({
    rule: rules,
    clock: on,
    calendar: weekdays,
    today,
    until: today ?? '',
    updates,
    endedOn,
  }).map(({ dueOn, metOn }) => [dueOn, metOn]);

// Monday 1 January 2018; four weeks are 28 days: 29 January, 26 February, 26 March, 23 April, 21 May.
const start = clock('2018-01-01');

describe('every four weeks, on a schedule', () => {
  const rules = recurring();

  test('the first runs, and nothing has passed', () =>
    expect(told(rules, start, '2018-01-29')).toEqual([['2018-01-29', null]]));

  test('each occurrence that passes unmet was missed on its own due day, and the next one runs', () =>
    expect(told(rules, start, '2018-03-27')).toEqual([
      ['2018-01-29', null],
      ['2018-02-26', null],
      ['2018-03-26', null],
      ['2018-04-23', null],
    ]));

  test('by the history alone the first unmet one stands, however late it is', () =>
    expect(told(rules, start, null)).toEqual([['2018-01-29', null]]));

  test('an update meets the occurrence that stands on its day; a second one before that due day meets nothing more', () =>
    expect(told(rules, start, '2018-02-01', { updates: ['2018-01-10', '2018-01-20'] })).toEqual([
      ['2018-01-29', '2018-01-10'],
      ['2018-02-26', null],
    ]));

  test('an update on the due day is in time', () =>
    expect(told(rules, start, '2018-01-30', { updates: ['2018-01-29'] })[0]).toEqual([
      '2018-01-29',
      '2018-01-29',
    ]));

  test('an update that is late makes good all that passed, and not the one that runs', () =>
    expect(told(rules, start, '2018-03-05', { updates: ['2018-03-01'] })).toEqual([
      ['2018-01-29', '2018-03-01'],
      ['2018-02-26', '2018-03-01'],
      ['2018-03-26', null],
    ]));

  test('another one after it does', () =>
    expect(told(rules, start, '2018-03-05', { updates: ['2018-03-01', '2018-03-02'] })).toEqual([
      ['2018-01-29', '2018-03-01'],
      ['2018-02-26', '2018-03-01'],
      ['2018-03-26', '2018-03-02'],
      ['2018-04-23', null],
    ]));

  test('the stop meets the one that runs and ends them all; what passed before it stays missed', () =>
    expect(told(rules, start, '2018-12-31', { updates: ['2018-01-20'], endedOn: '2018-03-28' })).toEqual([
      ['2018-01-29', '2018-01-20'],
      ['2018-02-26', '2018-03-28'],
      ['2018-03-26', '2018-03-28'],
      ['2018-04-23', '2018-03-28'],
    ]));

  test('a pause moves every occurrence that it comes before', () => {
    // Five days given back from 5 to 9 February: 26 February becomes 3 March, 26 March 31 March.
    const paused = clock('2018-01-01', [{ from: '2018-02-05', to: '2018-02-10' }]);
    expect(told(rules, paused, '2018-03-20')).toEqual([
      ['2018-01-29', null],
      ['2018-03-03', null],
      ['2018-03-31', null],
    ]);
  });

  test('a pause that lasts holds the occurrence that runs, and nothing passes meanwhile', () => {
    const paused = clock('2018-01-01', [{ from: '2018-02-05', to: null }]);
    expect(told(rules, paused, '2018-12-31').map(([due]) => due)).toHaveLength(2);
    expect(
      occurrencesOf({
        rule: rules,
        clock: paused,
        calendar: weekdays,
        today: null,
        until: '2018-12-31',
        updates: [],
        endedOn: null,
      }).map(({ dueOn, held }) => [dueOn, held]),
    ).toEqual([
      ['2018-01-29', false],
      ['2018-02-26', true],
    ]);
  });

  test('an extension puts off the occurrence that ran when it was given, and the schedule stays', () => {
    const extended = clock('2018-01-01', [], [{ grantedOn: '2018-02-20', to: '2018-03-05' }]);
    expect(told(rules, extended, '2018-03-20')).toEqual([
      ['2018-01-29', null],
      ['2018-03-05', null],
      ['2018-03-26', null],
    ]);
  });
});

describe('every four weeks, from completion', () => {
  const rules = recurring({ from: 'completion' });

  test('each update restarts the count from its own day', () =>
    // 10 January + 28 days = 7 February; 1 February + 28 days = 1 March.
    expect(told(rules, start, '2018-02-01', { updates: ['2018-01-10', '2018-02-01'] })).toEqual([
      ['2018-01-29', '2018-01-10'],
      ['2018-02-07', '2018-02-01'],
      ['2018-03-01', null],
    ]));

  test('one that passed unmet does not stop the count; the late update restarts it', () =>
    // Missed on 29 January and 26 February; 1 March + 28 days = 29 March.
    expect(told(rules, start, '2018-03-05', { updates: ['2018-03-01'] })).toEqual([
      ['2018-01-29', '2018-03-01'],
      ['2018-02-26', '2018-03-01'],
      ['2018-03-29', null],
    ]));

  test('an early update brings nothing forward', () =>
    // First due after 12 weeks, 26 March; told on 8 January, then weekly: 15 January would be earlier than that.
    expect(
      told(recurring({ from: 'completion', count: 1 }, { count: 12 }), start, '2018-01-09', {
        updates: ['2018-01-08'],
      }),
    ).toEqual([
      ['2018-03-26', '2018-01-08'],
      ['2018-04-02', null],
    ]));
});

describe('months', () => {
  test('a report at twelve months and then every six', () =>
    expect(
      told(
        recurring({ unit: 'months', count: 6 }, { unit: 'months', count: 12 }),
        clock('2018-08-31'),
        '2021-01-01',
      ),
    ).toEqual([
      // February 2020 has 29 days; 31 August 2020 is counted from the start and not from the 29th.
      ['2019-08-31', null],
      ['2020-02-29', null],
      ['2020-08-31', null],
      ['2021-02-28', null],
    ]));

  test('are counted from the start and not from a clamped day: 31 January, 28 February, 31 March', () =>
    expect(
      told(
        recurring({ unit: 'months', count: 1 }, { unit: 'months', count: 1 }),
        clock('2019-01-31'),
        '2019-04-01',
      ).map(([due]) => due),
    ).toEqual(['2019-02-28', '2019-03-31', '2019-04-30']));
});

const units = fc.constantFrom(
  'calendar-days' as const,
  'working-days' as const,
  'weeks' as const,
  'months' as const,
);
const anyDay = (after: number, before: number) =>
  fc.integer({ min: epochDay('2015-01-01') + after, max: epochDay('2015-01-01') + before }).map(dateOf);

const anyRecurring = fc
  .record({
    unit: units,
    count: fc.integer({ min: 1, max: 40 }),
    again: fc.record({
      unit: units,
      count: fc.integer({ min: 1, max: 30 }),
      from: fc.constantFrom('schedule' as const, 'completion' as const),
    }),
    rollRule: fc.constantFrom('none' as const, 'next-working-day' as const, 'previous-working-day' as const),
    dayZeroRule: fc.constantFrom('exclude' as const, 'include' as const),
  })
  .map(({ again, ...fields }) => recurring(again, fields));

describe('for any recurrence, updates, pauses and stop', () => {
  const history = fc.record({
    updates: fc.array(anyDay(0, 700), { maxLength: 6 }).map((days) => days.toSorted()),
    endedOn: fc.option(anyDay(0, 900)),
    pauses: fc.array(
      fc
        .record({ from: anyDay(0, 500), length: fc.nat(40) })
        .map(({ from, length }) => ({ from, to: dateOf(epochDay(from) + length) })),
      { maxLength: 3 },
    ),
    today: anyDay(0, 800),
  });
  const england = calendarNamed('GB-ENG');

  test('nothing follows what is due on the last day of the calendars, however often it is met', () => {
    const found = occurrencesOf({
      rule: rule({
        unit: 'months',
        count: 10_000,
        recurrence: { from: 'completion', count: 1, unit: 'months', metBy: ['ProgressUpdateSent'] },
      }),
      clock: clock('2018-03-28'),
      calendar: england,
      today: '2018-06-01',
      until: '2018-06-01',
      updates: ['2018-04-28', '2018-05-28'],
      endedOn: null,
    });
    expect(found.map(({ dueOn }) => dueOn)).toEqual(['2199-12-31']);
  });

  test('occurrences strictly increase, all but the last passed or were met, and the last one runs', () => {
    fc.assert(
      fc.property(anyRecurring, history, (rules, { updates, endedOn, pauses, today }) => {
        const found = occurrencesOf({
          rule: rules,
          clock: clock('2015-01-01', pauses),
          calendar: england,
          today,
          until: today,
          updates,
          endedOn,
        });
        const due = found.map(({ dueOn }) => dueOn);
        expect(due).toEqual([...new Set(due)].toSorted());
        expect(found.map(({ occurrence }) => occurrence)).toEqual(found.map((_, index) => index + 1));
        for (const { dueOn, metOn } of found.slice(0, -1)) expect(metOn !== null || dueOn < today).toBe(true);
        const last = found.at(-1);
        if (endedOn === null) expect(last?.metOn).toBeNull();
        if (last?.metOn === null) expect(last.dueOn >= today).toBe(true);
      }),
    );
  });
});
