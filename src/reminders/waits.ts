import { createHash } from 'node:crypto';
import { Undelivered } from '../platform/undelivered.js';

/** How long a delivery waits until it is tried again. */

const JITTER = 0.3;
/** What fails for longer than the house gives up on is its own trouble: it is tried a few times a day. */
const LONGEST_MS = 6 * 3_600_000;

/** From 0 to 1: another for each letter and attempt, but the same whoever reckons it. */
const apartOf = (line: string, failures: number): number =>
  createHash('sha256').update(`${line} ${failures}`).digest().readUInt32BE() / 2 ** 32;

/**
 * Twice as long after each failure, a little apart from the others; not before whoever refused it asked to be tried again.
 * `line`: the letter's. `failures`: with this one.
 */
export const waitAfter = (error: unknown, line: string, failures: number, firstMs: number): number => {
  const wait = Math.min(LONGEST_MS, 2 ** (failures - 1) * firstMs) * (1 - JITTER * apartOf(line, failures));
  return Math.round(Math.max(wait, error instanceof Undelivered ? error.retryAfterMs : 0));
};
