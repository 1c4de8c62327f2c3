import type { Job } from 'bullmq';
import { Undelivered } from '../platform/undelivered.js';

/** How long a delivery waits until it is tried again. */

/** As jobs name it. */
export const DOUBLING = 'doubling';
const JITTER = 0.3;

/** Twice as long each time, a little apart from the others; not before whoever refused it asked to be tried again. */
export const waitBefore = (
  attempts: number,
  error: Error | undefined,
  { opts }: Pick<Job, 'opts'>,
): number => {
  const delay = typeof opts.backoff === 'object' ? (opts.backoff.delay ?? 0) : 0;
  const wait = 2 ** (attempts - 1) * delay * (1 - JITTER * Math.random());
  return Math.round(Math.max(wait, error instanceof Undelivered ? error.retryAfterMs : 0));
};
