import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { calendarNamed } from '../clocks/calendar.js';
import { dayIn, epochDay, plusDays, timeIn } from '../clocks/days.js';
import type { Arrangement } from './arrangement.js';
import { Roster } from './roster.js';
import { HELD_DUTIES } from '../clocks/ladder.js';
import type { Absence, StaffFile } from './staff.js';

const ZONE = 'Europe/London';
const NOON = '2026-03-11T12:00:00Z';

const member = (staffId: string, more: Partial<StaffFile> = {}): StaffFile => ({
  staffId,
  duties: [],
  absences: [],
  ...more,
});
const arranged = (more: Partial<Arrangement>): Arrangement => ({
  by: 'mail',
  digestAt: null,
  quiet: null,
  zone: ZONE,
  calendars: [],
  ...more,
});
const away = (deputyId: string, from = '2026-03-09', until = '2026-03-13'): Absence => ({
  absenceId: '00000000-0000-7000-8000-000000000001',
  from,
  until,
  deputyId,
});
const rosterOf = (...members: readonly StaffFile[]) => new Roster(members, ZONE);
const told = (roster: Roster, now: string) => roster.isTellable('ann', now, calendarNamed);

describe('who holds a duty', () => {
  it('is told sorted; nobody, where nobody holds it', () => {
    const roster = rosterOf(
      member('cy', { duties: ['team-lead'] }),
      member('ann', { duties: ['intake-lead', 'team-lead'], leadId: 'cy' }),
      member('bo'),
    );
    expect(roster.holders('team-lead')).toEqual(['ann', 'cy']);
    expect(roster.holders('intake-lead')).toEqual(['ann']);
    expect(roster.holders('casework-head')).toEqual([]);
    expect(['ann', 'bo', 'nobody'].map((staffId) => roster.leadOf(staffId))).toEqual([
      'cy',
      undefined,
      undefined,
    ]);
  });

  it('is whoever says so, in any staff', () => {
    const anyMember = fc.record({
      staffId: fc.string({ minLength: 1, maxLength: 8 }),
      duties: fc.uniqueArray(fc.constantFrom(...HELD_DUTIES)),
      absences: fc.constant([]),
    });
    const anyStaff = fc.uniqueArray(anyMember, { selector: ({ staffId }) => staffId, maxLength: 30 });
    fc.assert(
      fc.property(anyStaff, fc.constantFrom(...HELD_DUTIES), (members, duty) => {
        const holding = members.filter(({ duties }) => duties.includes(duty)).map(({ staffId }) => staffId);
        expect(rosterOf(...members).holders(duty)).toEqual(holding.toSorted());
      }),
    );
  });
});

describe('who stands in', () => {
  it('is the deputy on each day of the absence, its first and last included', () => {
    const roster = rosterOf(member('ann', { absences: [away('bo')] }));
    const on = (day: string) => roster.standInFor('ann', `${day}T12:00:00Z`);
    expect(['08', '09', '13', '14'].map((day) => on(`2026-03-${day}`))).toEqual(['ann', 'bo', 'bo', 'ann']);
  });

  it('goes by the day where the one who is away is', () => {
    const roster = rosterOf(
      member('ann', {
        arrangement: arranged({ zone: 'Pacific/Auckland' }),
        absences: [away('bo', '2026-03-12', '2026-03-12')],
      }),
      member('cy', { absences: [away('bo', '2026-03-12', '2026-03-12')] }),
    );
    expect(roster.standInFor('ann', NOON)).toBe('bo');
    expect(roster.standInFor('cy', NOON)).toBe('cy');
  });

  it('is the deputy of a deputy who is away too', () => {
    const roster = rosterOf(
      member('ann', { absences: [away('bo')] }),
      member('bo', { absences: [away('cy')] }),
      member('cy', { absences: [away('di', '2026-04-01', '2026-04-02')] }),
    );
    expect(roster.standInFor('ann', NOON)).toBe('cy');
  });

  it('is the person themself when everybody on the way is away', () => {
    const [ann, bo, cy] = [
      member('ann', { absences: [away('bo')] }),
      member('bo', { absences: [away('cy')] }),
      member('cy', { absences: [away('bo')] }),
    ];
    expect(rosterOf(ann, bo, cy).standInFor('ann', NOON)).toBe('ann');
    expect(rosterOf(bo, cy).standInFor('bo', NOON)).toBe('bo');
  });

  it('is somebody who is there, or the person themself, in any staff', () => {
    const names = ['ann', 'bo', 'cy', 'di', 'em', 'flo'];
    const deputies = fc.array(fc.option(fc.constantFrom(...names)), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(deputies, fc.constantFrom(...names), (deputyOf, asked) => {
        const awayWith = (index: number) => deputyOf[index] ?? undefined;
        const roster = rosterOf(
          ...names.map((name, index) => {
            const deputy = awayWith(index);
            return member(name, { absences: deputy === undefined ? [] : [away(deputy)] });
          }),
        );
        const standIn = roster.standInFor(asked, NOON);
        const isThere = awayWith(names.indexOf(standIn)) === undefined;
        expect(isThere || standIn === asked).toBe(true);
        if (awayWith(names.indexOf(asked)) === undefined) expect(standIn).toBe(asked);
      }),
    );
  });
});

