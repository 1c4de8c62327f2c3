import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { calendarNamed, weekdays } from './calendar.js';
import { plusDays } from './days.js';
import { horizonOn, ladder, placeOn, rungAt, withLadder, type Ladder, type Rungs } from './ladder.js';

const rules: Ladder = ladder.parse({
  unit: 'working-days',
  steps: [
    { step: 'due-soon', offset: -2, to: ['handler'] },
    { step: 'due-today', offset: 0, to: ['handler'] },
    { step: 'overdue', offset: 1, to: ['handler', 'team-lead'] },
    { step: 'escalated', offset: 10, to: ['independent-reviewer'] },
  ],
  repeatEvery: 5,
});

const stepOn = (dueOn: string, day: string, of = rules, calendar = weekdays): string | null => {
  const place = placeOn(dueOn, day, of, calendar);
  return place < 0 ? null : (rungAt(of, place)?.step ?? null);
};

describe('the ladder of reminders', () => {
  // 2026-03-06 is a Friday.
  it.each([
    ['2026-03-03', null],
    ['2026-03-04', 'due-soon'],
    ['2026-03-05', 'due-soon'],
    ['2026-03-06', 'due-today'],
    ['2026-03-07', 'due-today'],
    ['2026-03-09', 'overdue'],
    ['2026-03-19', 'overdue'],
    ['2026-03-20', 'escalated-1'],
    ['2026-03-26', 'escalated-1'],
    ['2026-03-27', 'escalated-2'],
    ['2026-04-03', 'escalated-3'],
  ])('of what is due on Friday 6 March stands, on %s, at %s', (day, step) => {
    expect(stepOn('2026-03-06', day)).toBe(step);
  });

  it('tells on the Friday of what is due on the Sunday, since nobody reads it on the day', () => {
    expect(stepOn('2026-03-08', '2026-03-06')).toBe('due-today');
    expect(stepOn('2026-03-08', '2026-03-09')).toBe('overdue');
  });

  it('counts no holidays: Good Friday and Easter Monday put a step off', () => {
    const england = calendarNamed('GB-ENG');
    expect(stepOn('2026-04-02', '2026-04-03', rules, weekdays)).toBe('overdue');
    expect(stepOn('2026-04-02', '2026-04-06', rules, england)).toBe('due-today');
    expect(stepOn('2026-04-02', '2026-04-07', rules, england)).toBe('overdue');
  });

  it('may count calendar days', () => {
    const daily = { ...rules, unit: 'calendar-days' as const };
    expect(stepOn('2026-03-06', '2026-03-07', daily)).toBe('overdue');
    expect(stepOn('2026-03-06', '2026-03-16', daily)).toBe('escalated-1');
    expect(horizonOn('2026-03-06', daily, weekdays)).toBe('2026-03-08');
  });

  it('ends with its last step where it does not repeat', () => {
    const once = { ...rules, repeatEvery: 0 };
    expect(stepOn('2026-03-06', '2029-03-06', once)).toBe('escalated');
    expect(rungAt(once, 4)).toBeNull();
  });

  it('keeps the names of what was recorded before there was a ladder', () => {
    const before = { reminders: { dueSoonWorkingDays: 2, repeatEveryWorkingDays: 5 } };
    const { reminders } = withLadder(before) as { reminders: Ladder };
    expect(ladder.parse(reminders)).toMatchObject(reminders);
    const steps = ['2026-03-04', '2026-03-09', '2026-03-16'].map((day) =>
      stepOn('2026-03-06', day, reminders),
    );
    expect(steps).toEqual(['due-soon', 'overdue-1', 'overdue-2']);
    const never = { reminders: { dueSoonWorkingDays: 0, repeatEveryWorkingDays: 0 } };
    const { reminders: once } = withLadder(never) as { reminders: Ladder };
    expect(['2026-03-06', '2027-03-06'].map((day) => stepOn('2026-03-06', day, once))).toEqual([
      'due-soon',
      'overdue-1',
    ]);
  });

  it('refuses steps out of order, and two of one name', () => {
    const wrong = {
      ...rules,
      steps: [...rules.steps, { step: 'overdue', offset: 3, to: ['handler'] }],
    };
    expect(ladder.safeParse(wrong).error?.issues.map(({ path }) => path.join('.'))).toEqual([
      'steps.4.step',
      'steps.4.offset',
    ]);
  });

  const someLadder = fc
    .record({
      unit: fc.constantFrom('working-days' as const, 'calendar-days' as const),
      offsets: fc.uniqueArray(fc.integer({ min: -20, max: 60 }), { minLength: 1, maxLength: 6 }),
      repeatEvery: fc.nat({ max: 10 }),
    })
    .map(({ unit, offsets, repeatEvery }): Rungs => {
      const steps = offsets
        .toSorted((a, b) => a - b)
        .map((offset, index) => ({ step: `step-${index}`, offset, to: ['handler' as const] }));
      return { unit, steps, repeatEvery };
    });
  const someDay = fc.integer({ min: -60, max: 400 }).map((days) => plusDays('2026-03-06', days));

  it('never goes back as days go by, and names each place once', () => {
    fc.assert(
      fc.property(someLadder, someDay, (of, day) => {
        const [now, next] = [day, plusDays(day, 1)].map((at) => placeOn('2026-03-06', at, of, weekdays));
        expect(next).toBeGreaterThanOrEqual(now as number);
        const names = Array.from({ length: 12 }, (_, place) => rungAt(of, place)?.step).filter(Boolean);
        expect(new Set(names).size).toBe(names.length);
      }),
    );
  });

  it('tells of nothing beyond its horizon', () => {
    fc.assert(
      fc.property(someLadder, someDay, fc.integer({ min: -30, max: 60 }), (of, today, days) => {
        const dueOn = plusDays(today, days);
        if (placeOn(dueOn, today, of, weekdays) < 0) return;
        expect(dueOn <= horizonOn(today, of, weekdays)).toBe(true);
      }),
    );
  });
});
