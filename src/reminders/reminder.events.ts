import { z } from 'zod';
import { event, type EventOf } from '../event-store/catalogue.js';
import { day, instant, word } from '../event-store/schema.js';

/**
 * What the clock and the worker record about a case's deadlines, in a stream of their own that no person edits. Nothing
 * in them is personal: a recipient is a staff reference, never an address.
 */

const about = { deadline: word, dueOn: day };
export const reminded = { ...about, step: word, recipient: word };

export const failureReason = z.enum(['no-address', 'refused', 'unreachable', 'outbox-unwritable']);

export const reminderEvents = {
  DeadlineMissed: event(
    z.object({
      ...about,
      dueAt: instant,
      policy: word,
      nextDueOn: day.optional().describe('Of what recurs: when it falls due next unless something meets it.'),
    }),
  ),
  ReminderSent: event(z.object({ ...reminded, messageId: word, via: z.enum(['smtp', 'outbox']) })),
  ReminderFailed: event(z.object({ ...reminded, reason: failureReason, smtpCode: z.int().optional() })),
};

export type ReminderEvent = EventOf<typeof reminderEvents>;
