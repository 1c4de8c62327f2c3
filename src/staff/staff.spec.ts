import { describe, expect, it } from '@jest/globals';
import { circumstances, madeId, specOf, type Told } from '../../test/support/given.js';
import type { StaffEvent } from './staff.events.js';
import { staff, type StaffContext } from './staff.js';

const FEED = '6f1c2d1e-9a54-4c1b-8f0e-3b7a5f2d9c10';
const usual: StaffContext = {
  ...circumstances,
  enrolledAs: undefined,
  isCalendar: (name) => name === 'weekdays',
  isEnrolled: true,
  feedId: FEED,
};
const { given } = specOf(staff, usual);

const asHead = { actor: { id: 'head-1', role: 'casework-head' } };
const asOperator = { actor: { id: 'operator-1', role: 'operator' } };
const asColleague = { actor: { id: 'staff-2', role: 'case-handler' } };

const enrolled: Told<StaffEvent> = {
  type: 'StaffEnrolled',
  data: { staffId: 'staff-1', duties: ['team-lead'], leadId: 'head-1' },
};

describe('a member of staff', () => {
  it('is enrolled with duties and whoever leads them', () => {
    given().when('Enrol', enrolled.data).then(enrolled);
    expect(given(enrolled).state()).toEqual({ phase: 'open', ...enrolled.data, absences: [] });
  });

  it('is led, and stood in for, by people who are enrolled', () => {
    const alone = { isEnrolled: false };
    given().when('Enrol', enrolled.data, alone).refuses('not-on-roster');
    given(enrolled).when('ChangeDuties', { duties: [], leadId: 'head-2' }, alone).refuses('not-on-roster');
    given(enrolled)
      .when('RecordAbsence', week, { ...asHead, ...alone })
      .refuses('not-on-roster');
    // Who led them before that was asked stays.
    const changed = { type: 'DutiesChanged' as const, data: { duties: [], leadId: 'head-1' } };
    given(enrolled).when('ChangeDuties', changed.data, alone).then(changed);
  });

  it('is enrolled once', () => {
    given()
      .when('Enrol', enrolled.data, { enrolledAs: madeId(1) })
      .refuses('enrolled-already');
    given(enrolled).when('Enrol', enrolled.data).refuses('staff-exists');
  });

  it('holds duties that there are, each once', () => {
    given()
      .when('Enrol', { staffId: 'staff-1', duties: ['team-lead', 'team-lead'] })
      .isUnreadable();
    given()
      .when('Enrol', { staffId: 'staff-1', duties: ['handler'] })
      .isUnreadable();
  });

  it('does not lead themself', () => {
    given().when('Enrol', { staffId: 'staff-1', duties: [], leadId: 'staff-1' }).refuses('own-lead');
    given(enrolled).when('ChangeDuties', { duties: [], leadId: 'staff-1' }).refuses('own-lead');
  });

  it('has duties stated anew: who led them leads no more when nobody is named', () => {
    const changed = { type: 'DutiesChanged' as const, data: { duties: ['intake-lead' as const] } };
    given(enrolled).when('ChangeDuties', changed.data).then(changed);
    expect(given(enrolled, changed).state()).toMatchObject({ duties: ['intake-lead'], leadId: undefined });
    given(enrolled)
      .when('ChangeDuties', { duties: ['team-lead'], leadId: 'head-1' })
      .recordsNothing();
  });
});

describe('how somebody is reminded', () => {
  const plain = { by: 'mail' as const, digestAt: null, quiet: null, zone: 'Europe/London', calendars: [] };

  it('is arranged by themself, anew each time', () => {
    const arranged = { ...plain, digestAt: '08:30', quiet: { from: '18:00', until: '07:00' } };
    given(enrolled).when('ArrangeReminders', arranged).then({ type: 'RemindersArranged', data: arranged });
    given(enrolled)
      .when('ArrangeReminders', { by: 'mail', zone: 'Europe/London' })
      .then({ type: 'RemindersArranged', data: plain });
  });

  it('is nobody else’s to arrange, not even a head’s', () => {
    for (const by of [asColleague, asHead, asOperator])
      given(enrolled).when('ArrangeReminders', plain, by).refuses('not-your-record');
  });

  it('goes by calendars that there are, each once', () => {
    given(enrolled)
      .when('ArrangeReminders', { ...plain, calendars: ['weekdays', 'head-office'] })
      .refuses('unknown-calendar');
    given(enrolled)
      .when('ArrangeReminders', { ...plain, calendars: ['weekdays', 'weekdays'] })
      .isUnreadable();
  });

  it('has a digest outside quiet hours, which end at another time than they begin', () => {
    const quiet = { from: '18:00', until: '07:00' };
    for (const digestAt of ['18:00', '23:59', '00:00', '06:59'])
      given(enrolled)
        .when('ArrangeReminders', { ...plain, quiet, digestAt })
        .refuses('digest-in-quiet-hours');
    given(enrolled)
      .when('ArrangeReminders', { ...plain, quiet: { from: '07:00', until: '07:00' } })
      .isUnreadable();
    given(enrolled)
      .when('ArrangeReminders', { ...plain, digestAt: '24:00' })
      .isUnreadable();
  });
});

