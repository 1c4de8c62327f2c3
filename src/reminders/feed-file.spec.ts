import { describe, expect, it } from '@jest/globals';
import ICAL from 'ical.js';
import { feedText, type FeedHearing } from './feed-file.js';

const asOf = '2026-03-02T10:00:00.000000Z';

const hearing = (startsAt: string, zone: string, more: Partial<FeedHearing> = {}): FeedHearing => ({
  id: 'h1',
  references: ['2026-000001'],
  startsAt,
  zone,
  isOff: false,
  sequence: 3,
  ...more,
});

const written = (...hearings: FeedHearing[]): string => feedText({ hearings, deadlines: [], asOf });

/** As a calendar program reads it, which knows no zone but those that the file tells. */
const startsIn = (text: string): string[] => {
  const calendar = new ICAL.Component(ICAL.parse(text) as unknown[]);
  const zones = new Map(
    calendar.getAllSubcomponents('vtimezone').map((component) => {
      const zone = new ICAL.Timezone(component);
      return [zone.tzid, zone];
    }),
  );
  return calendar.getAllSubcomponents('vevent').map((event) => {
    const start = event.getFirstProperty('dtstart');
    const time = start?.getFirstValue() as InstanceType<typeof ICAL.Time>;
    const zone = zones.get(String(start?.getParameter('tzid')));
    if (zone) time.zone = zone;
    return time.toJSDate().toISOString();
  });
};

describe('the file of a calendar feed', () => {
  it.each([
    ['Europe/London', '2026-03-28T10:00:00+00:00', '2026-03-30T10:00:00+01:00', '2026-10-26T09:00:00+00:00'],
    ['America/New_York', '2026-03-06T10:00:00-05:00', '2026-07-01T10:00:00-04:00'],
    ['Australia/Lord_Howe', '2026-04-04T10:00:00+11:00', '2026-04-06T10:00:00+10:30'],
    ['Asia/Kolkata', '2026-03-06T10:00:00+05:30'],
    ['UTC', '2026-03-06T10:00:00+00:00'],
    // The hour that clocks show twice: the second of the two is what an offset cannot be told of in this format.
    ['Europe/London', '2026-10-25T00:30:00+01:00', '2026-10-25T03:30:00+00:00'],
  ])('tells times in %s, and what must be known of that zone', (zone, ...starts) => {
    const text = written(...starts.map((start) => hearing(start, zone)));
    expect(startsIn(text)).toEqual(starts.map((start) => new Date(start).toISOString()));
    expect(text).toContain(`DTSTART;TZID=${zone}:`);
  });

  it('folds its lines at 75 octets and ends each with CRLF', () => {
    const references = Array.from({ length: 40 }, (_, n) => `2026-${String(n).padStart(6, '0')}`);
    const text = written(hearing('2026-03-28T10:00:00+00:00', 'Europe/London', { references }));
    const lines = text.split('\r\n');
    expect(lines.pop()).toBe('');
    expect(lines.every((line) => Buffer.byteLength(line) <= 75 && !/[\r\n]/.test(line))).toBe(true);
    expect([lines[0], lines.at(-1)]).toEqual(['BEGIN:VCALENDAR', 'END:VCALENDAR']);
    expect(text.replaceAll('\r\n ', '')).toContain(references.join('\\, '));
  });

  it('shows deadlines as whole days that keep nobody busy', () => {
    const due = { caseId: 'c1', reference: '2026-000001', deadline: 'resolve', occurrence: 1, sequence: 4 };
    const text = feedText({ hearings: [], deadlines: [{ ...due, dueOn: '2026-03-29' }], asOf });
    for (const line of [
      'UID:deadline-c1-resolve-1@redress',
      'DTSTAMP:20260302T100000Z',
      'SEQUENCE:4',
      'SUMMARY:2026-000001: resolve',
      'DTSTART;VALUE=DATE:20260329',
      'TRANSP:TRANSPARENT',
      'REFRESH-INTERVAL;VALUE=DURATION:PT1H',
    ])
      expect(text.split('\r\n')).toContain(line);
    expect(text).not.toContain('VTIMEZONE');
  });

  it('is a calendar also when nothing stands in it', () =>
    expect(startsIn(feedText({ hearings: [], deadlines: [], asOf }))).toEqual([]));
});
