import { Readable } from 'node:stream';
import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Reads } from '../access/authentication.js';
import { theLog, type Visitor } from '../access/look.js';
import { LookLog } from '../access/look-log.js';
import type { Principal } from '../access/principal.js';
import { readInput } from '../access/read-door.js';
import { Tokens } from '../access/tokens.js';
import { lookBy, visitorAt } from '../access/visitor.js';
import { Forbidden, Unauthenticated, Unavailable } from '../event-store/errors.js';
import type { Recorded } from '../event-store/event.js';
import { CONFIG, type Config } from '../platform/config.js';
import { EventFeed } from './event-feed.js';
import { clearReferences, PSEUDONYMS, type NameOf } from './exports/pseudonyms.js';
import {
  acceptsStream,
  comingBack,
  EVENT_BATCH,
  EVENT_STREAM,
  eventsAsked,
  LAST_EVENT_ID,
  type EventsAsked,
} from './events-asked.js';
import { shownEvent, type Shown } from './shown-event.js';
import { Withheld } from './withheld.reader.js';

const BUFFER = 64 * 1024;

/** People and their days away are no other system's business, sealed or not. */
const ABOUT_PEOPLE = /^(party|staff)-/;

const wantsStream = ({ method, headers }: FastifyRequest): boolean =>
  method === 'GET' && acceptsStream(headers.accept);

/** Whoever comes back to a stream asks with the words of the first time, and says in a header how far they came. */
const askedBy = ({ query, headers }: FastifyRequest): EventsAsked => {
  const asked = readInput(eventsAsked, query);
  const last = headers[LAST_EVENT_ID.toLowerCase()];
  if (!last) return asked;
  return { ...asked, after: readInput(comingBack, { [LAST_EVENT_ID]: last })[LAST_EVENT_ID] };
};

/** The frames of Server-Sent Events; a remark keeps proxies from taking silence for the end. */
const framesOf = (events: readonly Recorded[], shown: Shown): string =>
  events.length === 0
    ? ': nothing new\n\n'
    : events
        .map((event) => `id: ${event.position}\ndata: ${JSON.stringify(shownEvent(event, shown))}\n\n`)
        .join('');

type Showing = () => Promise<Shown>;

/** A stream ends; whoever comes back is told why, or goes on. */
const lastRemark = (error: unknown): string => {
  if (error instanceof Unauthenticated) return ': the token has ended; come back with another\n\n';
  if (error instanceof Unavailable) return '';
  throw error;
};

/** The log for other systems: a page, the next page as soon as there is one, or a stream that goes on. */
@Controller('v1')
export class EventsController {
  constructor(
    @Inject(EventFeed) private readonly feed: EventFeed,
    @Inject(PSEUDONYMS) private readonly pseudonymOf: NameOf,
    @Inject(LookLog) private readonly looks: LookLog,
    @Inject(Tokens) private readonly tokens: Tokens,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(Withheld) private readonly withheld: Withheld,
  ) {}

  @Get('events')
  @Reads('events')
  async events(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const asked = askedBy(request);
    const visitor = visitorAt(request, 'rest');
    const show = this.showing(visitor.principal, asked);
    void reply.header('cache-control', 'no-store');
    // A stream goes on: whoever opens it is taken to look at all that comes.
    if (wantsStream(request)) await this.look(visitor, `${asked.after + 1}-`);
    const still = () => this.tokens.principal(request.headers.authorization);
    await (wantsStream(request)
      ? this.stream(asked, show, reply, still)
      : this.batch(asked, show, reply, visitor));
  }

  private look(visitor: Visitor, positions: string): Promise<void> {
    return this.looks.record(lookBy(visitor, 'events', 'events', [theLog(positions)]));
  }

  /** How events are shown to somebody; asked anew for every page. */
  private showing(principal: Principal, { named }: EventsAsked): Showing {
    const audits = principal.roles.includes('auditor');
    if (named && !audits)
      throw new Forbidden(
        'not-permitted',
        'People are told by their references to auditors alone. Ask without named.',
      );
    const origin = this.config.REDRESS_LOG_ORIGIN;
    const nameOf = named ? clearReferences : this.pseudonymOf;
    return async () => {
      const hidden = await this.withheld.from(principal);
      const withheld = (event: Recorded) => hidden(event) || (!audits && ABOUT_PEOPLE.test(event.stream));
      return { origin, nameOf, withheld };
    };
  }

  private async batch(
    { after, limit, wait }: EventsAsked,
    show: Showing,
    reply: FastifyReply,
    visitor: Visitor,
  ): Promise<void> {
    const events =
      wait === 0
        ? await this.feed.page(after, limit)
        : await this.feed.nextPage(after, limit, wait * 1000, this.feed.enter(reply.raw));
    const last = events.at(-1)?.position;
    if (last !== undefined) await this.look(visitor, `${after + 1}-${last}`);
    const shown = await show();
    const batch = events.map((event) => shownEvent(event, shown));
    await reply.header('content-type', EVENT_BATCH).send(JSON.stringify(batch));
  }

  private async stream(
    { after }: EventsAsked,
    show: Showing,
    reply: FastifyReply,
    still: () => Promise<Principal>,
  ): Promise<void> {
    await this.feed.page(after, 1);
    const pages = this.feed.pages(after, this.feed.enter(reply.raw), still);
    const frames = async function* () {
      yield 'retry: 1000\n\n';
      try {
        for await (const events of pages) yield framesOf(events, await show());
      } catch (error) {
        yield lastRemark(error);
      }
    };
    void reply
      .header('content-type', EVENT_STREAM)
      .header('connection', 'close')
      .header('x-accel-buffering', 'no');
    // Read as far as the socket takes it, and no further.
    await reply.send(Readable.from(frames(), { objectMode: false, highWaterMark: BUFFER }));
  }
}
