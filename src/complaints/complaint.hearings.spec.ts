import { describe, expect, it } from '@jest/globals';
import { given, received, told, type ToldOfComplaint } from '../../test/support/complaints.js';
import { anId } from '../../test/support/given.js';
import { policyOf } from '../../test/support/resolution-case.js';
import { calendarNamed, combined } from '../clocks/calendar.js';
import { inPlainWords } from '../clocks/explanation.js';
import { deadlinesOf } from './complaint.deadlines.js';
import { known } from './complaint.state.js';

/** What a case's clocks learn of its hearings. Received on Friday 27 February 2026; hearings in March, a month without holidays. */

const policy = policyOf('employment-hearing');
const calendar = combined(policy.calendars.map(calendarNamed), policy.combine);
const hearingId = anId(31);

const postponed = (proposedFor: string, on: string) =>
  told('HearingPostponedForCompanion', { hearingId, proposedFor }, on);
const held = (on: string) => told('HearingHeld', { hearingId }, on);
const closed = (on: string) => told('ComplaintClosed', { outcome: 'remedied' }, on);

const deadline = (...events: ToldOfComplaint[]) =>
  deadlinesOf(known(given(received(), ...events).state()), policy, calendar, null)[0];
const days = (...events: ToldOfComplaint[]) => {
  const found = deadline(...events);
  return found && [found.startedOn, found.dueOn, found.metOn];
};

describe('a hearing whose companion cannot come on the proposed day', () => {
  // Proposed for Thursday 12 March: Friday 13 is 1, Thursday 19 is 5.
  const first = postponed('2026-03-12', '2026-03-09');

  it('is to be held within five working days of that day, not of the day on which it was postponed', () =>
    expect(days(first)).toEqual(['2026-03-12', '2026-03-19', null]));

  it('meets that when it begins, on the fifth day too; late when it begins after it', () => {
    expect(days(first, held('2026-03-19'))).toEqual(['2026-03-12', '2026-03-19', '2026-03-19']);
    expect(days(first, held('2026-03-20'))).toEqual(['2026-03-12', '2026-03-19', '2026-03-20']);
  });

  it('meets it as well when it is held, or the case is closed, before the day that was first proposed', () => {
    expect(days(first, held('2026-03-11'))).toEqual(['2026-03-12', '2026-03-19', '2026-03-11']);
    expect(days(first, closed('2026-03-10'))).toEqual(['2026-03-12', '2026-03-19', '2026-03-10']);
  });

  it('is not met by a hearing that was held before it was postponed', () =>
    expect(days(held('2026-03-09'), first)).toEqual(['2026-03-12', '2026-03-19', null]));

  it('has five days anew when it is postponed again', () =>
    // Proposed anew for Wednesday 18 March: Thursday 19 is 1, Wednesday 25 is 5.
    expect(days(first, postponed('2026-03-18', '2026-03-17'))).toEqual(['2026-03-18', '2026-03-25', null]));

  it('says so in plain words', () => {
    const steps = deadline(first)?.explain('2026-03-10');
    expect(steps && inPlainWords(steps).join(' ')).toMatch(
      /hearing postponed for companion.* on Thu 12 March/i,
    );
  });
});

describe('a case without such a hearing', () => {
  it('has no such limit, whatever is held', () => expect(days(held('2026-03-12'))).toBeUndefined());
});
