import { describe, expect, it } from '@jest/globals';
import { circumstances, specOf } from '../../test/support/given.js';
import { isSnoozed, reminder, type ReminderContext } from './reminder.js';
import { superseded, type Standing } from './reminder.standing.js';

const why = { duty: 'handler' as const, inPlaceOf: null };
const late: Standing['deadlines'][number] = {
  key: 'acknowledge',
  dueOn: '2026-02-20',
  metOn: null,
  held: false,
  toTell: [{ step: 'overdue-2', recipient: 'staff-1', ...why }],
  snooze: { until: '2026-03-05', times: 2 },
  dueAt: '2026-02-21T00:00:00+00:00',
};
const standing: Standing = {
  reference: '2026-000001',
  closedOn: null,
  today: '2026-03-02',
  policy: 'default@1',
  deadlines: [late],
};
const usual: ReminderContext = { ...circumstances, standing };
const { given } = specOf(reminder, usual);

const about = { deadline: 'acknowledge', dueOn: '2026-02-20' };
const missed = {
  type: 'DeadlineMissed' as const,
  data: { ...about, dueAt: late.dueAt, policy: 'default@1' },
};
const key = { ...about, step: 'overdue-2', recipient: 'staff-1' };
const way = { messageId: '<a@b>', via: 'outbox' as const };
const sent = { type: 'ReminderSent' as const, data: { ...key, ...way } };
const failed = {
  type: 'ReminderFailed' as const,
  data: { ...key, reason: 'refused' as const, smtpCode: 550 },
};

const standingWith = (more: Partial<typeof late>, rest: Partial<Standing> = {}): Standing => ({
  ...standing,
  ...rest,
  deadlines: [{ ...late, ...more }],
});

describe('the record of a deadline', () => {
  it('says once that it was missed, with the end of its due day', () => {
    given().when('RecordMissed', about).then(missed);
    given(missed).when('RecordMissed', about).recordsNothing();
  });

  it('says so of one that was met too late, however late anybody looks', () => {
    const metLate = standingWith({ metOn: '2026-02-21' }, { closedOn: '2026-02-25' });
    given().when('RecordMissed', about, { standing: metLate }).then(missed);
  });

  it('says so of every occurrence that passed at once, and of each once', () => {
    const passed = (dueOn: string) => ({ ...late, dueOn });
    const again = {
      ...standing,
      deadlines: [passed('2026-02-20'), passed('2026-02-24'), passed('2026-03-02')],
    };
    const [first, second] = [
      { ...missed, data: { ...missed.data, nextDueOn: '2026-02-24' } },
      { ...missed, data: { ...missed.data, dueOn: '2026-02-24', nextDueOn: '2026-03-02' } },
    ];
    const latest = { ...about, dueOn: '2026-02-24' };
    given().when('RecordMissed', latest, { standing: again }).then(first, second);
    given(first).when('RecordMissed', latest, { standing: again }).then(second);
    given(first, second).when('RecordMissed', latest, { standing: again }).recordsNothing();
  });

  it('says so of each due date anew', () => {
    const extended = { ...about, dueOn: '2026-02-25' };
    given(missed)
      .when('RecordMissed', extended, { standing: standingWith({ dueOn: '2026-02-25' }) })
      .then({ ...missed, data: { ...missed.data, dueOn: '2026-02-25' } });
  });

  it.each([
    ['is due today', standingWith({}, { today: '2026-02-20' })],
    ['was met on its due day', standingWith({ metOn: '2026-02-20' })],
    ['stands still', standingWith({ held: true })],
    ['was moved', standingWith({ dueOn: '2026-03-20' })],
    ['belongs to a case closed in time', standingWith({}, { closedOn: '2026-02-20' })],
    ['belongs to a case that nobody adopted', undefined],
  ])('says nothing of one that %s', (_, now) => {
    given().when('RecordMissed', about, { standing: now }).recordsNothing();
  });
});

describe('the record of a reminder', () => {
  it('takes a reminder once', () => {
    given()
      .when('RecordSent', { ...key, ...way })
      .then(sent);
    given(sent)
      .when('RecordSent', { ...key, ...way })
      .recordsNothing();
  });

  it('takes each step and each recipient for itself', () => {
    const next = { ...key, step: 'overdue-3', ...way };
    given(sent).when('RecordSent', next).then({ type: 'ReminderSent', data: next });
    const another = { ...key, recipient: 'staff-2', ...way };
    given(sent).when('RecordSent', another).then({ type: 'ReminderSent', data: another });
  });

  it('takes a failure once, and never after the reminder was sent', () => {
    given().when('RecordFailed', failed.data).then(failed);
    given(failed).when('RecordFailed', failed.data).recordsNothing();
    given(sent).when('RecordFailed', failed.data).recordsNothing();
  });

  it('shows a reminder as sent when it went through after all', () => {
    expect(given(failed, sent).state().reminders).toMatchObject([{ ...key, state: 'sent' }]);
  });
});

