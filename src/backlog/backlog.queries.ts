import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { POOL } from '../platform/database.js';
import type { OpenCase, OpenCases } from './backlog-view.js';

interface Told {
  readonly buckets: readonly (readonly [receivedOn: string, open: number])[] | null;
  readonly oldest: readonly OpenCase[] | null;
}

/** Counts of one day of receipt, added up. */
const summed = (counts: NonNullable<Told['buckets']>): OpenCases['buckets'] => {
  const days = new Map<string, number>();
  for (const [day, open] of counts) days.set(day, (days.get(day) ?? 0) + open);
  return [...days].map(([receivedOn, open]) => ({ receivedOn, open }));
};

/** The backlog from the read rows: with what is known now. One statement, so that all of it tells of one moment. */
@Injectable()
export class BacklogQueries {
  constructor(@Inject(POOL) private readonly pool: Pool) {}

  async openOn(day: string, source: string | undefined): Promise<OpenCases> {
    const { rows } = await this.pool.query<{ told: Told }>({
      name: 'backlog-on',
      text: 'SELECT backlog_on($1, $2) AS told',
      values: [day, source ?? null],
    });
    return { buckets: summed(rows[0]?.told.buckets ?? []), oldest: rows[0]?.told.oldest ?? [] };
  }

  /** Whether any case was imported from that register. */
  async isSource(source: string): Promise<boolean> {
    const { rowCount } = await this.pool.query('SELECT FROM cases WHERE source = $1 LIMIT 1', [source]);
    return rowCount === 1;
  }
}
