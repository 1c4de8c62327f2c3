import { pageOf, readsOf, type ReadDoor } from '../access/read-door.js';
import { id } from '../event-store/schema.js';
import { pageRequest } from '../platform/page.js';
import { ReminderQueries, reminderView } from './reminder.queries.js';

const read = readsOf<ReminderQueries>();

export const reminderReads: ReadDoor<ReminderQueries> = {
  queries: ReminderQueries,
  reads: {
    reminders: read({
      summary: 'Reminders: those on record, oldest first; or those that are due and not on record.',
      path: 'reminders',
      permission: 'reminders',
      params: pageRequest.extend({
        state: reminderView.shape.state.optional(),
        caseId: id.optional(),
      }),
      answer: pageOf(reminderView),
      ask: (queries, params) => queries.page(params),
    }),
  },
};
