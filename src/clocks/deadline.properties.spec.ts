import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { clock, rule } from '../../test/support/clocks.js';
import { calendarNamed } from './calendar.js';
import { dateOf, epochDay, plusDays } from './days.js';
import { dueOn, isOverdue } from './deadline.js';
import type { Pause } from './pauses.js';
import type { DeadlineRule } from './deadline-rule.js';

const LATER = '2199-01-01';

const anyRule: fc.Arbitrary<DeadlineRule> = fc
  .record({
    unit: fc.constantFrom(
      'calendar-days' as const,
      'working-days' as const,
      'weeks' as const,
      'months' as const,
    ),
    count: fc.integer({ min: 1, max: 60 }),
    dayZeroRule: fc.constantFrom('exclude' as const, 'include' as const),
    nonWorkingReceiptRule: fc.constantFrom('as-is' as const, 'next-working-day' as const),
    rollRule: fc.constantFrom('none' as const, 'next-working-day' as const, 'previous-working-day' as const),
  })
  .map(rule);
const anyStart = fc.integer({ min: epochDay('1990-01-01'), max: epochDay('2040-12-31') }).map(dateOf);
const anyCalendar = fc.constantFrom('weekdays', 'GB-ENG', 'GB-NIR', 'NZ', 'SA').map(calendarNamed);
const anyPauses = (start: string): fc.Arbitrary<Pause[]> =>
  fc.array(
    fc
      .record({ after: fc.integer({ min: -20, max: 200 }), length: fc.nat(60) })
      .map(({ after, length }) => ({ from: plusDays(start, after), to: plusDays(start, after + length) })),
    { maxLength: 4 },
  );
const anyClock = anyStart.chain((start) => anyPauses(start).map((pauses) => clock(start, pauses)));

describe('for any rule, calendar and pauses', () => {
  test('a due date never falls on a forbidden day', () => {
    fc.assert(
      fc.property(anyRule, anyClock, anyCalendar, (rules, on, calendar) => {
        const due = epochDay(dueOn(rules, on, calendar, LATER));
        if (rules.rollRule !== 'none' || rules.unit === 'working-days')
          expect(calendar.isWorkingDay(due)).toBe(true);
      }),
    );
  });

  test('one unit more is never due earlier', () => {
    fc.assert(
      fc.property(anyRule, anyClock, anyCalendar, (rules, on, calendar) => {
        const more = { ...rules, count: rules.count + 1 };
        return dueOn(more, on, calendar, LATER) >= dueOn(rules, on, calendar, LATER);
      }),
    );
  });

  test('a pause never brings a due date forward, and an open one never lets it pass', () => {
    fc.assert(
      fc.property(anyRule, anyClock, anyCalendar, fc.nat(40), (rules, on, calendar, length) => {
        const without = dueOn(rules, on, calendar, LATER);
        expect(dueOn({ ...rules, pausable: false }, on, calendar, LATER) <= without).toBe(true);
        const due = dueOn(rules, clock(on.startedOn), calendar, LATER);
        const paused = clock(on.startedOn, [{ from: due, to: null }]);
        const today = plusDays(due, length);
        const rolledBack = rules.rollRule === 'previous-working-day';
        if (!rolledBack) expect(isOverdue(dueOn(rules, paused, calendar, today), today)).toBe(false);
      }),
    );
  });

  test('a pause that is resumed on its own day changes nothing', () => {
    fc.assert(
      fc.property(anyRule, anyClock, anyCalendar, fc.nat(100), (rules, on, calendar, after) => {
        const at = plusDays(on.startedOn, after);
        const more = { ...on, pauses: [...on.pauses, { from: at, to: at }] };
        expect(dueOn(rules, more, calendar, LATER)).toBe(dueOn(rules, on, calendar, LATER));
      }),
    );
  });

  test('working days are given back one by one: the count of unpaused working days up to the due date is the limit', () => {
    fc.assert(
      fc.property(anyClock, anyCalendar, fc.integer({ min: 1, max: 60 }), (on, calendar, count) => {
        const due = epochDay(dueOn(rule({ count }), on, calendar, LATER));
        const isPaused = (day: number) =>
          on.pauses.some(({ from, to }) => epochDay(from) <= day && day < epochDay(to ?? LATER));
        let counted = 0;
        for (let day = epochDay(on.startedOn) + 1; day <= due; day++)
          if (calendar.isWorkingDay(day) && !isPaused(day)) counted++;
        expect(counted).toBe(count);
      }),
    );
  });
});
