import { z } from 'zod';
import { momentText } from '../backlog/moment.js';

/** Points of the past that somebody may name. */

const POSITION = /^\d{1,15}$/;
const VERSION = /^v([1-9]\d{0,8})$/;

export const momentOrPosition = z
  .string()
  .max(40)
  .refine(
    (given) => POSITION.test(given) || momentText.safeParse(given).success,
    'Give a position of the log, 1042; a day, 2018-03-28; or an instant with its offset, 2018-03-28T10:00:00+01:00.',
  )
  .describe(
    "A position of the log; or a day, which ends in the organisation's time zone, or an instant: all that was recorded by then.",
  );

export const casePoint = z
  .string()
  .max(40)
  .refine(
    (given) => VERSION.test(given) || momentOrPosition.safeParse(given).success,
    'Give a version of the case, v3; a position of the log, 1042; a day, 2018-03-28; or an instant with its offset, 2018-03-28T10:00:00+01:00.',
  )
  .describe(
    "A version of the case, v3; a position of the log, 1042; or a day, which ends in the organisation's time zone, or an instant: all that was recorded by then.",
  );

/** A version of the case, a position, or a moment, as it was named. */
export type Point =
  { readonly version: number } | { readonly position: number } | { readonly moment: string };

export const pointOf = (given: string): Point => {
  const version = VERSION.exec(given)?.[1];
  if (version !== undefined) return { version: Number(version) };
  return POSITION.test(given) ? { position: Number(given) } : { moment: given };
};
