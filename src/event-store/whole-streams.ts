import { ahead } from './ahead.js';
import { STORED_PAGE } from './loader.js';

interface InStream {
  readonly stream: string;
}

/** Where the stream begins in which these events end. */
const lastStream = (events: readonly InStream[]): number => {
  const stream = events.at(-1)?.stream;
  return events.findLastIndex((event) => event.stream !== stream) + 1;
};

/** Streams, each whole, some at a time, of what is read in their order; the next ones are read while these are used. */
export async function* wholeStreams<E extends InStream>(
  read: (last?: E) => Promise<readonly E[]>,
): AsyncGenerator<readonly E[], void, void> {
  let begun: readonly E[] = [];
  let next = ahead(read());
  for (;;) {
    const page = await next;
    const isFull = page.length === STORED_PAGE;
    if (isFull) next = ahead(read(page.at(-1)));
    const events = begun.length === 0 ? page : [...begun, ...page];
    // The stream in which a full page ends may go on.
    const whole = isFull ? lastStream(events) : events.length;
    begun = events.slice(whole);
    if (whole > 0) yield events.slice(0, whole);
    if (!isFull) return;
  }
}
