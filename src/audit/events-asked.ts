import { z } from 'zod';
import { flag } from '../access/read-door.js';

/** What one may ask of the log, and how it is told. */

export const EVENT_BATCH = 'application/cloudevents-batch+json';
export const EVENT_STREAM = 'text/event-stream';

const position = z
  .string()
  // Nothing else: who sends a blank by mistake would be told the whole log again.
  .regex(/^\d{1,15}$/, 'Give the last position that you have, such as 4711; 0 for none.')
  .pipe(z.coerce.number<string>());

/** The header by which whoever comes back to a stream says how far they came. */
export const LAST_EVENT_ID = 'Last-Event-ID';
export const comingBack = z.object({ [LAST_EVENT_ID]: position });

export const eventsAsked = z.strictObject({
  after: position
    .default(0)
    .describe('The last position you have; 0 for none. Last-Event-ID says the same and goes before it.'),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(100)
    .describe('How many events a batch has at most.'),
  wait: z.coerce
    .number()
    .min(0)
    .max(30)
    .default(0)
    .describe('So many seconds a batch waits for something, when there is nothing yet.'),
  named: flag.default(false).describe('For auditors: references to people as they are, not as pseudonyms.'),
});

export type EventsAsked = z.output<typeof eventsAsked>;

const isRefused = (parameter: string): boolean => /^\s*q\s*=\s*0(\.0{0,3})?\s*$/i.test(parameter);

/** Named by an Accept header, and not with a weight of nothing, which refuses it (RFC 9110). */
export const acceptsStream = (accept = ''): boolean =>
  accept.split(',').some((range) => {
    const [type = '', ...parameters] = range.split(';');
    return type.trim().toLowerCase() === EVENT_STREAM && !parameters.some(isRefused);
  });
