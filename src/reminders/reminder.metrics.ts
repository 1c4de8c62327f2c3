import { setTimeout } from 'node:timers/promises';
import type { Queue } from 'bullmq';
import { Counter, Gauge, Histogram } from 'prom-client';

/** What an operator watches. */
export const reminderOutcomes = new Counter({
  name: 'redress_reminders_total',
  help: 'Reminders by what became of them: sent, failed, superseded, or why nothing was done (recorded, claimed, unaddressed).',
  labelNames: ['outcome'],
});

export const deadlinesMissed = new Counter({
  name: 'redress_deadlines_missed_total',
  help: 'Missed deadlines put on record.',
});

const PATIENCE_MS = 1_000;

let watched: Queue | undefined;
let lastSweep = Date.now();

/** From here on the queue is told of, and how long ago a sweep finished. */
export const watchReminders = (deliveries: Queue): void => {
  watched = deliveries;
  lastSweep = Date.now();
};

export const sweepFinished = (): void => {
  lastSweep = Date.now();
};

new Gauge({
  name: 'redress_reminder_queue_depth',
  help: 'Jobs in the queue now, whichever process put them there: pages of about thirty reminders that are waiting or active, and reminders that are delayed (to be tried again). Left out while the queue is out of reach.',
  labelNames: ['state'],
  async collect() {
    this.reset();
    // What waits for a queue that is away would wait for ever, and all else with it.
    const counts = await Promise.race([
      watched?.getJobCounts('waiting', 'delayed', 'active').catch(() => undefined),
      setTimeout(PATIENCE_MS, undefined, { ref: false }),
    ]);
    for (const [state, count] of Object.entries(counts ?? {})) this.set({ state }, count);
  },
});

new Gauge({
  name: 'redress_reminder_seconds_since_sweep',
  help: 'Seconds since this process last finished a sweep, or began to work. Each sweep is done by one of the workers: their minimum counts.',
  collect() {
    this.reset();
    if (watched) this.set((Date.now() - lastSweep) / 1000);
  },
});

export const dueToSentSeconds = new Histogram({
  name: 'redress_reminder_due_to_sent_seconds',
  help: 'Seconds from the sweep that found a reminder due until it was sent, with all that was tried in between.',
  buckets: [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 21_600],
});

export const oldestDueReminder = new Gauge({
  name: 'redress_reminder_oldest_due_days',
  help: 'Calendar days since the due date of the oldest reminder that is due and not on record, as of the latest sweep of this process; 0: none is overdue.',
});

export const unaddressedReminders = new Gauge({
  name: 'redress_reminders_unaddressed',
  help: 'Reminders that are due and wait because nobody knows where to write, as of the latest sweep of this process; set REDRESS_INTAKE_MAIL.',
});

export const sweepSeconds = new Histogram({
  name: 'redress_reminder_sweep_seconds',
  help: 'How long a sweep took that finished.',
  buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60],
});
