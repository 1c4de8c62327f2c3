import type { ReadRow } from '../event-store/append.js';
import type { DeadlineRecord } from './reminder.js';

/** The read rows of a case's record: `reminders`, and its `missed_deadlines`. */
export const reminderRow = (
  caseId: string,
  version: number,
  { reminders, missed }: DeadlineRecord,
): ReadRow => ({
  table: 'reminders',
  text: JSON.stringify({ caseId, version, reminders, missed }),
});
