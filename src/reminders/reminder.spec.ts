import { describe, expect, it } from '@jest/globals';
import { circumstances, specOf } from '../../test/support/given.js';
import { reminder, superseded, type ReminderContext, type Standing } from './reminder.js';

const late: Standing['deadlines'][number] = {
  key: 'acknowledge',
  dueOn: '2026-02-20',
  metOn: null,
  held: false,
  step: 'overdue-2',
  dueAt: '2026-02-21T00:00:00+00:00',
};
const standing: Standing = {
  reference: '2026-000001',
  closedOn: null,
  handlerId: 'staff-1',
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

describe('a reminder that was due', () => {
  const due = { caseId: circumstances.id, ...key };

  it('still matters while nothing changed', () => {
    expect(superseded(standing, due)).toBeNull();
  });

  it.each([
    ['closed', standingWith({}, { closedOn: '2026-03-01' })],
    ['met', standingWith({ metOn: '2026-03-01' })],
    ['paused', standingWith({ held: true })],
    ['moved', standingWith({ dueOn: '2026-03-20' })],
    ['another-step', standingWith({ step: 'overdue-3' })],
    ['another-handler', standingWith({}, { handlerId: 'staff-2' })],
    ['another-handler', standingWith({}, { handlerId: null })],
    ['not-running', undefined],
  ])('is superseded: %s', (why, now) => {
    expect(superseded(now, due)).toBe(why);
  });

  it('goes to the intake while nobody handles the case', () => {
    expect(superseded(standingWith({}, { handlerId: null }), { ...due, recipient: 'intake' })).toBeNull();
  });
});
