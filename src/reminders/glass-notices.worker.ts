import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { onlyFor } from '../complaints/complaint.confidential.js';
import { caseIn } from '../complaints/complaint.projection.js';
import type { Follower } from '../event-store/followers.js';
import type { Recorded } from '../event-store/event.js';
import { Clock } from '../platform/clock.js';
import { CONFIG, publicBase, type Config } from '../platform/config.js';
import { POOL } from '../platform/database.js';
import { LOG } from '../platform/log.js';
import { Post } from '../platform/mail.js';
import { Undelivered } from '../platform/undelivered.js';
import { Hook } from '../platform/webhook.js';
import { Addresses } from './addresses.js';
import { GlassRecipients } from './glass-recipients.reader.js';

interface Opening {
  readonly openingId: string;
  readonly staffId: string;
  readonly until: string;
}

/** What a notice tells: references and instants, and where to look; nothing about anybody. */
interface Notice {
  readonly caseId: string;
  readonly reference: string;
  readonly openingId: string;
  readonly until: string;
  readonly link: string;
}

const textOf = ({ reference, until, link }: Notice): string =>
  `Somebody who is not named on the restricted case ${reference} broke the glass and sees it until ${until}.

Who it was, and the reason they gave, stands in the list of such openings. Somebody else must review it:
${link}
`;

/**
 * Tells at once of a restricted case that somebody opened without being named: to the heads of casework and to those who are
 * named on it. At least once, with a stable Message-ID; a mail server that is down is waited for.
 */
@Injectable()
export class GlassNotices {
  readonly follower: Follower;

  constructor(
    @Inject(POOL) private readonly pool: Pool,
    @Inject(GlassRecipients) private readonly recipients: GlassRecipients,
    @Inject(Addresses) private readonly addresses: Addresses,
    @Inject(Post) private readonly post: Post,
    @Inject(Hook) private readonly hook: Hook,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOG) private readonly log: Logger,
  ) {
    this.follower = {
      name: 'glass-notices',
      types: ['BreakGlassOpened'],
      apply: async (events) => {
        for (const event of events) await this.tell(event);
      },
    };
  }

  private async tell({ stream, data }: Recorded): Promise<void> {
    const { openingId, staffId, until } = data as Opening;
    const caseId = stream.slice('complaint-'.length);
    const { rows } = await this.pool.query<{ detail: string }>('SELECT detail FROM cases WHERE id = $1', [
      caseId,
    ]);
    if (!rows[0]) return;
    const { complaint } = caseIn(rows[0].detail);
    const named = onlyFor(complaint, { today: this.clock.today() }) ?? [];
    const link = `${publicBase(this.config)}/v1/break-glass?reviewed=false`;
    const notice = { caseId, reference: complaint.reference, openingId, until, link };
    for (const recipient of await this.recipients.of(caseId, named, staffId))
      await this.send(recipient, notice);
  }

  private async send(recipient: string, notice: Notice): Promise<void> {
    const address = await this.addresses.of(recipient);
    if (address === undefined) {
      this.log.warn(
        { caseId: notice.caseId },
        'a broken glass: nobody knows where to write; set REDRESS_INTAKE_MAIL',
      );
      return;
    }
    const around = { identity: `glass ${notice.openingId} ${recipient}`, writtenAt: this.clock.now() };
    try {
      if (address.by === 'webhook')
        await this.hook.send({ type: 'glass.broken', ...around, data: { recipient, ...notice } });
      else
        await this.post.send({
          to: address.to,
          subject: `Restricted case ${notice.reference} was opened`,
          text: textOf(notice),
          ...around,
        });
    } catch (error) {
      // It will never be taken: the others are told all the same.
      if (!(error instanceof Undelivered && error.final)) throw error;
      this.log.warn({ caseId: notice.caseId }, 'a broken glass: a notice was refused for good');
    }
  }
}
