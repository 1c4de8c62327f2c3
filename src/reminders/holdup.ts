import { z } from 'zod';

/** Why a reminder that is due was not sent yet: a stable code, an instant or a day where there is one, and a sentence. */
export const holdup = z
  .object({
    code: z.enum([
      'absence',
      'snoozed',
      'no-address',
      'quiet-hours',
      'non-working-day',
      'digest',
      'retry',
      'claimed',
      'next-sweep',
    ]),
    until: z
      .string()
      .nullable()
      .describe(
        'An instant; a day of an absence, its last one, and of what was put off; null: none is known.',
      ),
    words: z.string().describe('The same as a sentence.'),
  })
  .meta({ id: 'ReminderWait' });

export type Holdup = z.output<typeof holdup>;
type Code = Holdup['code'];

/** The sentence of each, of whoever or whatever it is about. */
const SENTENCES = {
  absence: (until: string | null, whose: string) =>
    `It goes to the deputy of ${whose}, who is away${until === null ? '' : ` until the end of ${until}`}.`,
  snoozed: (until: string | null) => `Its recipient put it off: nothing is told before ${until}.`,
  'no-address': () =>
    'Nobody knows where to write: give the mail address of their party, or set REDRESS_INTAKE_MAIL.',
  'quiet-hours': (until: string | null) => `It is quiet with its recipient until ${until}.`,
  'non-working-day': (until: string | null) =>
    `It is no working day of its recipient; the next one begins ${until === null ? 'on no day that is near' : `at ${until}`}.`,
  digest: (until: string | null) => `It comes in the digest of ${until}.`,
  retry: (until: string | null, why: string) =>
    `It did not get away (${why}); it is tried again ${until === null ? 'now' : `at about ${until}`}.`,
  claimed: (until: string | null) =>
    `A worker is at it; should that have died, another takes it up after ${until}.`,
  'next-sweep': () => 'Nothing holds it up: it goes out with the next sweep.',
} satisfies Record<Code, (until: string | null, about: string) => string>;

export const heldUp = (code: Code, until: string | null = null, about = ''): Holdup => ({
  code,
  until,
  words: SENTENCES[code](until, about),
});
