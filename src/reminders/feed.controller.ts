import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Anonymous } from '../access/authentication.js';
import { LookLog } from '../access/look-log.js';
import { NotFound } from '../event-store/errors.js';
import { FeedAddresses } from '../platform/feed-addresses.js';
import { feedText } from './feed-file.js';
import { FeedReader } from './feed.reader.js';

/** Calendar feeds: no token, for the address is the secret. It stands in no log and no metric, and in no cache. */
@Anonymous()
@Controller('v1')
export class FeedController {
  constructor(
    @Inject(FeedAddresses) private readonly addresses: FeedAddresses,
    @Inject(FeedReader) private readonly reader: FeedReader,
    @Inject(LookLog) private readonly looks: LookLog,
  ) {}

  @Get('feeds/:secret.ics')
  async feed(
    @Param('secret') secret: string,
    @Req() { id: requestId }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    void reply.header('cache-control', 'private, no-store');
    const feedId = this.addresses.feedIn(secret);
    const feed = feedId === undefined ? undefined : await this.reader.of(feedId);
    // Nobody learns whether there once was one.
    if (feedId === undefined || !feed)
      throw new NotFound(
        'calendar feed',
        'at this address',
        'Look up the address again, or open the feed anew.',
      );
    await this.looks.record({
      requestId,
      door: 'feed',
      // Whose address it is: nobody showed a token.
      actor: { id: feed.staffId, role: 'feed' },
      question: 'calendarFeed',
      seen: [{ kind: 'feed', id: feedId, cases: [] }],
    });
    void reply.header('content-type', 'text/calendar; charset=utf-8');
    return feedText(feed);
  }
}
