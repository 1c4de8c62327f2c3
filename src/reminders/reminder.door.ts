import type { CommandDoor } from '../access/command-door.js';
import { pageOf, readsOf, type ReadDoor } from '../access/read-door.js';
import { day, id, staffRef } from '../event-store/schema.js';
import { pageRequest } from '../platform/page.js';
import { ReminderCommand } from './reminder.handler.js';
import { reminder } from './reminder.js';
import { ReminderQueries } from './reminder.queries.js';
import { reminderView } from './reminder.view.js';

const { SendAgain, Snooze } = reminder.acts;

/** What people do about the reminders of a case; the rest of its record is the clock's and the worker's. */
export const reminderDoor: CommandDoor = {
  kind: 'deadlines',
  path: 'reminders',
  acts: { ...(SendAgain && { SendAgain }), ...(Snooze && { Snooze }) },
  command: ReminderCommand,
};

const read = readsOf<ReminderQueries>();

export const reminderReads: ReadDoor<ReminderQueries> = {
  queries: ReminderQueries,
  reads: {
    reminders: read({
      summary: 'Reminders: those on record, oldest first; or those that are due and not on record.',
      path: 'reminders',
      looks: 'nothing',
      permission: 'reminders',
      params: pageRequest.extend({
        state: reminderView.shape.state.optional(),
        caseId: id.optional(),
        recipient: staffRef.optional().describe('Whose they are: a staff reference.'),
        on: day.optional().describe('Of what is due, so only with that state: as if it were that day.'),
      }),
      answer: pageOf(reminderView),
      ask: (queries, params, sight) => queries.page(params, sight),
    }),
  },
};
