import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { calendarNamed, weekdays, type WorkingCalendar } from '../clocks/calendar.js';
import { ladder, rungAt, type Ladder } from '../clocks/ladder.js';
import { hearingDeadlines, type AroundHearing, type Decided, type Heard } from './hearing-ladder.js';

const usual = ladder.parse({
  unit: 'working-days',
  steps: [{ step: 'overdue', offset: 1, to: ['handler'] }],
  repeatEvery: 0,
});

// Friday 20 March 2026.
const listed: Heard = {
  id: 'h',
  status: 'listed',
  startsAt: '2026-03-20T10:00:00+00:00',
  zone: 'Europe/London',
  listedOn: '2026-03-02',
  notices: [],
  sittings: [],
};
const concluded: Heard = {
  ...listed,
  status: 'concluded',
  sittings: [
    { from: '2026-03-20', to: '2026-03-20' },
    { from: '2026-03-27', to: '2026-03-27' },
  ],
};
const around: AroundHearing = { parties: ['ada', 'ben'], noticeDays: 14, decided: [] };
const nothing: Decided = { findings: [], appeals: [] };

interface More extends Partial<AroundHearing> {
  readonly calendar?: WorkingCalendar;
  readonly rules?: Ladder;
}

const seen = (heard: Heard, today: string, { calendar = weekdays, rules = usual, ...more }: More = {}) =>
  hearingDeadlines(heard, { ...around, ...more }, { ladder: rules, calendar, today });

/** Of what is not met: its name, its due day, and the step that has come. */
const asked = (...given: Parameters<typeof seen>) =>
  seen(...given)
    .filter(({ metOn }) => metOn === null)
    .map(({ deadline, dueOn, rungs, place }) => [
      deadline.split(':')[0],
      dueOn,
      place < 0 ? null : rungAt(rungs, place)?.step,
    ]);

const notice = (...given: Parameters<typeof seen>) =>
  asked(...given).filter(([deadline]) => deadline === 'hearing-notice');
const sitting = (...given: Parameters<typeof seen>) =>
  asked(...given).filter(([deadline]) => deadline === 'hearing-sitting');

const stepOf = ([found]: ReturnType<typeof asked>) => found?.[2];

describe('the notice of a hearing', () => {
  it.each([
    ['2026-03-02', null],
    ['2026-03-03', 'notice-due-soon'],
    ['2026-03-06', 'notice-due'],
    ['2026-03-09', 'notice-late'],
    ['2026-03-20', 'notice-late'],
  ])('stands, on %s, at %s: 6 March is the last day in time', (today, step) => {
    expect(notice(listed, today)).toEqual([['hearing-notice', '2026-03-06', step]]);
  });

  it('is asked for until every party has one of this listing, and has the hearing in its name', () => {
    const one = { ...listed, notices: [{ to: 'ada', servedOn: '2026-03-03' }] };
    expect(notice(one, '2026-03-06')).toHaveLength(1);
    const both = { ...one, notices: [...one.notices, { to: 'ben', servedOn: '2026-03-05' }] };
    expect(notice(both, '2026-03-06')).toEqual([]);
    expect(seen(both, '2026-03-06')[0]).toMatchObject({ deadline: 'hearing-notice:h', metOn: '2026-03-05' });
  });

  it('is due at once where it is listed at shorter notice', () => {
    const short = { ...listed, listedOn: '2026-03-16' };
    expect(notice(short, '2026-03-16')).toEqual([['hearing-notice', '2026-03-16', 'notice-due']]);
  });

  it('is asked for neither after the hearing’s day, nor where there is nobody to tell, nor while it is not listed', () => {
    expect(notice(listed, '2026-03-21')).toEqual([]);
    expect(notice(listed, '2026-03-06', { parties: [] })).toEqual([]);
    const { startsAt: _, zone: __, listedOn: ___, ...rest } = listed;
    for (const status of ['vacated', 'postponed', 'requested'])
      expect(asked({ ...rest, status }, '2026-03-06')).toEqual([]);
  });
});

