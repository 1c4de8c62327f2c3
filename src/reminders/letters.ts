import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, publicBase, type Config } from '../platform/config.js';
import { Addresses } from './addresses.js';
import { lineOn, type Entry } from './letter.js';
import { MailChannel } from './mail.channel.js';
import { WebhookChannel } from './webhook.channel.js';

export interface Posted {
  readonly messageId: string;
  readonly via: 'smtp' | 'outbox' | 'webhook';
}

/** Reminders to one recipient, by the channel that they arranged. */
@Injectable()
export class Letters {
  constructor(
    @Inject(Addresses) private readonly addresses: Addresses,
    @Inject(MailChannel) private readonly mail: MailChannel,
    @Inject(WebhookChannel) private readonly webhook: WebhookChannel,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * One letter about one reminder or several. `identity`: stable words about it, by which the same letter is recognised when it
   * comes again. Undefined when nobody knows where the recipient is told. Errors: Undelivered, or what the disk says.
   */
  async send(recipient: string, entries: readonly Entry[], identity: string): Promise<Posted | undefined> {
    const address = await this.addresses.of(recipient);
    if (address === undefined) return undefined;
    const isTheirs = address.by === 'webhook' || address.isTheirs;
    const lines = entries.map((entry) =>
      lineOn(entry, `${publicBase(this.config)}/v1/cases/${entry.key.caseId}`, isTheirs),
    );
    return address.by === 'webhook'
      ? this.webhook.send(recipient, lines, identity)
      : this.mail.send(address.to, lines, identity);
  }
}
