import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Job, Queue } from 'bullmq';
import type { Logger } from 'pino';
import { CONFIG, type Config } from '../platform/config.js';
import { LOG } from '../platform/log.js';
import { Queues } from '../platform/queue.js';
import { Delivery, named, type Outcome } from './delivery.worker.js';
import { dueToSentSeconds, watchReminders } from './reminder.metrics.js';
import type { Digest, ReminderKey } from './reminder.key.js';
import { Sweep, type Swept } from './sweep.worker.js';
import { waitBefore } from './waits.js';

const SWEEP = 'sweep';
/** They wait for a mail server and for what is committed together, not for the processor. */
export const AT_ONCE = 16;

/** The worker role: a scheduler that brings on a sweep each minute, the sweeps, and the deliveries. */
@Injectable()
export class ReminderWorker implements BeforeApplicationShutdown {
  private watch: NodeJS.Timeout | undefined;

  constructor(
    @Inject(Queues) private readonly queues: Queues,
    @Inject(Sweep) private readonly sweep: Sweep,
    @Inject(Delivery) private readonly delivery: Delivery,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  async start(): Promise<void> {
    const [sweeps, deliveries] = [
      await this.queues.queue('reminder-sweeps'),
      await this.queues.queue('reminder-deliveries'),
    ];
    watchReminders(deliveries);
    await this.queues.work<object, Swept>('reminder-sweeps', () => this.sweep.run(deliveries), {
      failed: (_, error) => this.log.warn({ reason: error.message }, 'reminders: a sweep failed'),
    });
    await this.queues.work<ReminderKey | Digest, Outcome>(
      'reminder-deliveries',
      (job) => this.delivered(job),
      {
        concurrency: AT_ONCE,
        settings: {
          backoffStrategy: (attempts, _, error, job) => (job ? waitBefore(attempts, error, job) : 0),
        },
        failed: (job, error) =>
          this.log.info(
            { ...(job && 'caseId' in job.data ? named(job.data) : {}), reason: error.message },
            'reminders: not delivered yet',
          ),
      },
    );
    await this.schedule(sweeps);
    this.keepScheduled(sweeps);
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.watch);
  }

  private async delivered(job: Job<ReminderKey | Digest, Outcome>): Promise<Outcome> {
    const { data, attemptsMade, opts, timestamp } = job;
    const last = attemptsMade + 1 >= (opts.attempts ?? 1);
    const againInMs = (error: unknown) => waitBefore(attemptsMade + 1, error, job);
    const outcome = await ('keys' in data
      ? this.delivery.digest(data, last, againInMs)
      : this.delivery.deliver(data, last, againInMs));
    if (outcome === 'sent') dueToSentSeconds.observe(Math.max(0, Date.now() - timestamp) / 1000);
    return outcome;
  }

  /** Asks first: a scheduler that is told anew each time would begin its interval anew each time. */
  private async schedule(sweeps: Queue): Promise<void> {
    const every = this.config.REDRESS_SWEEP_SECONDS * 1000;
    const standing = await sweeps.getJobScheduler(SWEEP);
    if (standing?.every === every && (await sweeps.getJobCountByTypes('delayed', 'waiting', 'active')) > 0)
      return;
    const opts = { removeOnComplete: true, removeOnFail: true };
    await sweeps.upsertJobScheduler(SWEEP, { every }, { name: SWEEP, opts });
  }

  /** The scheduler stands in the queue too, and may be lost with it. */
  private keepScheduled(sweeps: Queue): void {
    let asking = false;
    const look = async () => {
      if (asking) return;
      asking = true;
      try {
        await this.schedule(sweeps);
      } catch (error) {
        this.log.warn({ reason: (error as Error).message }, 'reminders: the schedule could not be looked at');
      } finally {
        asking = false;
      }
    };
    this.watch = setInterval(() => void look(), this.config.REDRESS_SWEEP_SECONDS * 1000);
    this.watch.unref();
  }
}
