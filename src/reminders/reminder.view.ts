import { z } from 'zod';
import { holdup } from './holdup.js';

/** A reminder as the doors show it. */
export const reminderView = z
  .object({
    caseId: z.uuid(),
    reference: z.string(),
    deadline: z.string(),
    dueOn: z.string(),
    step: z.string(),
    recipient: z.string().describe('A staff reference, or intake where nobody handles the case.'),
    state: z
      .enum(['due', 'sent', 'failed', 'superseded', 'requeued'])
      .describe(
        'superseded: it no longer mattered when it was to be sent. requeued: it failed, and is to be sent again.',
      ),
    at: z.string().nullable().describe('When it was sent, failed for good, or was put aside.'),
    reason: z.string().nullable().describe('Why it failed, or no longer mattered.'),
    waits: z
      .array(holdup)
      .readonly()
      .describe('Of what is due: why it was not sent yet, and whom it goes to instead of whom.'),
  })
  .meta({ id: 'Reminder' });

export type ReminderView = z.output<typeof reminderView>;
