import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock.js';
import { Hook } from '../platform/webhook.js';
import type { Line } from './letter.js';

/** Reminders as one event to the organisation's endpoint. */
@Injectable()
export class WebhookChannel {
  constructor(
    @Inject(Hook) private readonly hook: Hook,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Errors: Undelivered. */
  async send(recipient: string, reminders: readonly Line[], identity: string) {
    const data = { recipient, reminders };
    await this.hook.send({ type: 'reminder.due', identity, writtenAt: this.clock.now(), data });
    return { messageId: this.hook.eventId(identity), via: 'webhook' as const };
  }
}