describe('a hearing', () => {
  it.each([
    ['2026-03-18', null],
    ['2026-03-19', 'tomorrow'],
    ['2026-03-20', 'tomorrow'],
  ])('on a Friday stands, on %s, at %s', (today, step) => {
    expect(sitting(listed, today)).toEqual([['hearing-sitting', '2026-03-20', step]]);
  });

  it('on a Monday, or on a Sunday, is told of on the Friday; after Easter on the Thursday before', () => {
    for (const startsAt of ['2026-03-22T10:00:00+00:00', '2026-03-23T10:00:00+00:00']) {
      expect(stepOf(sitting({ ...listed, startsAt }, '2026-03-19'))).toEqual(null);
      expect(stepOf(sitting({ ...listed, startsAt }, '2026-03-20'))).toEqual('tomorrow');
    }
    const tuesday = { ...listed, startsAt: '2026-04-07T10:00:00+01:00' };
    expect(stepOf(sitting(tuesday, '2026-04-02', { calendar: calendarNamed('GB-ENG') }))).toEqual('tomorrow');
    expect(stepOf(sitting(tuesday, '2026-04-01', { calendar: calendarNamed('GB-ENG') }))).toEqual(null);
  });

  it('is on the day that its own zone shows, also in the night in which the clocks go forward', () => {
    const night = { ...listed, startsAt: '2026-03-29T00:30:00+00:00' };
    expect(sitting(night, '2026-03-27')).toEqual([['hearing-sitting', '2026-03-29', 'tomorrow']]);
    const after = { ...listed, startsAt: '2026-03-29T23:30:00Z' };
    expect(sitting(after, '2026-03-27')).toEqual([['hearing-sitting', '2026-03-30', 'tomorrow']]);
    const auckland = { ...listed, startsAt: '2026-04-04T12:30:00Z', zone: 'Pacific/Auckland' };
    expect(sitting(auckland, '2026-04-03')).toEqual([['hearing-sitting', '2026-04-05', 'tomorrow']]);
  });

  it('that was adjourned is told of before it goes on, where that day is known', () => {
    const { startsAt: _, zone: __, ...begun } = { ...listed, status: 'adjourned' };
    expect(asked(begun, '2026-03-26')).toEqual([]);
    const resumption = { at: '2026-03-27T09:00:00Z', zone: 'Europe/London' };
    expect(asked({ ...begun, resumption }, '2026-03-26')).toEqual([
      ['hearing-sitting', '2026-03-27', 'tomorrow'],
    ]);
  });

  it('for which no calendar answers asks nothing of anybody', () => {
    expect(asked({ ...listed, startsAt: '9999-12-31T10:00:00+00:00' }, '2026-03-02')).toEqual([]);
  });
});

describe('the record of a hearing’s day', () => {
  it.each([
    ['2026-03-23', 'unrecorded'],
    ['2026-03-26', 'unrecorded'],
    ['2026-03-27', 'still-unrecorded'],
  ])(
    'stands, on %s, at %s: that of Friday 20 March was over, and nobody had said that it sat',
    (today, step) => {
      expect(asked(listed, today)).toEqual([['hearing-record', '2026-03-20', step]]);
    },
  );

  it('is asked for on no day off, nor before that day is over', () => {
    expect(asked(listed, '2026-03-21')).toEqual([['hearing-record', '2026-03-20', null]]);
    expect(asked(listed, '2026-03-20').map(([deadline]) => deadline)).not.toContain('hearing-record');
  });

  it('is asked for while it sits, of the day on which it began, and of the day on which it was to go on', () => {
    const sits = { ...listed, status: 'in-session', sittings: [{ from: '2026-03-24', to: null }] };
    expect(asked(sits, '2026-03-24')).toEqual([]);
    expect(asked(sits, '2026-03-25')).toEqual([['hearing-record', '2026-03-24', 'unrecorded']]);
    const resumption = { at: '2026-03-27T09:00:00Z', zone: 'Europe/London' };
    const adjourned = {
      ...listed,
      status: 'adjourned',
      sittings: [{ from: '2026-03-20', to: '2026-03-20' }],
    };
    expect(asked({ ...adjourned, resumption }, '2026-03-30')).toEqual([
      ['hearing-record', '2026-03-27', 'unrecorded'],
    ]);
  });

  it('is asked for of the day on which it was adjourned, while nobody said when it goes on', () => {
    const adjourned = {
      ...listed,
      status: 'adjourned',
      sittings: [{ from: '2026-03-19', to: '2026-03-20' }],
    };
    expect(asked(adjourned, '2026-03-20')).toEqual([]);
    expect(asked(adjourned, '2026-03-23')).toEqual([['hearing-record', '2026-03-20', 'unrecorded']]);
    expect(asked(adjourned, '2026-03-30')).toEqual([['hearing-record', '2026-03-20', 'still-unrecorded']]);
  });

  it('is asked for no more once it rose, or was vacated', () => {
    const { startsAt: _, zone: __, listedOn: ___, ...rest } = listed;
    expect(asked({ ...rest, status: 'vacated' }, '2026-03-23')).toEqual([]);
    expect(asked(concluded, '2026-03-30').map(([deadline]) => deadline)).toEqual(['hearing-outcome']);
  });
});

