import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock.js';
import { Post } from '../platform/mail.js';
import type { Line } from './letter.js';
import { Templates } from './templates.js';

/** Reminders as a letter by mail, in the words of the templates. */
@Injectable()
export class MailChannel {
  constructor(
    @Inject(Templates) private readonly templates: Templates,
    @Inject(Post) private readonly post: Post,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Errors: Undelivered, or what the disk says. */
  async send(to: string, lines: readonly Line[], identity: string) {
    const { subject, text, html } = await this.templates.write(lines);
    const via = await this.post.send({ to, subject, text, html, identity, writtenAt: this.clock.now() });
    return { messageId: this.post.messageId(identity), via };
  }
}
