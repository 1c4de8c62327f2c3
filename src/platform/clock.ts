import { Temporal } from 'temporal-polyfill';

/** The one place that asks what time it is. Tests put a fixed one in its place. */
export abstract class Clock {
  /** The instant, RFC 3339 in UTC. */
  abstract now(): string;
  abstract readonly zone: string;

  private lastDay = { minute: '', day: '' };

  /** The day it is in the organisation's zone, `YYYY-MM-DD`. Each command asks several times, and days begin with a minute. */
  today(): string {
    const now = this.now();
    const minute = now.slice(0, 'YYYY-MM-DDThh:mm'.length);
    if (minute !== this.lastDay.minute) {
      const day = Temporal.Instant.from(now).toZonedDateTimeISO(this.zone).toPlainDate().toString();
      this.lastDay = { minute, day };
    }
    return this.lastDay.day;
  }
}

/** An instant by milliseconds; the platform's clock has no finer ones, and instants are written with microseconds. */
const instant = (milliseconds: number): string => new Date(milliseconds).toISOString().replace('Z', '000Z');

/** This process's own clock, for what works alone. */
export class SystemClock extends Clock {
  constructor(readonly zone: string) {
    super();
  }

  now(): string {
    return instant(Date.now());
  }
}

const AGAIN_MS = 30_000;

/**
 * The database's clock, which all processes share: whose own is wrong by minutes must not find a deadline missed before its day is
 * over. It is asked now and then; in between, this process counts on.
 */
export class DatabaseClock extends Clock {
  private timer: NodeJS.Timeout | undefined;

  private constructor(
    readonly zone: string,
    private readonly ask: () => Promise<number>,
    private ahead: number,
  ) {
    super();
  }

  /** `ask` answers the database's time in milliseconds since 1970. Errors: those of asking. */
  static async asked(zone: string, ask: () => Promise<number>): Promise<DatabaseClock> {
    const clock = new DatabaseClock(zone, ask, await aheadOfUs(ask));
    clock.timer = setInterval(() => void clock.askAgain(), AGAIN_MS).unref();
    return clock;
  }

  now(): string {
    return instant(Date.now() + this.ahead);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** While the database is away, what it said last stands. */
  private async askAgain(): Promise<void> {
    this.ahead = await aheadOfUs(this.ask).catch(() => this.ahead);
  }
}

/** How far another clock is ahead of ours, in milliseconds; it was read halfway between asking and the answer. */
const aheadOfUs = async (ask: () => Promise<number>): Promise<number> => {
  const began = Date.now();
  const theirs = await ask();
  return Math.round(theirs - (began + Date.now()) / 2);
};
