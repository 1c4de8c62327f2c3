import { createHash } from 'node:crypto';
import { digestLine, lineOf, type Digest, type ReminderKey } from './reminder.key.js';

/** What the queue carries: ids and days only, no personal data. */

/** Reminders that are told one by one, or what one person is told in one letter. */
export type Load = { readonly keys: readonly ReminderKey[] } | Digest;

export type DeliveryData = Load & {
  /** When a sweep found them due, in milliseconds by the clock of its process. */
  readonly foundAt: number;
  /** How often it was queued since, because it did not get away. */
  readonly again: number;
};

/** One load for each letter. */
export const lettersOf = (load: Load): readonly Load[] =>
  'day' in load ? [load] : load.keys.map((key) => ({ keys: [key] }));

const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/** The same each time, so that what waits in the queue is not put there again. */
const jobId = (load: Load, again: number): string => {
  const lines = 'day' in load ? digestLine(load) : load.keys.map(lineOf).join('\n');
  return `reminders-${hashOf(lines).toString('hex').slice(0, 40)}-${again}`;
};

/** The record says what was done, and a job that were kept would keep its id taken. */
export const deliveryJob = (load: Load, foundAt: number, { again = 0, delay = 0 } = {}) => ({
  name: 'day' in load ? 'digest' : 'deliver',
  data: { ...load, foundAt, again } satisfies DeliveryData,
  opts: { jobId: jobId(load, again), delay, removeOnComplete: true, removeOnFail: true },
});

/** Reminders in a page, about. */
const PAGE = 32;
const LONGEST_PAGE = 4 * PAGE;

/** A reminder says itself whether a page ends with it: so those that wait make the same pages, and jobs, in the next sweep. */
const endsPage = (key: ReminderKey): boolean => hashOf(lineOf(key)).readUInt16BE() % PAGE === 0;

/** The pages that are whole, and what is left for the next one. */
export const inPages = (keys: readonly ReminderKey[]) => {
  const pages: (readonly ReminderKey[])[] = [];
  let rest: ReminderKey[] = [];
  for (const key of keys) {
    rest.push(key);
    if (!endsPage(key) && rest.length < LONGEST_PAGE) continue;
    pages.push(rest);
    rest = [];
  }
  return { pages, rest };
};
