import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { everything } from '../access/sight.js';
import { caseAge, isOpenOn } from '../clocks/ages.js';
import { weekdays } from '../clocks/calendar.js';
import { PolicyBook } from '../clocks/policy.queries.js';
import { Refusal } from '../event-store/errors.js';
import { readConfig } from '../platform/config.js';
import { FixedClock } from '../../test/support/application.js';
import { recordCases, type RowFacts } from '../../test/support/case-rows.js';
import { freshDatabase, type FreshDatabase } from '../../test/support/database.js';
import { AsOf } from './as-of.reader.js';
import { backlogRequest } from './backlog-view.js';
import { BacklogQueries } from './backlog.queries.js';
import { Backlog } from './backlog.reader.js';

describe('the backlog on a day', () => {
  let database: FreshDatabase;
  let backlog: Backlog;

  beforeAll(async () => {
    database = await freshDatabase();
    const policies = new PolicyBook(database.pool, readConfig({}));
    const clock = new FixedClock();
    const asOf = AsOf.patient(database.pool, policies, clock);
    backlog = new Backlog(new BacklogQueries(database.pool), asOf, policies);
  });
  afterAll(() => database.drop());
  beforeEach(() => database.pool.query('TRUNCATE cases, case_gaps, deadlines'));

  const given = (...cases: RowFacts[]) => recordCases(database.pool, cases);
  const on = (asOf: string, asked: object = {}) =>
    backlog.on(backlogRequest.parse({ asOf, ...asked }), everything);
  const refusal = (asked: object) =>
    backlog.on(backlogRequest.parse(asked), everything).then(
      () => 'none',
      (error: Refusal) => error.code,
    );

  it('answers nothing, in figures, when nothing was received', async () => {
    const none = { n: 0, min: null, median: null, mean: null, p90: null, max: null, sum: 0 };
    expect(await on('2026-03-01')).toEqual({
      asOf: '2026-03-01',
      basis: 'known-now',
      open: 0,
      age: { calendarDays: none, workingDays: none },
      over: {
        calendarDays: { 90: 0, 180: 0, 365: 0 },
        workingDays: { 90: 0, 180: 0, 365: 0 },
      },
      oldest: [],
    });
  });

  it('counts a case from the day of its receipt until the day before it is closed', async () => {
    await given({ n: 1, receivedOn: '2026-01-10', closedOn: '2026-01-20' });
    const open = async (day: string) => (await on(day)).open;
    expect([await open('2026-01-09'), await open('2026-01-10')]).toEqual([0, 1]);
    expect([await open('2026-01-19'), await open('2026-01-20')]).toEqual([1, 0]);
  });

  it('leaves a reopened case out while it was closed', async () => {
    const gaps = [{ closedOn: '2026-01-15', reopenedOn: '2026-01-25' }];
    await given(
      { n: 1, receivedOn: '2026-01-10', gaps },
      { n: 2, receivedOn: '2026-01-10', gaps, closedOn: '2026-02-01' },
    );
    const open = async (day: string) => (await on(day)).oldest.length;
    expect([await open('2026-01-14'), await open('2026-01-15')]).toEqual([2, 0]);
    expect([await open('2026-01-24'), await open('2026-01-25'), await open('2026-02-01')]).toEqual([0, 2, 1]);
  });

  it('names the oldest ten, ties by source id as text', async () => {
    await given(
      ...Array.from({ length: 12 }, (_, n) => ({
        n,
        receivedOn: '2026-01-10',
        source: { name: 'old', id: String(n + 1) },
      })),
    );
    const { oldest } = await on('2026-01-12', { calendar: 'weekdays' });
    expect(oldest.map(({ sourceId }) => sourceId)).toEqual([
      '1',
      '10',
      '11',
      '12',
      '2',
      '3',
      '4',
      '5',
      '6',
      '7',
    ]);
    expect(oldest[0]).toEqual({
      reference: 'old/1',
      sourceId: '1',
      receivedOn: '2026-01-10',
      calendarDays: 2,
      workingDays: 1,
    });
  });

  it('counts the cases of one register alone', async () => {
    await given({ n: 1, source: { name: 'old', id: '1' } }, { n: 2 });
    expect((await on('2026-03-01', { source: 'old' })).open).toBe(1);
  });

  it('counts strictly more days than asked', async () => {
    await given({ n: 1, receivedOn: '2026-01-01' });
    expect((await on('2026-01-11', { over: '9,10' })).over.calendarDays).toEqual({ 9: 1, 10: 0 });
  });

  it('refuses a day to come, a register and a calendar that nobody knows', async () => {
    expect(await refusal({ asOf: '2026-03-03' })).toBe('as-of-in-future');
    expect(await refusal({ source: 'nowhere' })).toBe('unknown-source');
    expect(await refusal({ calendar: 'Atlantis' })).toBe('unknown-calendar');
  });

  const epoch = Date.parse('2026-01-01');
  const day = (n: number) => new Date(epoch + n * 86_400_000).toISOString().slice(0, 10);

  /** A case that was closed and reopened some times, its days in order. */
  const someCase = fc
    .array(fc.nat(12), { minLength: 1, maxLength: 6 })
    .map((steps) => steps.reduce<number[]>((days, step) => [...days, (days.at(-1) ?? 0) + step], []))
    .map(([received = 0, ...turns]) => {
      const reopened = Math.floor(turns.length / 2);
      const gaps = Array.from({ length: reopened }, (_, index) => ({
        closedOn: day(turns[2 * index] ?? 0),
        reopenedOn: day(turns[2 * index + 1] ?? 0),
      }));
      const closed = turns.length % 2 === 1 ? { closedOn: day(turns.at(-1) ?? 0) } : {};
      return { receivedOn: day(received), gaps, ...closed };
    });

  it('counts, whatever was closed and reopened, what the dates of each case say', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(someCase, { maxLength: 30 }), fc.nat(50), async (cases, n) => {
        await database.pool.query('TRUNCATE cases, case_gaps, deadlines');
        await given(...cases.map((each, index) => ({ ...each, n: index })));
        const datesOf = ({ receivedOn, gaps, closedOn }: Omit<RowFacts, 'n'> & { receivedOn: string }) => ({
          receivedOn,
          closures: [...(gaps ?? []), ...(closedOn === undefined ? [] : [{ closedOn, reopenedOn: null }])],
          pauses: [],
        });
        const open = cases.map(datesOf).filter((dates) => isOpenOn(dates, day(n)));
        const ages = open.map((dates) => caseAge(dates, day(n), weekdays)?.gross.calendarDays ?? 0);
        const answer = await on(day(n), { calendar: 'weekdays' });
        expect(answer.open).toBe(open.length);
        expect(answer.age.calendarDays.sum).toBe(ages.reduce((sum, age) => sum + age, 0));
        expect(answer.oldest.map(({ calendarDays }) => calendarDays)).toEqual(
          ages.toSorted((a, b) => b - a).slice(0, 10),
        );
      }),
      { numRuns: process.env['REDRESS_LONG'] ? 400 : 40 },
    );
  });
});
