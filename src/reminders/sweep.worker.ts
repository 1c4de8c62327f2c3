import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Queue } from 'bullmq';
import type { Logger } from 'pino';
import { daysBetween } from '../clocks/days.js';
import { LiveCases } from '../clocks/live-cases.js';
import { Clock } from '../platform/clock.js';
import { CONFIG, type Config } from '../platform/config.js';
import { LOG } from '../platform/log.js';
import { Addresses } from './addresses.js';
import { pagesOf } from './pages.js';
import { DueReader } from './due.reader.js';
import { oldestDueReminder, sweepFinished, sweepSeconds, unaddressedReminders } from './reminder.metrics.js';
import { lineOf, type ReminderKey } from './reminder.key.js';
import type { ReminderView } from './reminder.view.js';

export interface Swept {
  readonly missed: number;
  /** Reminders that were queued, or were in the queue. */
  readonly due: number;
  /** Reminders that are due and wait, because nobody knows where to write. */
  readonly unaddressed: number;
}

/** The id of a reminder's job: the same each time, so that what waits in the queue is not put there again. */
const jobId = (key: ReminderKey): string =>
  `reminder-${createHash('sha256').update(lineOf(key)).digest('hex').slice(0, 40)}`;

/** Ids and days only: a queue holds no personal data. */
const keyOf = ({ caseId, deadline, dueOn, step, recipient }: ReminderKey): ReminderKey => ({
  caseId,
  deadline,
  dueOn,
  step,
  recipient,
});

/**
 * Finds what the clock has brought about: puts missed deadlines on record, reckons anew what a new rule
 * has not reached, and queues the reminders that are due and not
 * on record. It can be run at any time, as often as one likes, in several processes.
 */
@Injectable()
export class Sweep {
  constructor(
    @Inject(DueReader) private readonly reminders: DueReader,
    @Inject(LiveCases) private readonly live: LiveCases,
    @Inject(Addresses) private readonly addresses: Addresses,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  async run(queue: Queue): Promise<Swept> {
    const stop = sweepSeconds.startTimer();
    const [reached, queued] = await this.reachAndEnqueue(queue);
    const swept = { missed: reached.missesRecorded, ...queued };
    const seconds = stop();
    sweepFinished();
    this.log.debug({ ...swept, seconds }, 'reminders: swept');
    return swept;
  }

  /** Whatever became of the record, people are reminded. Errors: those of the record. */
  private async reachAndEnqueue(queue: Queue) {
    // Also what a command of another process reckoned by rules that had just been superseded.
    const [reached] = await Promise.allSettled([this.live.reach()]);
    const queued = await this.enqueueDue(queue);
    if (reached.status === 'rejected') throw reached.reason;
    return [reached.value, queued] as const;
  }

  private async enqueueDue(queue: Queue): Promise<Omit<Swept, 'missed'>> {
    const told = { due: 0, unaddressed: 0 };
    let oldest: string | undefined;
    const isAddressed = this.whoIsAddressed();
    for await (const found of pagesOf((request) => this.reminders.page(request))) {
      oldest ??= found[0]?.dueOn;
      const addressed = await Promise.all(found.map(isAddressed));
      const ready = found.filter((_, index) => addressed[index]);
      told.due += ready.length;
      told.unaddressed += found.length - ready.length;
      if (ready.length > 0) await queue.addBulk(ready.map((key) => this.jobOf(keyOf(key))));
    }
    oldestDueReminder.set(oldest === undefined ? 0 : Math.max(0, daysBetween(oldest, this.clock.today())));
    this.warnOf(told.unaddressed);
    return told;
  }

  /** Each recipient is looked up once in a sweep. */
  private whoIsAddressed(): (reminder: ReminderView) => Promise<boolean> {
    const asked = new Map<string, Promise<boolean>>();
    const ask = (recipient: string) => this.addresses.of(recipient).then((address) => address !== undefined);
    return ({ recipient }) => {
      const answer = asked.get(recipient) ?? ask(recipient);
      asked.set(recipient, answer);
      return answer;
    };
  }

  /** That an address is missing is for the organisation to mend: it is said here, and is no fact about any case. */
  private warnOf(unaddressed: number): void {
    unaddressedReminders.set(unaddressed);
    if (unaddressed > 0)
      this.log.warn(
        { unaddressed },
        'reminders: due, but nobody knows where to write; set REDRESS_INTAKE_MAIL; see `redress reminders due`',
      );
  }

  /** Tried again after waits that double; the record says what was done, and a job that were kept would keep its id taken. */
  private jobOf(data: ReminderKey) {
    const { REDRESS_MAIL_ATTEMPTS: attempts, REDRESS_MAIL_RETRY_SECONDS: wait } = this.config;
    const backoff = { type: 'exponential', delay: Math.ceil(wait * 1000), jitter: 0.3 };
    const opts = { jobId: jobId(data), attempts, backoff, removeOnComplete: true, removeOnFail: true };
    return { name: 'deliver', data, opts };
  }
}
