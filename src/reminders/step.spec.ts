import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { calendarNamed, weekdays } from '../clocks/calendar.js';
import { plusDays } from '../clocks/days.js';
import { stepOn } from './step.js';

const rules = { dueSoonWorkingDays: 2, repeatEveryWorkingDays: 5 };

describe('the step of a reminder', () => {
  // 2026-03-06 is a Friday.
  it.each([
    ['2026-03-03', null],
    ['2026-03-04', 'due-soon'],
    ['2026-03-06', 'due-soon'],
    ['2026-03-07', 'overdue-1'],
    ['2026-03-12', 'overdue-1'],
    ['2026-03-13', 'overdue-2'],
    ['2026-03-19', 'overdue-2'],
    ['2026-03-20', 'overdue-3'],
  ])('of what is due on Friday 6 March is, on %s, %s', (today, step) => {
    expect(stepOn('2026-03-06', today, rules, weekdays)).toBe(step);
  });

  it('counts no holidays: Good Friday and Easter Monday put the second reminder off', () => {
    const england = calendarNamed('GB-ENG');
    expect(stepOn('2026-04-01', '2026-04-08', rules, weekdays)).toBe('overdue-2');
    expect(stepOn('2026-04-01', '2026-04-09', rules, england)).toBe('overdue-1');
    expect(stepOn('2026-04-01', '2026-04-10', rules, england)).toBe('overdue-2');
  });

  it('is repeated never where the policy says 0', () => {
    const once = { ...rules, repeatEveryWorkingDays: 0 };
    expect(stepOn('2026-03-06', '2027-03-06', once, weekdays)).toBe('overdue-1');
  });

  it('begins on the due day itself where the policy leads by 0 days', () => {
    const late = { ...rules, dueSoonWorkingDays: 0 };
    expect(stepOn('2026-03-06', '2026-03-05', late, weekdays)).toBeNull();
    expect(stepOn('2026-03-06', '2026-03-06', late, weekdays)).toBe('due-soon');
  });

  it('never goes back, and never skips more than one as a day goes by', () => {
    const rank = (step: string | null) =>
      step === null ? -1 : step === 'due-soon' ? 0 : Number(step.slice('overdue-'.length));
    const given = fc.tuple(fc.integer({ min: -40, max: 400 }), fc.nat({ max: 10 }), fc.nat({ max: 10 }));
    fc.assert(
      fc.property(given, ([days, dueSoonWorkingDays, repeatEveryWorkingDays]) => {
        const any = { dueSoonWorkingDays, repeatEveryWorkingDays };
        const today = plusDays('2026-03-06', days);
        const [now, next] = [today, plusDays(today, 1)].map((day) =>
          rank(stepOn('2026-03-06', day, any, weekdays)),
        ) as [number, number];
        expect(next - now).toBeGreaterThanOrEqual(0);
        expect(next - now).toBeLessThanOrEqual(repeatEveryWorkingDays === 1 && days === 0 ? 2 : 1);
      }),
    );
  });
});
