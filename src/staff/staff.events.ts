import { z } from 'zod';
import { told, type EventOf } from '../event-store/catalogue.js';
import { HELD_DUTIES } from '../clocks/ladder.js';
import { day, id, staffRef } from '../event-store/schema.js';
import { arrangement } from './arrangement.js';

/** What a staff stream can hold: duties, days away and wishes, by opaque references alone. Names stand with the party. */

export const duties = z
  .array(z.enum(HELD_DUTIES))
  .refine((held) => new Set(held).size === held.length, 'Name each duty once.');

export const absence = { from: day, until: day.describe('Its last day.'), deputyId: staffRef };

export const staffEvents = {
  StaffEnrolled: told({ staffId: staffRef, duties, leadId: staffRef.optional() }),
  DutiesChanged: told({ duties, leadId: staffRef.optional() }),
  RemindersArranged: told(arrangement),
  AbsenceRecorded: told({ absenceId: id, ...absence }),
  AbsenceEnded: told({ absenceId: id, lastDay: day }),
  FeedOpened: told({ feedId: id }),
  FeedRevoked: told({}),
};

export type StaffEvent = EventOf<typeof staffEvents>;
