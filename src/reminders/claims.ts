import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { POOL } from '../platform/database.js';

/** Longer than a delivery can take: what a worker that died had claimed is free again after this time. */
const LEASE = '90 seconds';

/** Who is at a reminder just now, so that two workers never send it at once. The database's clock says when one lapsed. */
@Injectable()
export class Claims {
  constructor(@Inject(POOL) private readonly pool: Pool) {}

  /** Works when nobody else is at it; otherwise undefined, and somebody else's outcome counts. */
  async holding<T>(reminder: string, work: () => Promise<T>): Promise<T | undefined> {
    const { rows } = await this.pool.query<{ claim: string }>({
      name: 'claim-reminder',
      text: `INSERT INTO reminder_claims AS c (reminder, until) VALUES ($1, clock_timestamp() + interval '${LEASE}')
        ON CONFLICT (reminder) DO UPDATE SET until = excluded.until, claim = gen_random_uuid()
        WHERE c.until < clock_timestamp() RETURNING claim`,
      values: [reminder],
    });
    const claim = rows[0]?.claim;
    if (claim === undefined) return undefined;
    try {
      return await work();
    } finally {
      await this.pool.query('DELETE FROM reminder_claims WHERE reminder = $1 AND claim = $2', [
        reminder,
        claim,
      ]);
    }
  }
}
