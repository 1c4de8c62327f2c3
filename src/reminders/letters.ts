import { Inject, Injectable } from '@nestjs/common';
import { isOverdue } from '../clocks/deadline.js';
import { Clock } from '../platform/clock.js';
import { CONFIG, type Config } from '../platform/config.js';
import { Post, type Way } from '../platform/mail.js';
import { Addresses } from './addresses.js';
import type { Standing } from './reminder.standing.js';
import { INTAKE } from './recipients.js';
import { lineOf, type ReminderKey } from './reminder.key.js';

export interface Posted {
  readonly messageId: string;
  readonly via: Way;
}

/** The letters that reminders are. They hold the reference, the deadline and where to look: nothing about anybody. */
@Injectable()
export class Letters {
  constructor(
    @Inject(Addresses) private readonly addresses: Addresses,
    @Inject(Post) private readonly post: Post,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Undefined when nobody knows where the recipient is written to. Errors: Undelivered, or what the disk says. */
  async send(key: ReminderKey, { reference, today }: Standing): Promise<Posted | undefined> {
    const to = await this.addresses.of(key.recipient);
    if (to === undefined) return undefined;
    const { deadline, dueOn, recipient } = key;
    const when = isOverdue(dueOn, today) ? `was due on ${dueOn} and is overdue` : `is due on ${dueOn}`;
    const why =
      recipient === INTAKE
        ? 'Nobody handles this case yet. Please give it to a handler.'
        : 'You get this because you handle the case.';
    const identity = lineOf(key);
    const via = await this.post.send({
      to,
      subject: `${reference}: ${deadline} ${when}`,
      text: `Complaint ${reference}\n\nThe deadline "${deadline}" ${when}.\n${why}\n\n${this.linkTo(key.caseId)}\n`,
      identity,
      writtenAt: this.clock.now(),
    });
    return { messageId: this.post.messageId(identity), via };
  }

  private linkTo(caseId: string): string {
    const { REDRESS_PUBLIC_URL, REDRESS_HOST, PORT } = this.config;
    const base = REDRESS_PUBLIC_URL ?? `http://${REDRESS_HOST}:${PORT}`;
    return `${base.replace(/\/$/, '')}/v1/cases/${caseId}`;
  }
}
