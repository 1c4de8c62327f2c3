import { describe, expect, test } from '@jest/globals';
import { clock, rule } from '../../test/support/clocks.js';
import { given, policy, received, told } from '../../test/support/complaints.js';
import { deadlinesOf } from '../complaints/complaint.deadlines.js';
import { known } from '../complaints/complaint.state.js';
import { calendarNamed } from './calendar.js';
import { dueAt, dueOn, isOverdue } from './deadline.js';

/** What went wrong with clocks in the systems in use, each told as it was reported, and that it does not go wrong here. */

const england = calendarNamed('GB-ENG');
const LATER = '2199-01-01';
const resolve = (today: string | null, ...events: Parameters<typeof given>) =>
  deadlinesOf(known(given(received(), ...events).state()), policy, england, today).find(
    ({ key }) => key === 'resolve',
  );
const paused = (on: string) => told('ClockPaused', { reason: 'court-proceedings', basis: 'A letter.' }, on);
const resumed = (on: string) => told('ClockResumed', {}, on);

describe('known failures of other systems', () => {
  test('osTicket #6346: the breach is erased when the case is closed', () => {
    // Due on 29 March 2026, closed on 2 April: the due date and the late day both stay.
    const late = resolve('2027-01-01', told('ComplaintClosed', { outcome: 'remedied' }, '2026-04-02'));
    expect([late?.dueOn, late?.metOn]).toEqual(['2026-03-29', '2026-04-02']);
    expect(isOverdue(late?.dueOn ?? '', late?.metOn ?? '')).toBe(true);
  });

  test('HOCS: a suspended case is due in 9999 and nothing is restored on resume', () => {
    expect(resolve('2026-03-10', paused('2026-03-05'))).toMatchObject({ dueOn: '2026-04-04', held: true });
    expect(resolve(null, paused('2026-03-05'), resumed('2026-03-10'))).toMatchObject({
      dueOn: '2026-04-03',
      held: false,
    });
  });

  test('glpi #10594: a weekend inside a pause is credited as working time', () => {
    // Received Mon 9 April 2018, due Mon 16. Paused from Friday to Monday: one working day.
    const pause = { from: '2018-04-13', to: '2018-04-16' };
    expect(dueOn(rule(), clock('2018-04-09', [pause]), england, LATER)).toBe('2018-04-17');
  });

  test('glpi #15605: pauses are lost when the rule of the deadline changes', () => {
    const pause = { from: '2018-04-10', to: '2018-04-13' };
    const longer = rule({ count: 10 });
    expect(dueOn(longer, clock('2018-04-09', [pause]), england, LATER)).toBe('2018-04-26');
    expect(dueOn(longer, clock('2018-04-09'), england, LATER)).toBe('2018-04-23');
  });

  test('frappe/helpdesk #1675: time on hold is credited again and again', () => {
    const pause = { from: '2018-04-10', to: '2018-04-11' };
    const once = dueOn(rule(), clock('2018-04-09', [pause]), england, LATER);
    expect(dueOn(rule(), clock('2018-04-09', [pause, pause]), england, LATER)).toBe(once);
    expect(dueOn(rule(), clock('2018-04-09', [pause]), england, '2018-06-01')).toBe(once);
  });

  test('camunda #33459: the change of the clocks shifts a due date by an hour, and so by a day', () => {
    const days = rule({ unit: 'calendar-days', count: 7 });
    const due = dueOn(days, clock('2018-03-24'), england, LATER);
    expect([due, dueAt(days, due, 'Europe/London')]).toEqual(['2018-03-31', '2018-04-01T00:00:00+01:00']);
    const autumn = dueOn(days, clock('2018-10-27'), england, LATER);
    expect([autumn, dueAt(days, autumn, 'Europe/London')]).toEqual([
      '2018-11-03',
      '2018-11-04T00:00:00+00:00',
    ]);
  });

  test('ef-cms-flexion #2886: what is due today is shown as overdue', () =>
    expect(['2018-04-13', '2018-04-14'].map((day) => isOverdue('2018-04-13', day))).toEqual([false, true]));

  test('two UK government systems, "received Saturday, 5 WD": Monday week, and Friday; a field of the policy says which', () => {
    const saturday = clock('2018-04-07');
    const mondayWeek = rule({ nonWorkingReceiptRule: 'next-working-day' });
    const friday = rule({ nonWorkingReceiptRule: 'as-is' });
    expect(dueOn(mondayWeek, saturday, england, LATER)).toBe('2018-04-16');
    expect(dueOn(friday, saturday, england, LATER)).toBe('2018-04-13');
  });
});
