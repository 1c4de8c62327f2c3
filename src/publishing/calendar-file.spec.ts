import { describe, expect, it } from '@jest/globals';
import { calendar, calendarOf, type Revision } from '../clocks/calendar-revision.js';
import { epochDay } from '../clocks/days.js';
import { shippedCalendars } from '../../test/support/clocks.js';
import { readBankHolidays } from './calendar-file.js';

const file = (division: string, ...events: object[]) => JSON.stringify({ [division]: { division, events } });

const holiday = (date: string, title = 'A holiday') => ({ title, date, notes: '', bunting: true });

const revised = (name: string, wish: object): Revision => {
  const input = calendar.acts['Revise']!.input.parse({ source: 'gov.uk', reasons: 'Imported.', ...wish });
  const [event] = calendar.acts['Revise']!.decide(input, calendar.initial, { ...shippedCalendars, id: name });
  return event!.data;
};

describe('bank holidays as gov.uk publishes them', () => {
  it('stand for England and Wales alike, and for nobody else', () => {
    const read = readBankHolidays(file('england-and-wales', holiday('2027-01-01')), 'bank-holidays.json');
    expect(read.map(({ name }) => name)).toEqual(['GB-ENG', 'GB-WLS']);
  });

  it('are all there are in the years that they cover, and say nothing of other years', () => {
    // 2027 has New Year and an invented day; Easter Monday, 29 March, is not in the file. 2028 is not covered.
    const [england] = readBankHolidays(
      file('england-and-wales', holiday('2027-01-01'), holiday('2027-07-07')),
      'bank-holidays.json',
    );
    const { name, ...wish } = england!;
    const made = calendarOf(name, revised(name, wish));
    const works = ['2027-01-01', '2027-07-07', '2027-03-29', '2028-04-17'].map((date) =>
      made.isWorkingDay(epochDay(date)),
    );
    expect(works).toEqual([false, false, true, false]);
  });

  it.each([
    ['no JSON', '<html>'],
    ['another shape', '{"england-and-wales": []}'],
    ['an unknown division', file('atlantis', holiday('2027-01-01'))],
    ['a day that does not exist', file('scotland', holiday('2027-02-30'))],
  ])('%s is refused', (_, text) =>
    expect(() => readBankHolidays(text, 'f.json')).toThrow(
      expect.objectContaining({ code: 'bad-calendar-file' }),
    ),
  );
});

describe('a revised calendar', () => {
  it('adds closures to its base and takes holidays away, each revision telling the whole', () => {
    const revision = revised('GB-ENG', {
      add: [{ date: '2026-12-24', name: 'Closed' }],
      remove: ['2026-05-04', '2026-05-05'],
    });
    expect(revision).toMatchObject({ revision: 1, base: 'GB-ENG', removed: ['2026-05-04'] });
    const made = calendarOf('GB-ENG', revision);
    const works = ['2026-12-24', '2026-05-04', '2026-05-05'].map((date) => made.isWorkingDay(epochDay(date)));
    expect(works).toEqual([false, true, true]);
  });

  it.each([
    ['weekdays', { add: [{ date: '2026-12-24', name: 'Closed' }] }, 'calendar-fixed'],
    ['office', { base: 'Atlantis' }, 'unknown-calendar'],
    ['GB-ENG', { add: [{ date: '2026-12-24', name: 'x' }], remove: ['2026-12-24'] }, 'day-added-and-removed'],
  ])('of %s by %j is refused', (name, wish, code) =>
    expect(() => revised(name, wish)).toThrow(expect.objectContaining({ code })),
  );
});