const week = { from: '2026-03-09', until: '2026-03-13', deputyId: 'staff-2' };
const away: Told<StaffEvent> = { type: 'AbsenceRecorded', data: { absenceId: madeId(0), ...week } };

describe('an absence', () => {
  it('is recorded by themself or a head of casework, with a deputy', () => {
    given(enrolled).when('RecordAbsence', week).then(away);
    given(enrolled).when('RecordAbsence', week, asHead).then(away);
    given(enrolled).when('RecordAbsence', week, asColleague).refuses('not-your-record');
    given(enrolled).when('RecordAbsence', week, asOperator).refuses('not-your-record');
  });

  it('has another person as deputy, and at least a day', () => {
    given(enrolled)
      .when('RecordAbsence', { ...week, deputyId: 'staff-1' })
      .refuses('own-deputy');
    given(enrolled)
      .when('RecordAbsence', { ...week, until: '2026-03-08' })
      .refuses('absence-without-days');
    given(enrolled)
      .when('RecordAbsence', { ...week, until: week.from })
      .then({ type: 'AbsenceRecorded', data: { absenceId: madeId(0), ...week, until: week.from } });
  });

  it('shares no day with another', () => {
    const from = (first: string, last: string) =>
      given(enrolled, away).when('RecordAbsence', { ...week, from: first, until: last });
    from('2026-03-13', '2026-03-20').refuses('absence-overlaps');
    from('2026-03-01', '2026-03-09').refuses('absence-overlaps');
    from('2026-03-01', '2026-03-31').refuses('absence-overlaps');
    from('2026-03-14', '2026-03-20').then({
      type: 'AbsenceRecorded',
      data: { absenceId: madeId(0), from: '2026-03-14', until: '2026-03-20', deputyId: 'staff-2' },
    });
  });

  const ended = (lastDay: string): Told<StaffEvent> => ({
    type: 'AbsenceEnded',
    data: { absenceId: madeId(0), lastDay },
  });

  it('ends sooner than was recorded, and leaves the days after it free', () => {
    const end = { absenceId: madeId(0), lastDay: '2026-03-10' };
    given(enrolled, away).when('EndAbsence', end).then(ended('2026-03-10'));
    given(enrolled, away).when('EndAbsence', end, asHead).then(ended('2026-03-10'));
    given(enrolled, away).when('EndAbsence', end, asColleague).refuses('not-your-record');
    expect(given(enrolled, away, ended('2026-03-10')).state()).toMatchObject({
      absences: [{ absenceId: madeId(0), ...week, until: '2026-03-10' }],
    });
  });

  it('is not prolonged by its end', () => {
    const end = (lastDay: string) =>
      given(enrolled, away).when('EndAbsence', { absenceId: madeId(0), lastDay });
    end('2026-03-14').refuses('absence-over-by-then');
    end('2026-03-13').recordsNothing();
  });

  it('is called off by a last day before its first: then there is none', () => {
    const off = given(enrolled, away, ended('2026-03-08'));
    expect(off.state()).toMatchObject({ absences: [] });
    off.when('RecordAbsence', week).then(away);
    off.when('EndAbsence', { absenceId: madeId(0), lastDay: '2026-03-08' }).refuses('unknown-absence');
  });
});

describe('the calendar feed', () => {
  const opened: Told<StaffEvent> = { type: 'FeedOpened', data: { feedId: FEED } };
  const revoked: Told<StaffEvent> = { type: 'FeedRevoked', data: {} };

  it('is opened by themself alone, and revokes the one before', () => {
    given(enrolled).when('OpenFeed', {}).then(opened);
    given(enrolled, opened).when('OpenFeed', {}).then(revoked, opened);
    for (const by of [asHead, asOperator])
      given(enrolled).when('OpenFeed', {}, by).refuses('not-your-record');
  });

  it('is revoked by themself, a head of casework or an operator, while one is open', () => {
    given(enrolled, opened).when('RevokeFeed', {}).then(revoked);
    for (const by of [asHead, asOperator]) given(enrolled, opened).when('RevokeFeed', {}, by).then(revoked);
    given(enrolled, opened).when('RevokeFeed', {}, asColleague).refuses('not-your-record');
    given(enrolled, opened, revoked).when('RevokeFeed', {}).refuses('no-feed-open');
    expect(given(enrolled, opened, revoked).state()).not.toHaveProperty('feedId');
  });
});
