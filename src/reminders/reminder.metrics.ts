import { Counter, Gauge, Histogram } from 'prom-client';

/** What an operator watches. */
export const reminderOutcomes = new Counter({
  name: 'redress_reminders_total',
  help: 'Reminders by what became of them.',
  labelNames: ['outcome'],
});

export const deadlinesMissed = new Counter({
  name: 'redress_deadlines_missed_total',
  help: 'Missed deadlines put on record.',
});

export const reminderQueueDepth = new Gauge({
  name: 'redress_reminder_queue_depth',
  help: 'Reminders in the queue, waiting or under way, as of the latest sweep.',
});

export const oldestDueReminder = new Gauge({
  name: 'redress_reminder_oldest_due_days',
  help: 'Calendar days since the due date of the oldest reminder that is due and not on record; 0: none is overdue.',
});

export const unaddressedReminders = new Gauge({
  name: 'redress_reminders_unaddressed',
  help: 'Reminders that are due and wait because nobody knows where to write, as of the latest sweep; set REDRESS_INTAKE_MAIL.',
});

export const sweepSeconds = new Histogram({
  name: 'redress_reminder_sweep_seconds',
  help: 'How long a sweep took.',
  buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60],
});
