import { z } from 'zod';
import { backlogFigures, type ReceivedBucket } from '../clocks/ages.js';
import type { WorkingCalendar } from '../clocks/calendar.js';
import { text, word } from '../event-store/schema.js';
import { agesOn } from './case-view.js';
import { basis, momentText, type Basis, type Moment } from './moment.js';

/** The backlog on a day: what may be asked and what is answered, the same at every door. */

const MOST_THRESHOLDS = 20;

export const backlogRequest = z.strictObject({
  asOf: momentText.optional(),
  basis: basis.default('known-now'),
  source: word.optional().describe('Cases of this register alone.'),
  calendar: text(40)
    .optional()
    .describe(
      "weekdays, a region such as GB-ENG, or a calendar of your own, as last revised; the organisation's, when absent.",
    ),
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
    asOf: z.string().describe('As it was asked; today, when it was not.'),
    basis,
    open: z.int(),
    withheld: z
      .int()
      .optional()
      .describe(
        'For an auditor, where there are any: how many more were open that are sealed from them. In no other figure here.',
      ),
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
  /** How many more are sealed from whoever asks, where they may know of the number. */
  readonly withheld: number;
  readonly buckets: readonly ReceivedBucket[];
  readonly oldest: readonly OpenCase[];
}

/** A question with nothing left open. */
export interface BacklogQuestion {
  readonly moment: Moment;
  readonly basis: Basis;
  readonly source: string | undefined;
  readonly calendar: WorkingCalendar;
  readonly over: readonly number[];
}

export const questionOf = (
  { basis: on, source, over }: BacklogRequest,
  moment: Moment,
  calendar: WorkingCalendar,
): BacklogQuestion => ({
  moment,
  basis: on,
  source,
  calendar,
  over: over.split(',').map(Number),
});

export const backlogOf = (
  { moment: { asOf, day }, basis: on, calendar, over }: BacklogQuestion,
  { buckets, oldest, withheld }: OpenCases,
): BacklogView => ({
  asOf,
  basis: on,
  ...backlogFigures(buckets, day, calendar, over),
  ...(withheld > 0 ? { withheld } : {}),
  oldest: oldest.map((one) => ({
    ...one,
    ...agesOn({ receivedOn: one.receivedOn, closures: [], pauses: [] }, day, calendar).gross,
  })),
});
