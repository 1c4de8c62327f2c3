import { describe, expect, it } from '@jest/globals';
import { calendar, calendarOf, type Revision } from '../clocks/calendar-revision.js';
import { epochDay } from '../clocks/days.js';
import { shippedCalendars } from '../../test/support/clocks.js';
import { readClosures } from './ical-file.js';

const event = (...lines: readonly string[]): string[] => ['BEGIN:VEVENT', ...lines, 'END:VEVENT'];

const file = (...events: readonly string[][]): string =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//spec', ...events.flat(), 'END:VCALENDAR', ''].join('\r\n');

const read = (...events: readonly string[][]) => readClosures(file(...events), 'office.ics', 2028);

const daysOf = (...lines: readonly string[]) => read(event(...lines)).add.map(({ date }) => date);

describe('an iCalendar file of closures', () => {
  it('tells whole days by name, from the first until the last, which is not one of them', () =>
    expect(
      read(
        event(
          'UID:1',
          'SUMMARY:Between the',
          '  years',
          'DTSTART;VALUE=DATE:20261229',
          'DTEND;VALUE=DATE:20270101',
        ),
      ).add,
    ).toEqual(
      ['2026-12-29', '2026-12-30', '2026-12-31'].map((date) => ({ date, name: 'Between the years' })),
    ));

  it.each([
    ['neither end nor length', [], ['2026-12-24']],
    ['a length', ['DURATION:P2D'], ['2026-12-24', '2026-12-25']],
    ['an end on its first day', ['DTEND;VALUE=DATE:20261224'], ['2026-12-24']],
  ])('an event with %s has the days %j', (_, lines, days) =>
    expect(daysOf('DTSTART;VALUE=DATE:20261224', ...lines)).toEqual(days),
  );

  it.each([
    ['FREQ=YEARLY', ['2026-12-24', '2027-12-24', '2028-12-24']],
    ['FREQ=YEARLY;UNTIL=20271224', ['2026-12-24', '2027-12-24']],
    ['FREQ=YEARLY;COUNT=2', ['2026-12-24', '2027-12-24']],
    ['FREQ=YEARLY;INTERVAL=2', ['2026-12-24', '2028-12-24']],
  ])('%s comes again up to the end of 2028', (rule, days) =>
    expect(daysOf('DTSTART;VALUE=DATE:20261224', `RRULE:${rule}`)).toEqual(days),
  );

  it('the last Monday of August is the last Monday of August', () =>
    expect(daysOf('DTSTART;VALUE=DATE:20260831', 'RRULE:FREQ=YEARLY;BYMONTH=8;BYDAY=-1MO')).toEqual([
      '2026-08-31',
      '2027-08-30',
      '2028-08-28',
    ]));

  it.each([
    // The parser makes 1 March of it in the years between.
    ['29 February', ['DTSTART;VALUE=DATE:20240229', 'RRULE:FREQ=YEARLY'], ['2024-02-29', '2028-02-29']],
    // And 1 May of 31 April.
    [
      'the 31st of April and May',
      ['DTSTART;VALUE=DATE:20270531', 'RRULE:FREQ=YEARLY;BYMONTH=4,5;BYMONTHDAY=31'],
      ['2027-05-31', '2028-05-31'],
    ],
  ])('%s is no other day in years that have none', (_, lines, days) =>
    expect(daysOf(...lines)).toEqual(days),
  );

  it('what an event leaves out, has besides, or has cancelled is told apart', () => {
    const yearly = ['UID:1', 'SUMMARY:Closed', 'DTSTART;VALUE=DATE:20261224', 'RRULE:FREQ=YEARLY'];
    const series = event(...yearly, 'EXDATE;VALUE=DATE:20271224', 'RDATE;VALUE=DATE:20270105');
    const once = event(
      'UID:1',
      'SUMMARY:Closed',
      'RECURRENCE-ID;VALUE=DATE:20281224',
      'DTSTART;VALUE=DATE:20281224',
      'STATUS:CANCELLED',
    );
    const other = event('UID:2', 'SUMMARY:Party', 'STATUS:CANCELLED', 'DTSTART;VALUE=DATE:20260703');
    const { add, cancelled } = read(series, once, other);
    expect(add.map(({ date }) => date)).toEqual(['2026-12-24', '2027-01-05']);
    expect(cancelled).toEqual([
      { date: '2026-07-03', name: 'Party' },
      { date: '2027-12-24', name: 'Closed' },
      { date: '2028-12-24', name: 'Closed' },
    ]);
  });

  it('a day that one event cancels and another has is off', () => {
    const cancelled = event('UID:1', 'STATUS:CANCELLED', 'DTSTART;VALUE=DATE:20260703');
    const closed = event('UID:2', 'SUMMARY:Moving', 'DTSTART;VALUE=DATE:20260703');
    expect(read(cancelled, closed)).toMatchObject({
      add: [{ date: '2026-07-03', name: 'Moving' }],
      cancelled: [],
    });
  });

  it('an event at a time of day, and a tentative one, make no day off, and are told with their line', () => {
    const party = event('UID:1', 'SUMMARY:Party', 'DTSTART:20261224T150000Z', 'RRULE:FREQ=WEEKLY');
    const perhaps = event('UID:2', 'SUMMARY:Perhaps', 'STATUS:TENTATIVE', 'DTSTART;VALUE=DATE:20261228');
    const closed = event('UID:3', 'DTSTART;VALUE=DATE:20261229');
    const { add, ignored } = read(party, perhaps, closed);
    expect(add).toEqual([{ date: '2026-12-29', name: 'closed' }]);
    expect(ignored).toMatchObject([
      { line: 4, name: 'Party' },
      { line: 10, name: 'Perhaps', why: 'it is tentative' },
    ]);
  });

  it.each([
    ['a day that does not exist', ['DTSTART;VALUE=DATE:20260230'], /line 5: DTSTART says "20260230"/],
    ['such a day left out', ['DTSTART;VALUE=DATE:20260227', 'EXDATE;VALUE=DATE:20260230'], /line 6: EXDATE/],
    [
      'such an end of its rule',
      ['DTSTART;VALUE=DATE:20260227', 'RRULE:FREQ=YEARLY;UNTIL=20280230'],
      /line 6: RRULE/,
    ],
    ['a day that is not marked as one', ['DTSTART:20260227'], /line 5: DTSTART.*VALUE=DATE:20260227/],
    [
      'an end before its beginning',
      ['DTSTART;VALUE=DATE:20260227', 'DTEND;VALUE=DATE:20260226'],
      /line 4: .*ends/,
    ],
    ['days of every week', ['DTSTART;VALUE=DATE:20260227', 'RRULE:FREQ=WEEKLY'], /line 6: .*FREQ=YEARLY/],
    [
      'weeks of a year',
      ['DTSTART;VALUE=DATE:20260227', 'RRULE:FREQ=YEARLY;BYWEEKNO=9'],
      /line 6: .*BYWEEKNO/,
    ],
    [
      'weekdays of no month',
      ['DTSTART;VALUE=DATE:20260227', 'RRULE:FREQ=YEARLY;BYDAY=MO'],
      /line 6: .*BYDAY=MO/,
    ],
    ['no beginning', ['SUMMARY:Closed'], /line 4: .*no DTSTART/],
    ['a line that is none', ['DTSTART;VALUE=DATE:20260227', 'nonsense'], /line 6: "nonsense"/],
    ['too many days', ['DTSTART;VALUE=DATE:20000101', 'DURATION:P9000D'], /line 4: .*5000 days/],
  ])('%s is refused by its line', (_, lines, message) =>
    expect(() => read(event(...lines))).toThrow(
      expect.objectContaining({ code: 'bad-calendar-file', message: expect.stringMatching(message) }),
    ),
  );

  describe('what is meant to keep the reader busy', () => {
    const day = 'DTSTART;VALUE=DATE:20260227';
    const many = <T>(times: number, each: T): T[] => Array.from({ length: times }, () => each);
    it.each([
      ['a count without end', event(day, 'RRULE:FREQ=YEARLY;COUNT=99999999999'), /COUNT=99999999999/],
      ['no step', event(day, 'RRULE:FREQ=YEARLY;INTERVAL=0'), /INTERVAL=0/],
      ['a giant step', event(day, 'RRULE:FREQ=YEARLY;INTERVAL=99999999999'), /INTERVAL=9/],
      ['every second', event(day, 'RRULE:FREQ=YEARLY;BYSECOND=1,2,3'), /BYSECOND/],
      ['a day that is never', event(day, 'RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30'), /never has/],
      ['a flood of days', event(day, `RRULE:FREQ=YEARLY;BYMONTHDAY=${many(9_999, 1).join(',')}`), /longer/],
      ['a life of its own', event(day, 'DURATION:P99999999999W'), /DURATION says "P99999999999W"/],
      ['a length that is none', event(day, 'DURATION:PX'), /DURATION says "PX"/],
      ['depth', many(100_000, 'BEGIN:VEVENT'), /nested more than 10/],
      ['a folded line', ['X:a', ...many(500_000, ' x')], /longer than 50000/],
      ['a flood of events', many(10_001, event(day)).flat(), /more than 10000 of VEVENT/],
      ['a flood of rules', many(201, event(day, 'RRULE:FREQ=YEARLY')).flat(), /200 of RRULE/],
      [
        'a flood of days left out',
        event(...many(5_000, `EXDATE;VALUE=DATE:${many(5, '20270101').join(',')}`)),
        /20000 of EXDATE/,
      ],
    ])('%s is refused at once', (_, lines, message) => {
      const began = performance.now();
      expect(() => read(lines)).toThrow(
        expect.objectContaining({ code: 'bad-calendar-file', message: expect.stringMatching(message) }),
      );
      expect(performance.now() - began).toBeLessThan(2_000);
    });

    it('ten thousand events of one day are read in seconds', () => {
      const began = performance.now();
      expect(read(...many(10_000, event(day))).add).toHaveLength(1);
      expect(performance.now() - began).toBeLessThan(10_000);
    });
  });

  it.each([
    ['cut off', file(event('DTSTART;VALUE=DATE:20260227')).slice(0, -20)],
    ['of no event', file()],
    ['of another kind', '{}'],
  ])('a file %s is refused', (_, text) =>
    expect(() => readClosures(text, 'office.ics', 2028)).toThrow(
      expect.objectContaining({ code: 'bad-calendar-file' }),
    ),
  );

  it('revises a calendar by its names, and the second time not at all', () => {
    const { add } = read(event('SUMMARY:Closed', 'DTSTART;VALUE=DATE:20261224', 'RRULE:FREQ=YEARLY'));
    const input = calendar.acts['Revise']!.input.parse({ add, source: 'office.ics', reasons: 'Imported.' });
    const at = { ...shippedCalendars, id: 'GB-ENG' };
    const [revised] = calendar.acts['Revise']!.decide(input, calendar.initial, at);
    const revision = revised!.data as Revision;
    expect(revision.added).toEqual(add);
    expect(calendarOf('GB-ENG', revision).isWorkingDay(epochDay('2027-12-24'))).toBe(false);
    expect(calendar.acts['Revise']!.decide(input, { phase: 'open', revisions: [revision] }, at)).toEqual([]);
  });
});
