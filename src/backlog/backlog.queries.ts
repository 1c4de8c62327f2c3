import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { notAmong } from '../access/ids.js';
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

/** What is open still and was received later is told too; it was not open yet. */
const countOn = (day: string, { buckets }: Pick<OpenCases, 'buckets'>): number =>
  buckets.reduce((sum, { receivedOn, open }) => (receivedOn <= day ? sum + open : sum), 0);

const NOTHING: Told = { days: null, open: null, oldest: null };

/** The backlog from the read rows. One statement, so that all of it tells of one moment. */
@Injectable()
export class BacklogQueries {
  constructor(@Inject(POOL) private readonly pool: Pool) {}

  openOn(day: string, source: string | undefined, sight: Sight): Promise<OpenCases> {
    return this.open('backlog_on(', [day, source ?? null], day, sight);
  }

  /** With what was known at that position of the log. */
  openThen(position: number, day: string, source: string | undefined, sight: Sight): Promise<OpenCases> {
    return this.open('backlog_then(', [position, day, source ?? null], day, sight);
  }

  /** An auditor is told besides how many are sealed from them, and nothing else of these: counted in the same statement. */
  private async open(
    of: string,
    values: readonly unknown[],
    day: string,
    { hidden, sealed, principal }: Sight,
  ): Promise<OpenCases> {
    const counted = principal.roles.includes('auditor') && !sealed.isEmpty;
    const besides = counted ? [hidden.without(sealed)] : [];
    const given = [...values, hidden, ...besides];
    const without = (nth: number) => `${of}${values.map((_, index) => `$${index + 1}`).join()}, $${nth})`;
    const [own, all] = [without(values.length + 1), without(values.length + 2)];
    const text = `SELECT ${own} AS told${counted ? `, ${all} AS "withSealed"` : ''}`;
    const { rows } = await this.pool.query<{ told: Told; withSealed?: Told }>({
      name: `${of}${counted ? 'with sealed' : ''})`,
      text,
      values: given,
    });
    const { told = NOTHING, withSealed } = rows[0] ?? {};
    const seen = { buckets: summed(told), oldest: told.oldest ?? [] };
    const withheld = withSealed ? countOn(day, { buckets: summed(withSealed) }) - countOn(day, seen) : 0;
    return { ...seen, withheld };
  }

  /** Whether any case was imported from that register. */
  async isSource(source: string, { hidden }: Sight): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      `SELECT FROM cases WHERE source = $1 AND ${notAmong('id', '$2')} LIMIT 1`,
      [source, hidden],
    );
    return rowCount === 1;
  }
}