describe('a reminder that no longer mattered', () => {
  const why = { ...key, why: 'paused' as const };
  const putAside = { type: 'ReminderSuperseded' as const, data: why };

  it('is put aside on record, once for each reason', () => {
    given().when('RecordSuperseded', why).then(putAside);
    given(putAside).when('RecordSuperseded', why).recordsNothing();
    const met = { ...why, why: 'met' as const };
    given(putAside)
      .when('RecordSuperseded', met)
      .then({ ...putAside, data: met });
    given(sent).when('RecordSuperseded', why).recordsNothing();
  });

  it('is sent when it matters again', () => {
    given(putAside)
      .when('RecordSent', { ...key, ...way })
      .then(sent);
  });
});

describe('a reminder that failed', () => {
  const requeued = { type: 'ReminderRequeued' as const, data: key };

  it('is sent again when somebody asks, once for each failure', () => {
    given(failed).when('SendAgain', key).then(requeued);
    given(failed, requeued).when('SendAgain', key).recordsNothing();
    given(failed, requeued).when('RecordFailed', failed.data).then(failed);
    given(failed, requeued, failed).when('SendAgain', key).then(requeued);
  });

  it('is the only one that is sent again', () => {
    given(sent).when('SendAgain', key).refuses('reminder-not-failed');
    given(missed).when('SendAgain', key).refuses('reminder-not-on-record');
  });
});

describe('a reminder put off', () => {
  const wish = { ...about, until: '2026-03-04', reasons: 'The report comes on Wednesday.' };
  const snoozed = (until: string) => ({
    type: 'ReminderSnoozed' as const,
    data: { ...wish, until, recipient: 'staff-1' },
  });

  it('is so for whoever got it, as far as the policy allows', () => {
    given(sent).when('Snooze', wish).then(snoozed('2026-03-04'));
    const state = given(sent, snoozed('2026-03-04')).state();
    expect(['2026-03-03', '2026-03-04'].map((day) => isSnoozed(state, key, day))).toEqual([true, false]);
    expect(isSnoozed(state, { ...key, recipient: 'staff-2' }, '2026-03-03')).toBe(false);
  });

  it('is so as often as the policy allows, and the same wish counts once', () => {
    const first = snoozed('2026-03-03');
    given(sent, first)
      .when('Snooze', { ...wish, until: '2026-03-03' })
      .recordsNothing();
    given(sent, first).when('Snooze', wish).then(snoozed('2026-03-04'));
    given(sent, first, snoozed('2026-03-04'))
      .when('Snooze', { ...wish, until: '2026-03-05' })
      .refuses('snoozed-too-often');
  });

  it.each([['2026-03-02'], ['2026-03-06']])('is refused until %s: not after today, or too far', (until) => {
    given(sent)
      .when('Snooze', { ...wish, until })
      .refuses('snooze-out-of-range');
  });

  it('is refused to whoever was not reminded of it, and where the policy allows none', () => {
    given(missed).when('Snooze', wish).refuses('not-reminded');
    given(failed).when('Snooze', wish).refuses('not-reminded');
    given(sent)
      .when('Snooze', wish, { standing: standingWith({ snooze: null }) })
      .refuses('snooze-not-allowed');
  });
});

describe('a reminder that was due', () => {
  const due = { caseId: circumstances.id, ...key };

  it('still matters while nothing changed', () => {
    expect(superseded(standing, due, false)).toBeNull();
  });

  it.each([
    ['closed', standingWith({}, { closedOn: '2026-03-01' })],
    ['met', standingWith({ metOn: '2026-03-01' })],
    ['paused', standingWith({ held: true })],
    ['moved', standingWith({ dueOn: '2026-03-20' })],
    ['another-step', standingWith({ toTell: [{ step: 'overdue-3', recipient: 'staff-1', ...why }] })],
    ['another-recipient', standingWith({ toTell: [{ step: 'overdue-2', recipient: 'staff-2', ...why }] })],
    ['not-running', undefined],
  ])('is superseded: %s', (reason, now) => {
    expect(superseded(now, due, false)).toBe(reason);
  });

  it('is superseded while its recipient has put it off', () => {
    expect(superseded(standing, due, true)).toBe('snoozed');
  });
});
