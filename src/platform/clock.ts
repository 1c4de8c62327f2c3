import { Temporal } from 'temporal-polyfill';

/** The one place that asks what time it is. Tests put a fixed one in its place. */
export abstract class Clock {
  /** The instant, RFC 3339 in UTC. */
  abstract now(): string;
  abstract readonly zone: string;

  /** The day it is in the organisation's zone, `YYYY-MM-DD`. */
  today(): string {
    return Temporal.Instant.from(this.now()).toZonedDateTimeISO(this.zone).toPlainDate().toString();
  }
}

export class SystemClock extends Clock {
  constructor(readonly zone: string) {
    super();
  }

  now(): string {
    // The platform's clock has milliseconds; instants are written with microseconds.
    return new Date().toISOString().replace('Z', '000Z');
  }
}
