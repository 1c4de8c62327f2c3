import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { calendarNamed, combined } from './calendar.js';
import { rule } from '../../test/support/clocks.js';
import { dueAt, dueOn, type Clock } from './deadline.js';
import { assertExtensionAllowed } from './extension.js';
import { occurrencesOf } from './occurrences.js';
import { parsePolicySet } from './policy-set.js';

/** The shipped presets, each against a table worked by hand. Day and month names are those of the real calendar. */

const preset = (name: string) => {
  const policy = parsePolicySet(
    readFileSync(new URL(`../../policies/${name}.yaml`, import.meta.url), 'utf8'),
    name,
  );
  const calendar = combined(policy.calendars.map(calendarNamed), policy.combine);
  const named = (key: string) => {
    const found = policy.deadlines.find((each) => each.key === key);
    if (!found) throw new Error(`${name} has no deadline ${key}.`);
    return found;
  };
  const due = (key: string, startedOn: string, more: Partial<Clock> = {}) =>
    dueOn(named(key), { startedOn, pauses: [], extensions: [], ...more }, calendar, '2199-12-31');
  return { policy, calendar, named, due };
};

type Row = readonly [key: string, start: string, due: string];

const golden = (name: string, rows: readonly Row[]) =>
  test.each(rows)('%s from %s is due on %s', (key, start, due) =>
    expect(preset(name).due(key, start)).toBe(due),
  );

describe.each(['housing-ombudsman', 'lgsco'])('%s', (name) => {
  golden(name, [
    // Wed 28 March 2018: Thu 29 is 1; Good Friday 30 and Easter Monday 2 April are off; Tue 3, Wed 4, Thu 5, Fri 6.
    ['acknowledge', '2018-03-28', '2018-04-06'],
    // Received on Saturday 7 April 2018: Monday 9 is day 1, Friday 13 day 5.
    ['acknowledge', '2018-04-07', '2018-04-13'],
    // Fri 21 December 2018: Mon 24 is 1; 25, 26 off; Thu 27, Fri 28, Mon 31; 1 January off; Wed 2 is 5.
    ['acknowledge', '2018-12-21', '2019-01-02'],
    // Acknowledged Fri 6 April 2018: Mon 9 to Fri 13 are 1 to 5, Mon 16 to Fri 20 are 6 to 10.
    ['respond', '2018-04-06', '2018-04-20'],
    // Acknowledged Wed 2 May 2018: Thu 3, Fri 4; Mon 7 is the May holiday; Tue 8 to Fri 11 are 3 to 6; Thu 17 is 10.
    ['respond', '2018-05-02', '2018-05-17'],
  ]);

  golden(name, [
    // Stage 2 asked for on Wed 28 March 2018: as five working days over Easter.
    ['acknowledge-stage-2', '2018-03-28', '2018-04-06'],
    // Acknowledged Fri 6 April 2018: 9 to 13 are 5, 16 to 20 are 10, 23 to 27 are 15, 30 April to Fri 4 May are 20.
    ['respond-stage-2', '2018-04-06', '2018-05-04'],
    // Acknowledged Wed 2 May 2018: 3, 4 are 2; 7 May is off; 8 to 11 are 6, 14 to 18 are 11, 21 to 25 are 16; 28 May is off; 29 to Fri 1 June are 20.
    ['respond-stage-2', '2018-05-02', '2018-06-01'],
  ]);

  test('one extension, by ten working days at most', () => {
    // Due Fri 20 April; ten working days more: Mon 23 to Fri 27 are 5, Mon 30 April to Fri 4 May are 10.
    const { named, calendar } = preset(name);
    const request = {
      dueOn: '2018-04-20',
      unextendedDueOn: '2018-04-20',
      askedOn: '2018-04-20',
      granted: 0,
      reasoned: true,
    };
    const extend = (to: string) => assertExtensionAllowed(named('respond'), { ...request, to }, calendar);
    expect(() => extend('2018-05-04')).not.toThrow();
    expect(() => extend('2018-05-05')).toThrow(expect.objectContaining({ code: 'extension-over-cap' }));
  });

  test('no pause stops it', () =>
    expect(
      preset(name).due('respond', '2018-04-06', { pauses: [{ from: '2018-04-09', to: '2018-04-16' }] }),
    ).toBe('2018-04-20'));
});

