import type { ReadRow } from '../event-store/append.js';
import type { DeadlineRecord } from './reminder.js';

/** The read rows of a case's record: `reminders`, its `missed_deadlines` and its `reminder_snoozes`. */
export const reminderRow = (
  caseId: string,
  version: number,
  { reminders, missed, snoozes }: DeadlineRecord,
): ReadRow => ({
  table: 'reminders',
  text: JSON.stringify({ caseId, version, reminders, missed, snoozes }),
});
