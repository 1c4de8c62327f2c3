import { randomBytes } from 'node:crypto';
import { v7 } from 'uuid';

/** Random bytes are fetched many at a time: the system call costs as much as sealing a short text. Each is given out once. */
const POOL_BYTES = 16_384;
let pool = Buffer.alloc(0);

export const freshBytes = (count: number): Buffer => {
  if (pool.length < count) pool = randomBytes(POOL_BYTES);
  const fresh = pool.subarray(0, count);
  pool = pool.subarray(count);
  return fresh;
};

/** A UUIDv7 of now. */
export const freshId = (): string => v7({ random: freshBytes(16) });