describe('stage 2', () => {
  const request = {
    dueOn: '2018-05-04',
    unextendedDueOn: '2018-05-04',
    askedOn: '2018-05-04',
    granted: 0,
    reasoned: true,
  };
  const extend = (name: string, to: string) => {
    const { named, calendar } = preset(name);
    assertExtensionAllowed(named('respond-stage-2'), { ...request, to }, calendar);
  };

  test('is extended by a landlord by the ten working days on which all sources agree', () => {
    // Due Fri 4 May; Mon 7 is off; 8 to 11 are 4, 14 to 18 are 9; Mon 21 is 10.
    expect(() => extend('housing-ombudsman', '2018-05-21')).not.toThrow();
    expect(() => extend('housing-ombudsman', '2018-05-22')).toThrow(
      expect.objectContaining({ code: 'extension-over-cap' }),
    );
  });

  test('is not extended by a council', () =>
    expect(() => extend('lgsco', '2018-05-08')).toThrow(
      expect.objectContaining({ code: 'extension-not-allowed' }),
    ));
});

describe('FCA DISP 1.6', () => {
  golden('fca-disp-1-6', [
    // Received Thu 29 March 2018: Good Friday and Easter Monday off; Tue 3, Wed 4, Thu 5 April.
    ['summary-resolution', '2018-03-29', '2018-04-05'],
    // Received on a Saturday: Mon 9, Tue 10, Wed 11 April 2018.
    ['summary-resolution', '2018-04-07', '2018-04-11'],
    // 56 days: 3 left in March, 30 in April, 23 in May.
    ['final-response', '2018-03-28', '2018-05-23'],
    // Eight weeks from a Saturday end on a Saturday, and stay there.
    ['final-response', '2018-03-31', '2018-05-26'],
    // Mon 3 December 2018: 4 to 7 are 4, 10 to 14 are 9, 17 to 21 are 14; Mon 24 is 15.
    ['payment-response', '2018-12-03', '2018-12-24'],
  ]);

  test('payment services exceptionally have 35 business days', () => {
    // From Mon 24 December 2018 twenty more: 27, 28, 31 are 3; 2 to 4 January 6, 7 to 11 are 11, 14 to 18 16; Thu 24 is 20.
    const { named, calendar } = preset('fca-disp-1-6');
    const request = {
      dueOn: '2018-12-24',
      unextendedDueOn: '2018-12-24',
      askedOn: '2018-12-20',
      granted: 0,
      reasoned: true,
    };
    const extend = (to: string) =>
      assertExtensionAllowed(named('payment-response'), { ...request, to }, calendar);
    expect(() => extend('2019-01-24')).not.toThrow();
    expect(() => extend('2019-01-25')).toThrow(expect.objectContaining({ code: 'extension-over-cap' }));
  });

  test('a payment complaint has the one limit, any other complaint the other', () => {
    const { named } = preset('fca-disp-1-6');
    expect(named('final-response').appliesTo.exceptCategories).toEqual(
      named('payment-response').appliesTo.categories,
    );
  });
});

describe('police, SI 2020/2', () => {
  golden('police-si-2020-2', [
    ['delay-report', '2018-03-28', '2019-03-28'],
    ['delay-report', '2020-02-29', '2021-02-28'],
    // Mon 5 March 2018 + 28 days, over the change to summer time on the 25th: Mon 2 April, Easter Monday.
    ['progress-update', '2018-03-05', '2018-04-02'],
    // Wed 28 March 2018: as five working days over Easter.
    ['outcome', '2018-03-28', '2018-04-06'],
  ]);

  const occurrences = (key: string, startedOn: string, updates: string[], until: string) => {
    const { named, calendar } = preset('police-si-2020-2');
    const clock = { startedOn, pauses: [], extensions: [] };
    return occurrencesOf({
      rule: named(key),
      clock,
      calendar,
      today: until,
      until,
      updates,
      endedOn: null,
    }).map(({ dueOn: due, metOn }) => [due, metOn]);
  };

  test('a report at twelve months and then every six, late or not', () =>
    // Received 31 August 2018: 31 August 2019, 29 February 2020, 31 August 2020. The first report came on 2 September.
    expect(occurrences('delay-report', '2018-08-31', ['2019-09-02'], '2020-03-01')).toEqual([
      ['2019-08-31', '2019-09-02'],
      ['2020-02-29', null],
      ['2020-08-31', null],
    ]));

  test('an update every four weeks from the one before', () =>
    // Opened Mon 5 March 2018; told on 28 March, so again by 25 April; not told then, so missed; next 23 May.
    expect(occurrences('progress-update', '2018-03-05', ['2018-03-28'], '2018-05-01')).toEqual([
      ['2018-04-02', '2018-03-28'],
      ['2018-04-25', null],
      ['2018-05-23', null],
    ]));
});

