import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { stranger } from '../../test/support/complaints.js';
import { dateOf } from '../clocks/days.js';
import type { Entry } from '../event-store/event.js';
import { fold } from '../event-store/fold.js';
import { partiesOf } from './complaint.context.js';
import type { ComplaintEvent } from './complaint.events.js';
import { complaint } from './complaint.js';
import type { Complaint, KnownComplaint } from './complaint.state.js';
import { FIRST_DAY, attempt, life, tried } from '../../test/support/lives/complaint-life.js';

/** Whatever people try, in whatever order, a case stays one that could have come about. */

const checkDays = (file: KnownComplaint, today: string): void => {
  expect(file.receivedOn <= today).toBe(true);
  expect((file.acknowledgedOn ?? file.receivedOn) >= file.receivedOn).toBe(true);
  for (const { from, to } of file.pauses) expect(from <= (to ?? today)).toBe(true);
  for (const { closedOn, reopenedOn } of file.gaps) expect(closedOn <= reopenedOn).toBe(true);
  const resumptions = file.pauses.map(({ to }) => to ?? '9999');
  expect(resumptions).toEqual(resumptions.toSorted());
};

const checkCase = (file: KnownComplaint, today: string): void => {
  checkDays(file, today);
  const running = file.pauses.filter(({ to }) => to === null);
  expect(running.length).toBeLessThanOrEqual(file.phase === 'closed' ? 0 : 1);
  if (file.phase === 'closed') {
    expect(file.suspensions.filter(({ live }) => live)).toEqual([]);
    if (['withdrawn', 'rejected', 'referred'].includes(file.outcome)) expect(file.ending).toBe(file.outcome);
    expect(file.closedOn >= file.receivedOn).toBe(true);
  }
  const live = file.suspensions.filter((each) => each.live).map(({ respondentRef }) => respondentRef);
  expect(new Set(live).size).toBe(live.length);
  expect(file.recused).not.toContain(file.handlerId);
  expect(file.recused).not.toContain(file.investigatorId);
  const respondents = [...file.respondentRefs, ...file.allegations.map(({ respondentRef }) => respondentRef)];
  if (file.complainantRef !== undefined) expect(respondents).not.toContain(file.complainantRef);
};

const checkStep = (before: Complaint, event: Entry<ComplaintEvent>, after: Complaint): void => {
  if (after.phase === 'closed' && before.phase !== 'closed') expect(event.type).toBe('ComplaintClosed');
  if (before.phase === 'closed' && after.phase === 'open') expect(event.type).toBe('ComplaintReopened');
  if (before.phase === 'absent') return;
  expect(before.recused).not.toContain(event.actor.id);
  if (event.actor.id === 'staff-2') expect(partiesOf(before)).not.toContain(stranger);
};

describe('a complaint', () => {
  it('stays one that could have come about, whatever is tried on it', () =>
    fc.assert(
      fc.property(life, (attempts) => {
        let history: readonly Entry<ComplaintEvent>[] = [];
        let today = FIRST_DAY;
        for (const wish of attempts) {
          today += wish.later;
          const events = tried(wish, history, dateOf(today));
          for (const event of events) {
            const before = fold(complaint, history);
            history = [...history, event];
            checkStep(before, event, fold(complaint, history));
          }
          const state = fold(complaint, history);
          if (state.phase !== 'absent') checkCase(state, dateOf(today));
        }
      }),
      { numRuns: process.env['REDRESS_LONG'] ? 3000 : 200 },
    ));

  it('begins with its receipt: nothing else is accepted first', () =>
    fc.assert(
      fc.property(
        attempt.filter(({ act }) => act !== 'Receive'),
        (wish) => expect(tried(wish, [], '2026-03-02')).toEqual([]),
      ),
    ));
});
