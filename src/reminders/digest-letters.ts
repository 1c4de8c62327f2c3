import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { POOL } from '../platform/database.js';
import type { Digest } from './reminder.key.js';

/** Longer than a letter is tried. */
const KEPT_DAYS = 30;

/** What the digests of late said, so that one that is sent again is the same letter. */
@Injectable()
export class DigestLetters {
  constructor(@Inject(POOL) private readonly pool: Pool) {}

  /** The lines of the digest of that day, where it was to be sent before; else undefined: it may say anything yet. */
  async fixedLinesOf(recipient: string, day: string): Promise<ReadonlySet<string> | undefined> {
    const { rows } = await this.pool.query<{ lines: string[] }>({
      name: 'fixed-lines-of-digest',
      text: 'SELECT lines FROM digest_letters WHERE recipient = $1 AND day = $2',
      values: [recipient, day],
    });
    return rows[0] && new Set(rows[0].lines);
  }

  /** The lines of the digest of that day: these, unless it was to be sent before. */
  async linesOf(
    { recipient, day }: Omit<Digest, 'keys'>,
    lines: readonly string[],
  ): Promise<ReadonlySet<string>> {
    const { rows } = await this.pool.query<{ lines: string[] }>({
      name: 'lines-of-digest',
      text: `WITH gone AS (DELETE FROM digest_letters WHERE day < $2::date - ${KEPT_DAYS})
        INSERT INTO digest_letters AS d (recipient, day, lines) VALUES ($1, $2, $3)
        ON CONFLICT (recipient, day) DO UPDATE SET lines = d.lines RETURNING lines`,
      values: [recipient, day, lines],
    });
    return new Set(rows[0]?.lines);
  }
}
