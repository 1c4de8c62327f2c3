import { Inject, Injectable } from '@nestjs/common';
import type { Queue } from 'bullmq';
import type { Logger } from 'pino';
import { everything } from '../access/sight.js';
import { daysBetween } from '../clocks/days.js';
import { LiveCases } from '../clocks/live-cases.js';
import { Clock } from '../platform/clock.js';
import { LOG } from '../platform/log.js';
import { Claims } from './claims.js';
import { deliveryJob, inPages } from './delivery.jobs.js';
import { DueReader } from './due.reader.js';
import { pagesOf } from './pages.js';
import { oldestDueReminder, sweepFinished, sweepSeconds, unaddressedReminders } from './reminder.metrics.js';
import { lineOf, type Digest, type ReminderKey } from './reminder.key.js';
import { Turns, type Turn } from './turns.reader.js';

export interface Swept {
  readonly missed: number;
  /** Reminders that were queued, or were in the queue; not those that a worker is at, or that wait to be tried again. */
  readonly due: number;
  /** Reminders that are due and wait for their recipient's hours, working days or next digest. */
  readonly waiting: number;
  /** Reminders that are due and wait, because nobody knows where to write. */
  readonly unaddressed: number;
}

/** What does not get into a letter comes in the next one: nobody reads more at once. */
const LONGEST_DIGEST = 500;

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
    @Inject(Turns) private readonly turns: Turns,
    @Inject(Claims) private readonly claims: Claims,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  async run(queue: Queue): Promise<Swept> {
    const stop = sweepSeconds.startTimer();
    const [reached, queued] = await this.reachAndEnqueue(queue);
    await this.claims.forget();
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
    const turnOf = await this.turns.asOfNow();
    const told: Tally = { due: 0, waiting: 0, unaddressed: 0, digests: new Map(), held: new Set() };
    const foundAt = Date.now();
    let oldest: string | undefined;
    let rest: ReminderKey[] = [];
    for await (const page of pagesOf((request) => this.reminders.page(request, everything))) {
      // Those of hearings come last, in an order of their own.
      for (const { dueOn } of page) if (oldest === undefined || dueOn < oldest) oldest = dueOn;
      const asked = page.map(keyOf);
      const ready = await sorted(asked, new Set(await this.claims.untouched(asked)), turnOf, told);
      const cut = inPages([...rest, ...ready]);
      rest = cut.rest;
      if (cut.pages.length > 0) await queue.addBulk(cut.pages.map((keys) => deliveryJob({ keys }, foundAt)));
    }
    const { digests: found, held, ...swept } = told;
    // What were left out of a digest would come a day later, so it waits until nobody is at any of it.
    const digests = [...found.values()].filter(({ recipient }) => !held.has(recipient));
    for (const { keys } of digests) swept.due += keys.length;
    const last = rest.length > 0 ? [{ keys: rest }] : [];
    for (const load of [...last, ...digests]) await queue.addBulk([deliveryJob(load, foundAt)]);
    oldestDueReminder.set(oldest === undefined ? 0 : Math.max(0, daysBetween(oldest, this.clock.today())));
    this.warnOf(swept.unaddressed);
    return swept;
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
}

/** What a sweep found so far. */
interface Tally extends Omit<Mutable<Swept>, 'missed'> {
  readonly digests: Map<string, Digest>;
  /** Whose digest holds what somebody is at, or what waits to be tried again. */
  readonly held: Set<string>;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Those that are sent one by one, now; the others are counted, or go into the digest of their recipient. */
const sorted = async (
  keys: readonly ReminderKey[],
  untouched: ReadonlySet<ReminderKey>,
  turnOf: (recipient: string) => Promise<Turn>,
  told: Tally,
): Promise<ReminderKey[]> => {
  const ready: ReminderKey[] = [];
  for (const key of keys) {
    const turn = await turnOf(key.recipient);
    const digest = 'digest' in turn && turn.takes(lineOf(key)) ? turn.digest : undefined;
    if (!untouched.has(key)) {
      if (digest !== undefined) told.held.add(key.recipient);
    } else if (digest !== undefined) intoDigest(told, key, digest);
    else if ('digest' in turn || turn.now === 'wait') told.waiting += 1;
    else if (turn.now === 'one by one') ready.push(key);
    else told.unaddressed += 1;
  }
  told.due += ready.length;
  return ready;
};

const intoDigest = (told: Tally, key: ReminderKey, day: string): void => {
  const { recipient } = key;
  const { keys } = told.digests.get(recipient) ?? { keys: [] };
  if (keys.length >= LONGEST_DIGEST) return;
  told.digests.set(recipient, { recipient, day, keys: [...keys, key] });
};
