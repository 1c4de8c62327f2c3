import { Inject, Injectable } from '@nestjs/common';
import { isOverdue } from '../clocks/deadline.js';
import { Clock } from '../platform/clock.js';
import { CONFIG, type Config } from '../platform/config.js';
import { Post, type Way } from '../platform/mail.js';
import { Addresses } from './addresses.js';
import { spoken } from './hearing-ladder.js';
import type { Standing } from './reminder.standing.js';
import { INTAKE } from './recipients.js';
import type { ReminderKey } from './reminder.key.js';

/** One reminder in a letter, and how its case stands. */
export interface Entry {
  readonly key: ReminderKey;
  readonly standing: Standing;
}

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

  /**
   * One letter to one recipient about one reminder or, in a digest, several. `identity`: the same for the same letter. Undefined
   * when nobody knows where the recipient is written to. Errors: Undelivered, or what the disk says.
   */
  async send(recipient: string, entries: readonly Entry[], identity: string): Promise<Posted | undefined> {
    const to = await this.addresses.of(recipient);
    if (to === undefined) return undefined;
    const [first] = entries;
    const subject = first && entries.length === 1 ? lineOn(first) : `${entries.length} deadlines`;
    const via = await this.post.send({
      to,
      subject,
      text: `${entries.map((entry) => this.paragraphOn(entry)).join('\n\n')}\n`,
      identity,
      writtenAt: this.clock.now(),
    });
    return { messageId: this.post.messageId(identity), via };
  }

  private paragraphOn(entry: Entry): string {
    const { recipient, caseId, step } = entry.key;
    const why =
      recipient === INTAKE
        ? 'Nobody handles this case yet. Please give it to a handler.'
        : `You get this because of your duty on this case (step ${step}).`;
    return `Complaint ${lineOn(entry)}.\n${why}\n${this.linkTo(caseId)}`;
  }

  private linkTo(caseId: string): string {
    const { REDRESS_PUBLIC_URL, REDRESS_HOST, PORT } = this.config;
    const base = REDRESS_PUBLIC_URL ?? `http://${REDRESS_HOST}:${PORT}`;
    return `${base.replace(/\/$/, '')}/v1/cases/${caseId}`;
  }
}

const lineOn = ({ key: { deadline, dueOn }, standing: { reference, today } }: Entry): string =>
  `${reference}: ${spoken(deadline)} ${isOverdue(dueOn, today) ? `was due on ${dueOn} and is overdue` : `is due on ${dueOn}`}`;
