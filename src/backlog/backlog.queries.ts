import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import type { Sight } from '../access/sight.js';
import { dateOf } from '../clocks/days.js';
import { POOL } from '../platform/database.js';
import type { OpenCase, OpenCases } from './backlog-view.js';

interface Told {
  /** Days since 1970, and beside each how many were received on it. */
  readonly days: readonly number[] | null;
  readonly open: readonly number[] | null;
  readonly oldest: readonly OpenCase[] | null;
}

/** Counts of one day of receipt, added up. */
const summed = ({ days, open }: Told): OpenCases['buckets'] => {
  const counts = new Map<number, number>();
  days?.forEach((day, index) => counts.set(day, (counts.get(day) ?? 0) + (open?.[index] ?? 0)));
  return [...counts].map(([day, count]) => ({ receivedOn: dateOf(day), open: count }));
};

const NOTHING: Told = { days: null, open: null, oldest: null };

/** The backlog from the read rows. One statement, so that all of it tells of one moment. */
@Injectable()
export class BacklogQueries {
  constructor(@Inject(POOL) private readonly pool: Pool) {}

  openOn(day: string, source: string | undefined, { hidden }: Sight): Promise<OpenCases> {
    return this.open('SELECT backlog_on($1, $2, $3) AS told', [day, source ?? null, hidden]);
  }

  /** With what was known at that position of the log. */
  openThen(position: number, day: string, source: string | undefined, { hidden }: Sight): Promise<OpenCases> {
    return this.open('SELECT backlog_then($1, $2, $3, $4) AS told', [position, day, source ?? null, hidden]);
  }

  private async open(text: string, values: readonly unknown[]): Promise<OpenCases> {
    const { rows } = await this.pool.query<{ told: Told }>({ name: text, text, values: [...values] });
    const told = rows[0]?.told ?? NOTHING;
    return { buckets: summed(told), oldest: told.oldest ?? [] };
  }

  /** Whether any case was imported from that register. */
  async isSource(source: string, { hidden }: Sight): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      'SELECT FROM cases WHERE source = $1 AND id <> ALL ($2::uuid[]) LIMIT 1',
      [source, hidden],
    );
    return rowCount === 1;
  }
}
