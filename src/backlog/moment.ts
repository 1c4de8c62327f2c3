import { z } from 'zod';
import { day, instant } from '../event-store/schema.js';

/** As of when, and by whose knowledge, a question about the past is asked; the same at every door. */

export const BASES = ['known-now', 'known-then'] as const;
export type Basis = (typeof BASES)[number];

export const basis = z
  .enum(BASES)
  .describe(
    'known-now: what is known now to have happened by the end of that day; known-then: what had been recorded by then.',
  );

const isMoment = (text: string): boolean => day.safeParse(text).success || instant.safeParse(text).success;

export const momentText = z
  .string()
  .max(40)
  .refine(
    isMoment,
    'Give a day, 2018-03-28, or an instant with its offset, 2018-03-28T10:00:00+01:00, of the years 1900 to 2199.',
  )
  .describe(
    "A day, which ends in the organisation's time zone, or an instant. On the basis known-now, what happened goes by days.",
  );

/** A day and all that was recorded by its end, or an instant and all that was recorded by it. */
export type Moment = { readonly asOf: string; readonly day: string } & (
  { readonly before: string } | { readonly until: string }
);
