import { describe, it } from '@jest/globals';
import { deadlinesOn, given, policy, received, told } from '../../../test/support/complaints.js';

const pause = { reason: 'court-proceedings', basis: 'A letter of the court.' };
const paused = (on: string) => told('ClockPaused', pause, on);
const resumed = (on: string) => told('ClockResumed', {}, on);
const late = { backdatingReason: 'Recorded late.' };

describe('pausing the clock', () => {
  it('gives a reason of the policy, and its basis', () => {
    given(received()).when('PauseClock', pause).then({ type: 'ClockPaused', data: pause });
    given(received()).when('PauseClock', { reason: 'court-proceedings' }).isUnreadable();
  });

  it('is refused under a policy that allows none', () =>
    given(received())
      .when('PauseClock', pause, {
        policy: { ...policy, procedure: { ...policy.procedure, pauseReasons: [] } },
      })
      .refuses('pause-not-allowed'));

  it('is refused for another reason', () =>
    given(received())
      .when('PauseClock', { ...pause, reason: 'holidays' })
      .refuses('pause-reason-not-allowed'));

  it('is not doubled', () =>
    given(received(), paused('2026-03-01')).when('PauseClock', pause).refuses('already-paused'));

  it('does not reach into an earlier pause, nor into a time when the case was closed', () => {
    given(received(), paused('2026-02-27'), resumed('2026-03-01'))
      .when('PauseClock', pause, { on: '2026-02-28', ...late })
      .refuses('pause-overlaps');
    given(
      received(),
      told('ComplaintClosed', { outcome: 'remedied' }, '2026-02-27'),
      told('ComplaintReopened', { reasons: 'New facts.' }, '2026-03-01'),
    )
      .when('PauseClock', pause, { on: '2026-02-28', ...late })
      .refuses('pause-overlaps');
  });
});

describe('resuming the clock', () => {
  it('ends the pause', () =>
    given(received(), paused('2026-03-01')).when('ResumeClock', {}).then({ type: 'ClockResumed', data: {} }));

  it('needs a pause', () => {
    given(received()).when('ResumeClock', {}).refuses('not-paused');
    given(received(), paused('2026-02-28'), resumed('2026-03-01'))
      .when('ResumeClock', {})
      .refuses('not-paused');
  });

  it('does not precede it', () =>
    given(received(), paused('2026-03-01'))
      .when('ResumeClock', {}, { on: '2026-02-28', ...late })
      .refuses('resumed-before-pause'));
});

describe('extending a deadline', () => {
  // Thirty days from 27 February.
  const due = '2026-03-29';
  const extension = { deadline: 'resolve', newDueOn: '2026-04-10', reasons: 'A witness is ill.' };
  const extended = told('DeadlineExtended', { ...extension, oldDueOn: due });
  const on = (today: string, ...events: Parameters<typeof given>) => ({
    today,
    on: today,
    deadlines: deadlinesOn(today, ...events),
  });

  it('moves it, and says from when', () =>
    given(received())
      .when('ExtendDeadline', extension, on('2026-03-02', received()))
      .then({ type: 'DeadlineExtended', data: { ...extension, oldDueOn: due } }));

  it('gives reasons, unless the policy asks for none', () => {
    given(received())
      .when('ExtendDeadline', { deadline: 'resolve', newDueOn: '2026-04-10' }, on('2026-03-02', received()))
      .refuses('extension-without-reasons');
  });

  it('is in time on the day it is due, and no longer the day after', () => {
    given(received())
      .when('ExtendDeadline', extension, on(due, received()))
      .then({ type: 'DeadlineExtended', data: { ...extension, oldDueOn: due } });
    given(received())
      .when('ExtendDeadline', extension, on('2026-03-30', received()))
      .refuses('extension-after-expiry');
    given(received())
      .when('ExtendDeadline', extension, { ...on('2026-03-30', received()), on: '2026-03-28', ...late })
      .refuses('extension-after-expiry');
  });

  it.each([
    ['not later', due, 'extension-not-later'],
    ['over its cap', '2026-04-29', 'extension-over-cap'],
  ])('is refused when %s', (_, newDueOn, code) =>
    given(received())
      .when('ExtendDeadline', { ...extension, newDueOn }, on('2026-03-02', received()))
      .refuses(code),
  );

  it('is refused when it was extended as often as the policy allows', () => {
    const twice = told('DeadlineExtended', { ...extension, oldDueOn: '2026-04-10', newDueOn: '2026-04-12' });
    const events = [received(), extended, twice] as const;
    given(...events)
      .when('ExtendDeadline', { ...extension, newDueOn: '2026-04-14' }, on('2026-03-02', ...events))
      .refuses('extension-count-used-up');
  });

  it('is refused for one that was met, may not be moved, or does not exist', () => {
    const acknowledged = told('ComplaintAcknowledged', { acknowledgedOn: '2026-03-02' });
    given(received(), acknowledged)
      .when(
        'ExtendDeadline',
        { ...extension, deadline: 'acknowledge' },
        on('2026-03-02', received(), acknowledged),
      )
      .refuses('deadline-met');
    given(received())
      .when('ExtendDeadline', { ...extension, deadline: 'acknowledge' }, on('2026-03-02', received()))
      .refuses('extension-not-allowed');
    given(received())
      .when('ExtendDeadline', { ...extension, deadline: 'appeal' }, on('2026-03-02', received()))
      .refuses('unknown-deadline');
  });
});
