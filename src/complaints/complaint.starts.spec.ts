import { describe, expect, it } from '@jest/globals';
import { rule } from '../../test/support/clocks.js';
import { given, policy, received, told, type ToldOfComplaint } from '../../test/support/complaints.js';
import { policyOf } from '../../test/support/resolution-case.js';
import { calendarNamed, combined } from '../clocks/calendar.js';
import { inPlainWords } from '../clocks/explanation.js';
import type { DeadlineRule } from '../clocks/deadline-rule.js';
import type { PolicySet } from '../clocks/policy-set.js';
import { deadlinesOf } from './complaint.deadlines.js';
import { clocksOf } from './complaint.projection.js';
import { known } from './complaint.state.js';

/** Clocks that wait for their start event no longer than they are told, and days that are only aimed for. */

const under = (set: PolicySet, key: string) => {
  const calendar = combined(set.calendars.map(calendarNamed), set.combine);
  return (...events: ToldOfComplaint[]) => {
    const found = deadlinesOf(known(given(received(), ...events).state()), set, calendar, null);
    return found.find((each) => each.key === key);
  };
};

const days = (of: ReturnType<ReturnType<typeof under>>) => of && [of.startedOn, of.dueOn, of.metOn];

const acknowledged = (on: string) => told('ComplaintAcknowledged', { acknowledgedOn: on }, on);
const closed = (on: string) => told('ComplaintClosed', { outcome: 'remedied' }, on);
const reopened = (on: string) => told('ComplaintReopened', { reasons: 'New facts.' }, on);
const escalated = (on: string) =>
  told('ComplaintEscalated', { stage: 'stage-2', requestedOn: on, reasons: 'Not answered.' }, on);

describe('a complaint that nobody acknowledges', () => {
  // Received on Friday 27 February 2026.
  it.each([
    // 7 days: Friday 6 March; three months of it: 6 June.
    ['whistleblower-2019-1937', 'feedback', [], ['2026-03-06', '2026-06-06']],
    // 5 working days: Friday 6 March; Mon 9 to Fri 13 are 5, Mon 16 to Fri 20 are 10.
    ['housing-ombudsman', 'respond', [], ['2026-03-06', '2026-03-20']],
    ['lgsco', 'respond', [], ['2026-03-06', '2026-03-20']],
    // Asked for on Friday 20 March, so Friday 27: 30 March to 2 April are 4; 3 and 6 April are off; 7 to 10 are 8, 13 to 17 are 13, 20 to 24 are 18; Tue 28 is 20.
    ['housing-ombudsman', 'respond-stage-2', [escalated('2026-03-20')], ['2026-03-27', '2026-04-28']],
    ['lgsco', 'respond-stage-2', [escalated('2026-03-20')], ['2026-03-27', '2026-04-28']],
  ] as const)('is to be answered all the same: %s %s', (name, key, events, dates) =>
    expect(days(under(policyOf(name), key)(...events))).toEqual([...dates, null]),
  );

  it('waits for its acknowledgement for ever where the policy does not say until when', () => {
    const waiting = { ...policy, deadlines: [rule({ startEvent: 'ComplaintAcknowledged' })] };
    expect(under(waiting, 'respond')()).toBeUndefined();
  });
});

describe('a clock that starts at the latest five working days after the receipt', () => {
  const respond: DeadlineRule = rule({
    startEvent: 'ComplaintAcknowledged',
    startsAtLatest: { after: 'ComplaintReceived', count: 5, unit: 'working-days' },
    count: 10,
  });
  const of = under({ ...policy, calendars: ['weekdays'], deadlines: [respond] }, 'respond');
  const paused = (on: string) => told('ClockPaused', { reason: 'court-proceedings', basis: 'A letter.' }, on);

  it('starts with its event when that comes sooner, and then says so alone', () => {
    // Acknowledged on Monday 2 March: Monday 16.
    const told1 = of(acknowledged('2026-03-02'));
    expect(days(told1)).toEqual(['2026-03-02', '2026-03-16', null]);
    expect(told1?.explain('2026-03-20').steps[0]).toEqual({
      kind: 'started',
      event: 'ComplaintAcknowledged',
      on: '2026-03-02',
    });
  });

  it('gains no time by an event that comes late', () =>
    expect(days(of(acknowledged('2026-03-18')))).toEqual(['2026-03-06', '2026-03-20', null]));

  it('says in plain words why it started', () => {
    const reckoning = of()?.explain('2026-03-20');
    expect(reckoning && inPlainWords(reckoning)[0]).toBe(
      'The clock starts on Fri 6 March 2026, 5 working days after "complaint received" on Fri 27 February 2026: ' +
        'it waits no longer for "complaint acknowledged".',
    );
  });

  it('never starts when the case was over by then, and runs when that is undone', () => {
    expect(of(closed('2026-03-03'))).toBeUndefined();
    // Closed from Tue 3 to Tue 10 March: five working days are given back, so it starts on Friday 13; Friday 27.
    expect(days(of(closed('2026-03-03'), reopened('2026-03-10')))).toEqual([
      '2026-03-13',
      '2026-03-27',
      null,
    ]);
  });

  it('is met by a closing after it', () =>
    expect(days(of(closed('2026-03-23')))).toEqual(['2026-03-06', '2026-03-20', '2026-03-23']));

  it('starts later by the days of a pause before it, which are given back once', () => {
    const resumed = told('ClockResumed', {}, '2026-03-10');
    // Paused from Tue 3 to Tue 10 March.
    expect(days(of(paused('2026-03-03'), resumed))).toEqual(['2026-03-13', '2026-03-27', null]);
    expect(of(paused('2026-03-03'))?.held).toBe(true);
  });
});

describe('an advisory deadline', () => {
  const set = policyOf('fca-disp-1-6');
  const calendar = calendarNamed('GB-ENG');
  const rows = (...events: ToldOfComplaint[]) => {
    const policies = {
      rulesOf: () => ({
        policy: set,
        calendar,
        reckonedBy: { policy: 'fca-disp-1-6@2', calendars: ['GB-ENG@0'] },
      }),
    };
    return clocksOf(policies, known(given(received(), ...events).state()));
  };

  it('is shown, and kept out of what can be overdue or missed', () => {
    // Three business days from Friday 27 February: Wednesday 4 March. Eight weeks: Friday 24 April.
    expect(under(set, 'summary-resolution')()?.dueOn).toBe('2026-03-04');
    expect(rows()).toMatchObject({ deadlines: [{ key: 'final-response' }], nextDueOn: '2026-04-24' });
    expect(rows(closed('2026-03-20')).deadlines.map(({ key }) => key)).toEqual(['final-response']);
  });
});
