import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { freshDatabase, type FreshDatabase } from '../../test/support/database.js';
import { caseAge } from './ages.js';
import { calendarWithout } from './calendar.js';
import { dateOf, epochDay, yearOf } from './days.js';

const FIRST = epochDay('2023-12-01');
const LAST = epochDay('2025-02-28');
const RUNS = 40;

let database: FreshDatabase;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.drop());

const anyDay = fc.integer({ min: FIRST, max: LAST });
const anyDaysOff = fc.record({
  weekend: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { maxLength: 4 }),
  holidays: fc.uniqueArray(anyDay, { maxLength: 40 }),
});
const anyCases = fc.array(fc.tuple(anyDay, anyDay), { minLength: 1, maxLength: 30 });

// By subtraction from the engine's running numbers; and counted day by day from the days off, which knows no engine.
const AGES = `
  WITH numbers AS (SELECT * FROM unnest($1::date[], $2::int[]) AS n(day, running))
  SELECT upto.running - since.running AS subtracted,
    (SELECT count(*)::int FROM generate_series(received + 1, last, '1 day') AS each(day)
      WHERE extract(isodow FROM each.day) <> ALL ($5::int[]) AND each.day::date <> ALL ($6::date[])) AS counted
  FROM unnest($3::date[], $4::date[]) WITH ORDINALITY AS cases(received, last, nth)
  JOIN numbers since ON since.day = received JOIN numbers upto ON upto.day = last
  ORDER BY nth`;

it('a working-day age is a subtraction of running numbers in SQL, on any calendar', async () => {
  const days = Array.from({ length: LAST - FIRST + 1 }, (_, n) => FIRST + n);
  await fc.assert(
    fc.asyncProperty(anyDaysOff, anyCases, async ({ weekend, holidays }, drawn) => {
      const holidaysIn = (year: number) => holidays.filter((day) => yearOf(day) === year);
      const calendar = calendarWithout('any', { weekend, holidaysIn });
      const cases = drawn.map(([one, other]) => [Math.min(one, other), Math.max(one, other)].map(dateOf));
      const { rows } = await database.pool.query<{ subtracted: number; counted: number }>(AGES, [
        days.map(dateOf),
        days.map((day) => calendar.runningNumber(day)),
        cases.map(([received]) => received),
        cases.map(([, last]) => last),
        weekend,
        holidays.map(dateOf),
      ]);
      const ages = cases.map(
        ([receivedOn = '', last = '']) =>
          caseAge({ receivedOn, closures: [], pauses: [] }, last, calendar)?.gross.workingDays,
      );
      expect(rows.map(({ subtracted }) => subtracted)).toEqual(ages);
      expect(rows.map(({ counted }) => counted)).toEqual(ages);
    }),
    { numRuns: RUNS },
  );
});