describe('whoever arranged nothing, or is not enrolled', () => {
  it('is told by mail, one by one, at any time, in the zone of the organisation', () => {
    for (const roster of [rosterOf(), rosterOf(member('ann'))]) {
      expect(roster.arrangementOf('ann')).toEqual(arranged({}));
      expect(told(roster, '2026-03-08T03:00:00Z')).toBe(true);
      expect(roster.digestDue('ann', NOON)).toBeNull();
    }
  });
});

describe('when somebody may be told', () => {
  const withQuiet = (from: string, until: string, more: Partial<Arrangement> = {}) =>
    rosterOf(member('ann', { arrangement: arranged({ quiet: { from, until }, ...more }) }));

  it('is said while they may not, with the reason: the first minute at which they may', () => {
    const time = fc
      .integer({ min: 0, max: 95 })
      .map((n) => `${String(Math.floor(n / 4)).padStart(2, '0')}:${String((n % 4) * 15).padStart(2, '0')}`);
    // From Good Friday to the Tuesday after, and some days around.
    const minute = fc.integer({ min: 0, max: 14 * 24 * 60 });
    const cases = fc.record({ from: time, until: time, minute }).filter(({ from, until }) => from !== until);
    fc.assert(
      fc.property(cases, ({ from, until, minute: n }) => {
        const roster = withQuiet(from, until, { zone: 'UTC', calendars: ['GB-ENG'] });
        const now = new Date(Date.parse('2026-03-30T00:00:00Z') + n * 60_000);
        const hush = roster.hush('ann', now.toISOString(), calendarNamed);
        if (hush === undefined) return expect(told(roster, now.toISOString())).toBe(true);
        const first = Date.parse(hush.until ?? '');
        for (let at = now.getTime(); at < first; at += 15 * 60_000)
          expect(told(roster, new Date(at).toISOString())).toBe(false);
        expect(told(roster, new Date(first).toISOString())).toBe(true);
      }),
    );
  });

  it('is the next digest on a working day, of whoever wants one', () => {
    const roster = rosterOf(
      member('ann', { arrangement: arranged({ digestAt: '16:00', calendars: ['weekdays'] }) }),
    );
    const next = (now: string, ...had: string[]) =>
      roster.nextDigest('ann', now, (day) => had.includes(day), calendarNamed);
    expect(next('2026-03-13T10:00:00Z')).toBe('2026-03-13T16:00:00+00:00');
    expect(next('2026-03-13T17:00:00Z', '2026-03-13')).toBe('2026-03-16T16:00:00+00:00');
    expect(rosterOf().nextDigest('ann', NOON, () => false, calendarNamed)).toBeNull();
  });

  it('is outside quiet hours: not when they begin, again when they end', () => {
    const roster = withQuiet('12:00', '13:30');
    const at = (time: string) => told(roster, `2026-03-11T${time}:00Z`);
    expect(['11:59', '12:00', '13:29', '13:30'].map(at)).toEqual([true, false, false, true]);
  });

  it('is by day when quiet hours pass midnight', () => {
    const roster = withQuiet('18:00', '07:00');
    const at = (time: string) => told(roster, `2026-03-11T${time}:00Z`);
    expect(['17:59', '18:00', '23:59', '00:00', '06:59', '07:00'].map(at)).toEqual([
      true,
      false,
      false,
      false,
      false,
      true,
    ]);
  });

  it('is on working days of all their calendars, where they are', () => {
    const roster = rosterOf(
      member('ann', { arrangement: arranged({ calendars: ['GB-ENG', 'NZ'], zone: 'Pacific/Auckland' }) }),
    );
    const on = (instant: string) => told(roster, instant);
    // Friday evening in London is Saturday in Auckland; Sunday evening is Monday.
    expect(on('2026-03-13T18:00:00Z')).toBe(false);
    expect(on('2026-03-15T18:00:00Z')).toBe(true);
    // Waitangi Day of one calendar, the early May bank holiday of the other.
    expect(on('2026-02-05T12:00:00Z')).toBe(false);
    expect(on('2026-05-03T22:00:00Z')).toBe(false);
  });

  it('is by what the clocks show in the night when they go forward', () => {
    // 01:00 is 02:00 on 29 March 2026 in London.
    const roster = withQuiet('23:00', '01:30');
    expect(told(roster, '2026-03-29T00:59:59Z')).toBe(false);
    expect(told(roster, '2026-03-29T01:00:00Z')).toBe(true);
    const begun = withQuiet('01:30', '06:00');
    expect(told(begun, '2026-03-29T00:59:59Z')).toBe(true);
    expect(told(begun, '2026-03-29T01:00:00Z')).toBe(false);
    expect(told(begun, '2026-03-29T05:00:00Z')).toBe(true);
  });

  it('is by what the clocks show in the night when they go back', () => {
    // 02:00 is 01:00 again on 25 October 2026 in London.
    const roster = withQuiet('22:00', '07:00');
    const quiet = (instant: string) => !told(roster, instant);
    expect(['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z', '2026-10-25T06:59:00Z'].map(quiet)).toEqual([
      true,
      true,
      true,
    ]);
    expect(told(roster, '2026-10-25T07:00:00Z')).toBe(true);
    const until = withQuiet('22:00', '01:30');
    expect(told(until, '2026-10-25T00:29:00Z')).toBe(false);
    expect(told(until, '2026-10-25T00:30:00Z')).toBe(true);
    expect(told(until, '2026-10-25T01:29:00Z')).toBe(false);
    expect(told(until, '2026-10-25T01:30:00Z')).toBe(true);
  });
});