describe('the outcome of a hearing', () => {
  it.each([
    ['2026-04-07', null],
    ['2026-04-08', 'outcome-due-soon'],
    ['2026-04-10', 'outcome-due'],
    ['2026-04-17', 'outcome-overdue'],
    ['2027-04-17', 'outcome-overdue'],
  ])('stands, on %s, at %s: ten working days after it last sat', (today, step) => {
    expect(asked(concluded, today)).toEqual([['hearing-outcome', '2026-04-10', step]]);
  });

  it('is whatever was decided of the case since, but not what was vetoed', () => {
    const finding = (madeOn: string, standing = 'stands') => ({
      decided: [nothing, { ...nothing, findings: [{ madeOn, standing }] }],
    });
    const outcome = (more: Partial<AroundHearing>) => seen(concluded, '2026-04-10', more)[0]?.metOn;
    expect(outcome(finding('2026-03-26'))).toBeNull();
    expect(outcome(finding('2026-03-27'))).toBe('2026-03-27');
    expect(outcome(finding('2026-03-30', 'remitted'))).toBe('2026-03-30');
    expect(outcome(finding('2026-03-30', 'vetoed'))).toBeNull();
    expect(outcome({ decided: [{ ...nothing, agreement: { agreedOn: '2026-03-31' } }] })).toBe('2026-03-31');
    expect(outcome({ decided: [{ ...nothing, appeals: [{}, { decidedOn: '2026-04-01' }] }] })).toBe(
      '2026-04-01',
    );
  });
});

describe('a policy', () => {
  it('that says nothing of hearings means what the comment in default.yaml says', () => {
    const text = readFileSync(new URL('../../policies/default.yaml', import.meta.url), 'utf8');
    const [, told = ''] = text.split('  # hearings:');
    const hearings = parse(`hearings:${told}`.replaceAll(/^ {2}# /gm, ''));
    expect(hearings).toEqual({ hearings: usual.hearings });
  });

  it('may tell nobody, or in calendar days, but of no sitting on its day', () => {
    const none = { outcomeWithin: 10, notice: [], sitting: [], record: [], outcome: [] };
    expect(asked(listed, '2026-03-19', { rules: { ...usual, hearings: none } })).toEqual([
      ['hearing-notice', '2026-03-06', null],
      ['hearing-sitting', '2026-03-20', null],
    ]);
    const daily = { ...usual, unit: 'calendar-days' as const };
    const sunday = { ...listed, startsAt: '2026-03-22T10:00:00+00:00' };
    expect(stepOf(sitting(sunday, '2026-03-20', { rules: daily }))).toEqual(null);
    expect(stepOf(sitting(sunday, '2026-03-21', { rules: daily }))).toEqual('tomorrow');
    const onTheDay = { ...none, sitting: [{ step: 'today', offset: 0, to: ['panel'] }] };
    const read = ladder.safeParse({ ...usual, hearings: onTheDay });
    expect(read.error?.issues.map(({ path }) => path.join('.'))).toEqual(['hearings.sitting.0.offset']);
  });
});
