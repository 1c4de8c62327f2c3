import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Queue } from 'bullmq';
import type { Logger } from 'pino';
import { CONFIG, type Config } from '../platform/config.js';
import { LOG } from '../platform/log.js';
import { Queues } from '../platform/queue.js';
import { atMost } from './at-most.js';
import { deliveryJob, lettersOf, type DeliveryData, type Load } from './delivery.jobs.js';
import { Delivery, named, NotYet } from './delivery.worker.js';
import type { ReminderKey } from './reminder.key.js';
import { dueToSentSeconds, watchReminders } from './reminder.metrics.js';
import { Sweep, type Swept } from './sweep.worker.js';

const SWEEP = 'sweep';
/** They wait for a mail server and for what is committed together, not for the processor. */
export const AT_ONCE = 16;
/** While the last of one page are told, the first of the next one are. */
const PAGES_AT_ONCE = 2;

/** The worker role: a scheduler that brings on a sweep each minute, the sweeps, and the deliveries. */
@Injectable()
export class ReminderWorker implements BeforeApplicationShutdown {
  private watch: NodeJS.Timeout | undefined;
  private isLeaving = false;
  private readonly inTurn = atMost(AT_ONCE);

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
    await this.queues.work<DeliveryData, void>(
      'reminder-deliveries',
      ({ data }) => this.work(data, deliveries),
      {
        concurrency: PAGES_AT_ONCE,
        failed: (_, error) => this.log.warn({ reason: error.message }, 'reminders: left to the next sweep'),
      },
    );
    await this.schedule(sweeps);
    this.keepScheduled(sweeps);
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.watch);
    this.isLeaving = true;
  }

  /** Each letter by itself: what becomes of one changes nothing for the others. Errors: what the queue says. */
  private async work(data: DeliveryData, deliveries: Queue): Promise<void> {
    const { foundAt, again } = data;
    const later = async (load: Load, delay: number): Promise<void> => {
      const job = deliveryJob(load, foundAt, { again: again + 1, delay });
      await deliveries.add(job.name, job.data, job.opts);
    };
    const left: ReminderKey[] = [];
    const told = lettersOf(data).map((load) =>
      this.inTurn(async () => {
        if (this.isLeaving) left.push(...load.keys);
        else await this.tell(load, foundAt, (delay) => later(load, delay));
      }),
    );
    const broken = (await Promise.allSettled(told)).find(({ status }) => status === 'rejected');
    if (broken?.status === 'rejected') throw broken.reason;
    // Another process takes them up.
    if (left.length > 0) await later('day' in data ? data : { keys: left }, 0);
  }

  private async tell(load: Load, foundAt: number, later: (delay: number) => Promise<void>): Promise<void> {
    const [key] = load.keys;
    try {
      const outcome =
        'day' in load ? await this.delivery.digest(load) : key && (await this.delivery.deliver(key));
      if (outcome === 'sent') dueToSentSeconds.observe(Math.max(0, Date.now() - foundAt) / 1000);
    } catch (error) {
      const { message: reason } = error as Error;
      this.log.info({ ...('day' in load || !key ? {} : named(key)), reason }, 'reminders: not delivered yet');
      await later(error instanceof NotYet ? error.againInMs : 1000 * this.config.REDRESS_MAIL_RETRY_SECONDS);
    }
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