const minutes = fc.nat(24 * 60 - 1);
const asTime = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
const anyTime = minutes.map(asTime);
const anyZone = fc.constantFrom(
  ZONE,
  'America/St_Johns',
  'America/Havana',
  'Africa/Cairo',
  'Australia/Lord_Howe',
  'Pacific/Auckland',
);
const anyInstant = fc
  .date({ min: new Date('2024-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());

/** The minutes from one time of day round to another. */
const minutesRound = (from: string, to: string): number => {
  const [start, end] = [from, to].map((time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3)));
  return ((end ?? 0) - (start ?? 0) + 24 * 60) % (24 * 60);
};

describe('for any arrangement and instant', () => {
  it('quiet hours are those that the clock shows between their ends, the short way round or past midnight', () => {
    fc.assert(
      fc.property(anyTime, anyTime, anyZone, anyInstant, (from, until, zone, now) => {
        fc.pre(from !== until);
        const roster = rosterOf(member('ann', { arrangement: arranged({ quiet: { from, until }, zone }) }));
        const quiet = minutesRound(from, timeIn(now, zone)) < minutesRound(from, until);
        expect(told(roster, now)).toBe(!quiet);
      }),
    );
  });

  it('nobody is told on a day that is off', () => {
    const calendars = fc.constantFrom<string[]>(['weekdays'], ['GB-ENG'], ['GB-ENG', 'SA'], []);
    fc.assert(
      fc.property(calendars, anyZone, anyInstant, (names, zone, now) => {
        const roster = rosterOf(member('ann', { arrangement: arranged({ calendars: names, zone }) }));
        const today = epochDay(dayIn(now, zone));
        const working = names.map(calendarNamed).filter((calendar) => calendar.isWorkingDay(today));
        expect(told(roster, now)).toBe(working.length === names.length);
      }),
    );
  });

  it('a digest that is due is that of today, and stays due until the day is over', () => {
    fc.assert(
      fc.property(anyTime, anyZone, anyInstant, fc.nat(24 * 60), (digestAt, zone, now, later) => {
        const roster = rosterOf(member('ann', { arrangement: arranged({ digestAt, zone }) }));
        const due = roster.digestDue('ann', now);
        if (due === null) return;
        expect(due).toBe(dayIn(now, zone));
        const after = new Date(Date.parse(now) + later * 60_000).toISOString();
        if (dayIn(after, zone) === due) expect(roster.digestDue('ann', after)).toBe(due);
      }),
    );
  });
});

describe('the digest of a day', () => {
  const roster = rosterOf(member('ann', { arrangement: arranged({ digestAt: '08:30' }) }));

  it('is due from its time on until midnight', () => {
    const at = (instant: string) => roster.digestDue('ann', instant);
    expect(at('2026-03-11T08:29:59Z')).toBeNull();
    expect(at('2026-03-11T08:30:00Z')).toBe('2026-03-11');
    expect(at('2026-03-11T23:59:59Z')).toBe('2026-03-11');
    expect(at('2026-03-12T00:00:00Z')).toBeNull();
  });

  it('comes once each day, also when the clocks skip its time or show it twice', () => {
    const early = rosterOf(member('ann', { arrangement: arranged({ digestAt: '01:30' }) }));
    for (const night of ['2026-03-29', '2026-10-25']) {
      const due: (string | null)[] = [];
      const from = Date.parse(`${plusDays(night, -1)}T12:00:00Z`);
      for (let minute = 0; minute < 24 * 60; minute += 1)
        due.push(early.digestDue('ann', new Date(from + minute * 60_000).toISOString()));
      const changes = due.filter((each, index) => index > 0 && each !== due[index - 1]);
      expect(changes).toEqual([null, night]);
    }
  });
});