describe('whistleblowers, directive 2019/1937', () => {
  golden('whistleblower-2019-1937', [
    // Sat 24 March 2018 + 7 = Sat 31 March: calendar days, over the change to summer time.
    ['acknowledge', '2018-03-24', '2018-03-31'],
    ['feedback', '2018-03-31', '2018-06-30'],
    ['feedback', '2018-11-30', '2019-02-28'],
  ]);

  test('the day in Brussels ends at 22:00 or 23:00 UTC', () => {
    const { named, policy } = preset('whistleblower-2019-1937');
    expect(dueAt(named('acknowledge'), '2018-03-24', policy.zone)).toBe('2018-03-25T00:00:00+01:00');
    expect(dueAt(named('acknowledge'), '2018-03-25', policy.zone)).toBe('2018-03-26T00:00:00+02:00');
  });

  test('feedback exceptionally has six months', () => {
    const { named, calendar } = preset('whistleblower-2019-1937');
    const request = {
      dueOn: '2018-06-30',
      unextendedDueOn: '2018-06-30',
      to: '2018-09-30',
      askedOn: '2018-06-01',
      granted: 0,
      reasoned: true,
    };
    expect(() => assertExtensionAllowed(named('feedback'), request, calendar)).not.toThrow();
  });
});

describe('universities, OIA', () => {
  golden('university-oia', [
    // 3 left in March, 30 in April, 31 in May, 26 in June: 90.
    ['resolve', '2018-03-28', '2018-06-26'],
    ['completion-letter', '2018-06-26', '2018-07-24'],
  ]);
});

describe('an employment hearing, ERA 1999 s.10', () => {
  // Five working days, beginning with the first working day after the day that was proposed.
  golden('employment-hearing', [
    // Proposed Thu 12 April 2018: Fri 13 is 1; Mon 16, Tue 17, Wed 18, Thu 19 are 2 to 5.
    ['postponed-hearing', '2018-04-12', '2018-04-19'],
    // Proposed Wed 28 March 2018: Thu 29 is 1; Good Friday 30 and Easter Monday 2 April are off; Tue 3 to Fri 6 are 2 to 5.
    ['postponed-hearing', '2018-03-28', '2018-04-06'],
    // Proposed on Saturday 7 April 2018: Monday 9 is 1, Friday 13 is 5.
    ['postponed-hearing', '2018-04-07', '2018-04-13'],
    // Proposed Fri 21 December 2018: Mon 24 is 1; 25, 26 off; Thu 27, Fri 28, Mon 31 are 2 to 4; 1 January off; Wed 2 is 5.
    ['postponed-hearing', '2018-12-21', '2019-01-02'],
    // Proposed Thu 3 May 2018: Fri 4 is 1; Mon 7 is the May holiday; Tue 8 to Fri 11 are 2 to 5.
    ['postponed-hearing', '2018-05-03', '2018-05-11'],
  ]);

  test('knows no pause and no extension', () =>
    expect(preset('employment-hearing').named('postponed-hearing')).toMatchObject({
      pausable: false,
      extension: null,
    }));
});

describe('the default', () => {
  golden('default', [
    ['acknowledge', '2018-03-28', '2018-04-06'],
    ['resolve', '2018-03-28', '2018-06-26'],
  ]);

  test('the days of a pause are given back to the resolution, and not to the acknowledgement', () => {
    const pauses = [{ from: '2018-03-29', to: '2018-04-05', reason: 'police-investigation' }];
    expect(preset('default').due('resolve', '2018-03-28', { pauses })).toBe('2018-07-03');
    expect(preset('default').due('acknowledge', '2018-03-28', { pauses })).toBe('2018-04-06');
  });
});

describe('the postponement of an employment hearing, ERA 1999 s.10', () => {
  // Five working days beginning with the first working day after the proposed day. No event of a complaint starts it yet.
  const calendar = calendarNamed('GB-ENG');
  const within = (proposed: string) =>
    dueOn(rule({ count: 5 }), { startedOn: proposed, pauses: [], extensions: [] }, calendar, proposed);
  /** The same by the other rule: told from the first working day after, which is day 1 itself. */
  const including = (first: string) =>
    dueOn(
      rule({ count: 5, dayZeroRule: 'include' }),
      { startedOn: first, pauses: [], extensions: [] },
      calendar,
      first,
    );

  test.each([
    // Proposed Wed 28 March 2018: Thu 29 is 1; Tue 3, Wed 4, Thu 5, Fri 6 April is 5.
    ['2018-03-28', '2018-03-29', '2018-04-06'],
    // Proposed Fri 13 April 2018: Mon 16 is 1, Fri 20 is 5.
    ['2018-04-13', '2018-04-16', '2018-04-20'],
  ])('proposed on %s, beginning with %s, ends on %s', (proposed, first, due) => {
    expect(within(proposed)).toBe(due);
    expect(including(first)).toBe(due);
  });
});
