import { z } from 'zod';
import { calendarName } from '../clocks/calendar.js';
import { timeOfDay, zone } from '../event-store/schema.js';

/** How a member of staff wants to be reminded. */

const quietHours = z
  .strictObject({ from: timeOfDay, until: timeOfDay })
  .refine(({ from, until }) => from !== until, 'Let quiet hours end at another time than they begin.');

export const arrangement = {
  by: z.enum(['mail', 'webhook']).describe('The channel.'),
  digestAt: timeOfDay
    .nullable()
    .default(null)
    .describe(
      'When one letter comes that holds all of the day, by the clocks of the zone; null: one by one.',
    ),
  quiet: quietHours
    .nullable()
    .default(null)
    .describe(
      'Nothing comes from this time until that one, which may be on the next day; null: at any time.',
    ),
  zone,
  calendars: z
    .array(calendarName)
    .max(20)
    .refine((names) => new Set(names).size === names.length, 'Name each calendar once.')
    .default([])
    .describe('Reminders come on days that are working days in all of these; []: on any day.'),
};

const arranged = z.object(arrangement);
export type Arrangement = z.output<typeof arranged>;

/** Before anything is arranged: by mail, one by one, at any time. */
export const usualIn = (organisationZone: string): Arrangement => ({
  by: 'mail',
  digestAt: null,
  quiet: null,
  zone: organisationZone,
  calendars: [],
});

/** Whether a clock that shows this time shows a quiet hour; of hours that pass midnight, both ends are. */
export const isQuiet = ({ quiet }: Pick<Arrangement, 'quiet'>, time: string): boolean => {
  if (quiet === null) return false;
  const begun = time >= quiet.from;
  const notOver = time < quiet.until;
  return quiet.from < quiet.until ? begun && notOver : begun || notOver;
};
