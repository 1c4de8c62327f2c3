import type { ReadRow } from '../event-store/append.js';
import type { Entry } from '../event-store/event.js';
import type { ReminderEvent } from './reminder.events.js';
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

/** The same of what just came on record: of a case that was reminded a hundred times, the other rows stay as they are. */
export const rowOfEntries = (
  caseId: string,
  version: number,
  { phase, reminders, missed, snoozes }: DeadlineRecord,
  entries: readonly Entry<ReminderEvent>[],
): ReadRow => {
  const isNew = ({ id }: { readonly id: string }): boolean => entries.some((entry) => entry.id === id);
  return reminderRow(caseId, version, {
    phase,
    reminders: reminders.filter(isNew),
    missed: missed.filter(isNew),
    snoozes: entries.some(({ type }) => type === 'ReminderSnoozed') ? snoozes : [],
  });
};
