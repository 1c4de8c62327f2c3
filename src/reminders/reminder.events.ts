import { z } from 'zod';
import { event, type EventOf } from '../event-store/catalogue.js';
import { day, instant, personal, staffRef, word } from '../event-store/schema.js';
import { SUPERSEDED } from './reminder.standing.js';

/**
 * What the clock and the worker record about a case's deadlines, and what people say of reminders, in a stream of their own:
 * nobody who edits the case finds its version moved by them. A recipient is a staff reference, never an address.
 */

const about = { deadline: word, dueOn: day };
export const reminded = { ...about, step: word, recipient: word };

/** `messageId`: of a webhook its webhook-id. `digest`: the day of whose digest it was part; absent where it came by itself. */
export const sent = {
  messageId: word,
  via: z.enum(['smtp', 'outbox', 'webhook']),
  digest: day.optional(),
};
export const failureReason = z.enum([
  'no-address',
  'refused',
  'unreachable',
  'outbox-unwritable',
  'webhook-refused',
  'webhook-unreachable',
  'webhook-forbidden',
  'template-broken',
]);
export const failed = {
  reason: failureReason,
  smtpCode: z.int().optional(),
  httpStatus: z.int().optional(),
};
export const reasons = personal('case', 2000);
const backdatingReason = personal('case').optional();

export const reminderEvents = {
  DeadlineMissed: event(
    z.object({
      ...about,
      dueAt: instant,
      policy: word,
      nextDueOn: day.optional().describe('Of what recurs: when it falls due next unless something meets it.'),
    }),
  ),
  ReminderSent: event(z.object({ ...reminded, ...sent })),
  ReminderFailed: event(z.object({ ...reminded, ...failed })),
  ReminderSuperseded: event(
    z.object({
      ...reminded,
      why: z.enum(SUPERSEDED).describe('Why it no longer mattered when it was to be sent.'),
    }),
  ),
  ReminderRequeued: event(z.object(reminded)),
  ReminderSnoozed: event(z.object({ ...about, recipient: staffRef, until: day, reasons, backdatingReason })),
};

export type ReminderEvent = EventOf<typeof reminderEvents>;
