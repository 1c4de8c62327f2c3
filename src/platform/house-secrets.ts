import { hkdfSync } from 'node:crypto';
import type { Pool } from 'pg';
import type { MasterKeys } from '../event-store/master-keys.js';

const BYTES = 32;

/**
 * A secret of this installation that outlives its master keys, because what is made with it (addresses, pseudonyms) is in
 * other hands: drawn from the oldest master key once, and from then on wrapped like the key of a subject.
 */
export const houseSecret = async (pool: Pool, masterKeys: MasterKeys, purpose: string): Promise<Buffer> => {
  const subject = `house:${purpose}`;
  const stored = async (): Promise<Buffer | undefined> => {
    const { rows } = await pool.query<{ wrapped: Buffer }>(
      'SELECT wrapped FROM subject_keys WHERE subject = $1',
      [subject],
    );
    return rows[0]?.wrapped;
  };
  const before = await stored();
  if (before) return masterKeys.unwrap(subject, before);
  const oldest = masterKeys.all.at(-1) ?? masterKeys.current;
  const secret = Buffer.from(hkdfSync('sha256', oldest.key, Buffer.alloc(0), purpose, BYTES));
  await pool.query('INSERT INTO subject_keys (subject, wrapped) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    subject,
    masterKeys.wrap(subject, secret),
  ]);
  // Of two processes that begin at once, one secret stays.
  return masterKeys.unwrap(subject, (await stored()) ?? Buffer.alloc(0));
};
