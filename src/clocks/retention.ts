import { z } from 'zod';
import { dateOf, epochDay, plusMonths } from './days.js';
import { described, whole } from './deadline-rule.js';

/** How long what is personal in a case is kept after its closing. Pure. */

export const OUTCOMES = [
  'determined',
  'withdrawn',
  'rejected',
  'referred',
  'resigned',
  'resolved-informally',
  'remedied',
  'not-stated',
] as const;

export const retentionRule = z.strictObject({
  months: described(whole(0, 1200), 'Whole months from the day of the closing on which it is kept.'),
  outcomes: described(z.array(z.enum(OUTCOMES)).min(1).optional(), 'Only cases closed so; left out: any.'),
  categories: described(
    z.array(z.string().min(1).max(200)).min(1).optional(),
    'Only cases of these categories; left out: any.',
  ),
});

export type RetentionRule = z.output<typeof retentionRule>;

/** What of a closed case says how long it is kept. */
export interface ClosedCase {
  readonly closedOn: string;
  readonly outcome: string;
  readonly category: string;
}

const fits = ({ outcomes, categories }: RetentionRule, { outcome, category }: ClosedCase): boolean =>
  (outcomes === undefined || outcomes.some((each) => each === outcome)) &&
  (categories === undefined || categories.includes(category));

/** The day from which it may and shall be erased, by the first rule that fits; undefined where none does. */
export const keptUntil = (rules: readonly RetentionRule[], closed: ClosedCase): string | undefined => {
  const rule = rules.find((each) => fits(each, closed));
  return rule && dateOf(plusMonths(epochDay(closed.closedOn), rule.months).day);
};
