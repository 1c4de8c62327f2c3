import { z } from 'zod';
import { backlogFigures, type ReceivedBucket } from '../clocks/ages.js';
import { calendarNamed, type WorkingCalendar } from '../clocks/calendar.js';
import { InvalidInput } from '../event-store/errors.js';
import { day, text, word } from '../event-store/schema.js';
import { agesOn } from './case-view.js';

/** The backlog on a day: what may be asked and what is answered, the same at every door. */

export const BASES = ['known-now', 'known-then'] as const;
const MOST_THRESHOLDS = 20;

export const backlogRequest = z.strictObject({
  asOf: day.optional().describe("The end of that day in the organisation's time zone; today, when absent."),
  basis: z
    .enum(BASES, `Give ${BASES.join(' or ')}.`)
    .default('known-now')
    .describe('known-now: with what was recorded since; known-then: with what had been recorded by then.'),
  source: word.optional().describe('Cases of this register alone.'),
  calendar: text(40)
    .optional()
    .describe("weekdays, or a region such as GB-ENG; the organisation's, when absent."),
  over: z
    .string()
    .regex(/^\d{1,5}(,\d{1,5})*$/, 'Give days with commas between them, such as 90,180,365.')
    .refine((list) => list.split(',').length <= MOST_THRESHOLDS, `Give at most ${MOST_THRESHOLDS} of them.`)
    .default('90,180,365')
    .describe('How many cases are strictly older than each of these days.'),
});

export type BacklogRequest = z.output<typeof backlogRequest>;

const statistics = z
  .object({
    n: z.int(),
    min: z.int().nullable(),
    median: z.number().nullable().describe('The mean of the two middle values when n is even.'),
    mean: z.number().nullable().describe('To 4 decimals.'),
    p90: z.int().nullable().describe('By nearest rank.'),
    max: z.int().nullable(),
    sum: z.int(),
  })
  .meta({ id: 'AgeStatistics' });

const counts = z.record(z.string(), z.int());

export const backlogView = z
  .object({
    asOf: z.iso.date(),
    basis: z.enum(BASES),
    open: z.int(),
    age: z
      .object({ calendarDays: statistics, workingDays: statistics })
      .meta({ id: 'BacklogAge' })
      .describe('Statistics are null when n is 0.'),
    over: z.object({ calendarDays: counts, workingDays: counts }).meta({ id: 'BacklogOver' }),
    oldest: z
      .array(
        z
          .object({
            reference: z.string(),
            sourceId: z.string().nullable(),
            receivedOn: z.iso.date(),
            calendarDays: z.int(),
            workingDays: z.int(),
          })
          .meta({ id: 'OldestCase' }),
      )
      .readonly()
      .describe('Ten, oldest first, ties by source id.'),
  })
  .meta({ id: 'Backlog' });

export type BacklogView = z.output<typeof backlogView>;

/** One open case, as the ten oldest name it. */
export interface OpenCase {
  readonly reference: string;
  readonly sourceId: string | null;
  readonly receivedOn: string;
}

/** What was open on a day: how many of each day of receipt, and the oldest ten. */
export interface OpenCases {
  readonly buckets: readonly ReceivedBucket[];
  readonly oldest: readonly OpenCase[];
}

/** A question with nothing left open. */
export interface BacklogQuestion {
  readonly asOf: string;
  readonly basis: BacklogRequest['basis'];
  readonly source: string | undefined;
  readonly calendar: WorkingCalendar;
  readonly over: readonly number[];
}

/** Errors: InvalidInput `as-of-in-future`, RuleBroken `unknown-calendar`. */
export const questionOf = (
  { asOf, basis, source, calendar, over }: BacklogRequest,
  usual: { readonly today: string; readonly calendar: WorkingCalendar },
): BacklogQuestion => {
  if (asOf !== undefined && asOf > usual.today)
    throw new InvalidInput(
      'as-of-in-future',
      `${asOf} is in the future; nobody knows yet what will be open then. Give ${usual.today} or an earlier day.`,
    );
  return {
    asOf: asOf ?? usual.today,
    basis,
    source,
    calendar: calendar === undefined ? usual.calendar : calendarNamed(calendar),
    over: over.split(',').map(Number),
  };
};

export const backlogOf = (
  { asOf, basis, calendar, over }: BacklogQuestion,
  { buckets, oldest }: OpenCases,
): BacklogView => ({
  asOf,
  basis,
  ...backlogFigures(buckets, asOf, calendar, over),
  oldest: oldest.map((one) => ({
    ...one,
    ...agesOn({ receivedOn: one.receivedOn, closures: [], pauses: [] }, asOf, calendar).gross,
  })),
});
