import { createHash } from 'node:crypto';
import type { Job } from 'bullmq';
import { Undelivered } from '../platform/undelivered.js';

/** How long a delivery waits until it is tried again. */

/** As jobs name it. */
export const DOUBLING = 'doubling';
const JITTER = 0.3;

/** From 0 to 1: another for each job and attempt, but the same whoever reckons it. */
const apartOf = (id: string | undefined, attempts: number): number =>
  createHash('sha256').update(`${id} ${attempts}`).digest().readUInt32BE() / 2 ** 32;

/** Twice as long each time, a little apart from the others; not before whoever refused it asked to be tried again. */
export const waitBefore = (
  attempts: number,
  error: unknown,
  { id, opts }: Pick<Job, 'id' | 'opts'>,
): number => {
  const delay = typeof opts.backoff === 'object' ? (opts.backoff.delay ?? 0) : 0;
  const wait = 2 ** (attempts - 1) * delay * (1 - JITTER * apartOf(id, attempts));
  return Math.round(Math.max(wait, error instanceof Undelivered ? error.retryAfterMs : 0));
};
