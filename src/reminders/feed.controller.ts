import { Controller, Get, Inject, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Anonymous } from '../access/authentication.js';
import { NotFound } from '../event-store/errors.js';
import { FeedAddresses } from '../platform/feed-addresses.js';
import { feedText } from './feed-file.js';
import { FeedReader } from './feed.reader.js';

/** Calendar feeds: no token, for the address is the secret. It stands in no log and no metric, and in no cache. */
@Anonymous()
@ApiExcludeController()
@Controller('v1')
export class FeedController {
  constructor(
    @Inject(FeedAddresses) private readonly addresses: FeedAddresses,
    @Inject(FeedReader) private readonly reader: FeedReader,
  ) {}

  @Get('feeds/:secret.ics')
  async feed(
    @Param('secret') secret: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    void reply.header('cache-control', 'private, no-store');
    const feedId = this.addresses.feedIn(secret);
    const feed = feedId === undefined ? undefined : await this.reader.of(feedId);
    // Nobody learns whether there once was one.
    if (!feed)
      throw new NotFound(
        'calendar feed',
        'at this address',
        'Look up the address again, or open the feed anew.',
      );
    void reply.header('content-type', 'text/calendar; charset=utf-8');
    return feedText(feed);
  }
}
