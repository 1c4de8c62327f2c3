import { z } from 'zod';
import { momentText } from '../backlog/moment.js';
import { legacyOutcome } from '../complaints/complaint.events.js';
import { day, word } from '../event-store/schema.js';
import { LENGTHS, type Period } from './periods.js';
import { FLOW, LIMITS, suppressed, type CountRow, type Hidden } from './suppression.js';

/** Figures that people publish: what may be asked, and what is answered, the same at every door. */

/** No release shows smaller counts than this; a question may ask for more caution, not for less. */
export const LEAST_SHOWN = 5;

const known = z
  .string()
  .refine(
    (text) => /^\d{1,15}$/.test(text) || momentText.safeParse(text).success,
    'Give a position of the log, a day or an instant.',
  )
  .describe(
    'With what had been recorded by then: a position of the log, a day or an instant; now, when absent.',
  );

export const statisticsRequest = z.strictObject({
  from: day,
  to: day,
  period: z.enum(LENGTHS).default('year'),
  by: z.enum(['category']).optional().describe('A row for each category too.'),
  source: word.optional().describe('Cases of this register alone.'),
  asKnown: known.optional(),
  threshold: z.coerce
    .number()
    .int()
    .min(LEAST_SHOWN, `Give ${LEAST_SHOWN} or more: smaller counts are never shown.`)
    .max(1000)
    .default(LEAST_SHOWN)
    .describe('Counts from 1 to one below it are left out, and what would tell them by subtraction.'),
});

export type StatisticsRequest = z.output<typeof statisticsRequest>;

/** How cases ended; `reopened`: the closing was undone since. */
export const ENDINGS = [...legacyOutcome.options, 'reopened'] as const;

/** As they stand among the other counts of a row. */
export const endingCount = (ending: string): string => `ended ${ending}`;

const count = z.int().nullable();
const ages = z
  .object({ median: z.number().nullable(), p90: z.int().nullable() })
  .meta({ id: 'PublishedAges' })
  .describe('In calendar days; null when it is left out or when there is none.');

const row = z
  .object({
    period: z.string(),
    from: z.iso.date(),
    to: z.iso.date(),
    category: z.string().nullable().describe('null: all cases.'),
    received: count,
    closed: count.describe(
      'Closings; one that its register dates before the receipt counts on the day of receipt.',
    ),
    reopened: count,
    openAtStart: count.describe('At the end of the day before.'),
    openAtEnd: count,
    withinLimit: count.describe('Closed by the due date of the deadlines that a closing meets.'),
    overLimit: count,
    withoutLimit: count.describe('No limit applied, or the closing was undone since.'),
    missed: count.describe('Deadlines recorded as missed, by the day on which they were due.'),
    outcomes: z.record(z.string(), count),
    ageAtClosing: ages,
    ageOfOpen: ages.describe('Of the cases open at the end.'),
  })
  .meta({ id: 'StatisticsRow' });

export type StatisticsRow = z.output<typeof row>;

export const RULE =
  'null is a count that is left out. Counts from 1 to one below the threshold are left out. A category with such a count in its flow (received, closed, reopened, open) is left out of all periods; one with such a count among limits, outcomes or missed deadlines has those left out of that period; what is left out is left out of two categories at least, and in the row of all cases of two counts that add up, so that nothing can be found by subtracting. Ages of fewer cases than the threshold are left out.';

export const statisticsView = z
  .object({
    from: z.iso.date(),
    to: z.iso.date(),
    period: z.enum(LENGTHS),
    by: z.enum(['category']).nullable(),
    source: z.string().nullable(),
    position: z.int().describe('Asked again with this as asKnown, the answer is the same to the byte.'),
    suppression: z.object({ threshold: z.int(), rule: z.string() }).meta({ id: 'Suppression' }),
    rows: z.array(row).readonly(),
  })
  .meta({ id: 'Statistics' });

export type StatisticsView = z.output<typeof statisticsView>;

/** Counts as they are, with the ages that go with them. */
export interface RawRow extends CountRow {
  readonly ageAtClosing: Ages;
  readonly ageOfOpen: Ages;
}

export interface Ages {
  readonly median: number | null;
  readonly p90: number | null;
}

const NONE: Ages = { median: null, p90: null };

const shownRow = (
  raw: RawRow,
  periods: readonly Period[],
  hidden: Hidden,
  threshold: number,
): StatisticsRow => {
  const out = hidden.get(raw);
  const shown = (name: string) => (out?.has(name) ? null : (raw.counts[name] ?? 0));
  const told = (name: string, of: Ages): Ages => ((shown(name) ?? 0) >= threshold ? of : NONE);
  const { name: period = '', from = '', to = '' } = periods[raw.period] ?? {};
  const counts = Object.fromEntries([...FLOW, ...LIMITS, 'missed'].map((name) => [name, shown(name)]));
  return {
    period,
    from,
    to,
    category: raw.category,
    ...(counts as Record<(typeof FLOW)[number] | (typeof LIMITS)[number] | 'missed', number | null>),
    outcomes: Object.fromEntries(ENDINGS.map((ending) => [ending, shown(endingCount(ending))])),
    ageAtClosing: told('closed', raw.ageAtClosing),
    ageOfOpen: told('openAtEnd', raw.ageOfOpen),
  };
};

/** What may be published of these figures. */
export const statisticsOf = (
  { from, to, period, by, source, threshold }: StatisticsRequest,
  position: number,
  periods: readonly Period[],
  raw: readonly RawRow[],
): StatisticsView => {
  const categories = new Set(raw.flatMap(({ category }) => category ?? []));
  // A single category is all cases.
  const rows =
    by === undefined || categories.size < 2 ? raw.filter(({ category }) => category === null) : raw;
  const hidden = suppressed(rows, ENDINGS.map(endingCount), threshold);
  return {
    from,
    to,
    period,
    by: by ?? null,
    source: source ?? null,
    position,
    suppression: { threshold, rule: RULE },
    rows: rows.map((each) => shownRow(each, periods, hidden, threshold)),
  };
};
