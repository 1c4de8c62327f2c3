import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { POOL } from '../platform/database.js';

/** Longer than a delivery can take: what a worker that died had claimed is free again after this time. */
const LEASE = '90 seconds';

/** Who is at a reminder just now, so that two workers never send it at once. The database's clock says when one lapsed. */
@Injectable()
export class Claims {
  constructor(@Inject(POOL) private readonly pool: Pool) {}

  /** Works on those that nobody else is at; undefined when there are none, and somebody else's outcome counts. */
  async holding<T>(
    reminders: readonly string[],
    work: (held: ReadonlySet<string>) => Promise<T>,
  ): Promise<T | undefined> {
    const { rows } = await this.pool.query<{ reminder: string; claim: string }>({
      name: 'claim-reminders',
      // In one order, so that two who claim the same ones wait for each other and never for good.
      text: `INSERT INTO reminder_claims AS c (reminder, until)
        SELECT r, clock_timestamp() + interval '${LEASE}' FROM unnest($1::text[]) AS r ORDER BY r
        ON CONFLICT (reminder) DO UPDATE SET until = excluded.until, claim = gen_random_uuid()
        WHERE c.until < clock_timestamp() RETURNING reminder, claim`,
      values: [reminders],
    });
    if (rows.length === 0) return undefined;
    try {
      return await work(new Set(rows.map(({ reminder }) => reminder)));
    } finally {
      await this.pool.query('DELETE FROM reminder_claims WHERE claim = ANY($1)', [
        rows.map(({ claim }) => claim),
      ]);
    }
  }
}
