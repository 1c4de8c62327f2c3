import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { notAmong } from '../access/ids.js';
import type { Sight } from '../access/sight.js';
import { POOL } from '../platform/database.js';
import type { Period } from './periods.js';
import { endingCount, type Ages, type RawRow } from './statistics-view.js';

/** Spells in which cases were open, as known at a position; a case is open once, and again after each reopening. */
const SPELLS = `
WITH known AS (
  SELECT * FROM case_versions WHERE from_position <= $1 AND to_position > $1 AND ($2::text IS NULL OR source = $2)
    AND ${notAmong('case_id', '$5')}),
spells AS (
  SELECT case_id, category, received_on, outcome, within_limit, number,
    greatest(began, received_on) AS began, CASE WHEN ended IS NOT NULL THEN greatest(ended, received_on) END AS ended,
    number = 1 + coalesce(cardinality(gaps_closed), 0) AS last
  FROM known CROSS JOIN LATERAL unnest(array_prepend(received_on, gaps_reopened), array_append(gaps_closed, closed_on))
    WITH ORDINALITY AS spell(began, ended, number)),
periods AS (
  SELECT * FROM unnest($3::date[], $4::date[]) WITH ORDINALITY AS period(first, final, nth))`;

const GROUPED = 'GROUP BY GROUPING SETS ((nth, category), (nth))';
const AGES = (
  until: string,
) => `percentile_cont(0.5) WITHIN GROUP (ORDER BY ${until} - received_on) AS median,
  percentile_disc(0.9) WITHIN GROUP (ORDER BY ${until} - received_on) AS p90`;

const BEGUN = `${SPELLS}
SELECT nth, category, count(*) FILTER (WHERE number = 1) AS received, count(*) FILTER (WHERE number > 1) AS reopened
FROM periods JOIN spells ON began BETWEEN first AND final ${GROUPED}`;

const CLOSED = `${SPELLS}
SELECT nth, category, count(*) AS closed, count(*) FILTER (WHERE last AND within_limit) AS "withinLimit",
  count(*) FILTER (WHERE last AND NOT within_limit) AS "overLimit",
  count(*) FILTER (WHERE NOT last OR within_limit IS NULL) AS "withoutLimit", ${AGES('ended')}
FROM periods JOIN spells ON ended BETWEEN first AND final ${GROUPED}`;

const ENDED = `${SPELLS}
SELECT nth, category, CASE WHEN last THEN outcome ELSE 'reopened' END AS ending, count(*) AS n
FROM periods JOIN spells ON ended BETWEEN first AND final
GROUP BY GROUPING SETS ((nth, category, 3), (nth, 3))`;

const OPEN_AT_START = `${SPELLS}
SELECT nth, category, count(*) AS "openAtStart"
FROM periods JOIN spells ON began < first AND (ended IS NULL OR ended >= first) ${GROUPED}`;

const OPEN_AT_END = `${SPELLS}
SELECT nth, category, count(*) AS "openAtEnd", ${AGES('final')}
FROM periods JOIN spells ON began <= final AND (ended IS NULL OR ended > final) ${GROUPED}`;

const MISSED = `${SPELLS}
SELECT nth, category, count(*) AS missed
FROM periods JOIN case_misses ON due_on BETWEEN first AND final AND position <= $1 JOIN known USING (case_id) ${GROUPED}`;

type Told = { readonly nth: string; readonly category: string | null } & Readonly<
  Record<string, string | number | null>
>;

interface Gathering {
  readonly counts: Record<string, number>;
  ageAtClosing: Ages;
  ageOfOpen: Ages;
}

const NO_AGES: Ages = { median: null, p90: null };
const agesIn = ({ median, p90 }: Told): Ages => ({
  median: median === null ? null : Number(median),
  p90: p90 === null ? null : Number(p90),
});

/** Rows by period and category, filled from one question after another. */
class Rows {
  private readonly found = new Map<string, Gathering>();

  constructor(private readonly periods: number) {}

  of({ nth, category }: Told): Gathering {
    const key = JSON.stringify([Number(nth) - 1, category]);
    const own = this.found.get(key) ?? { counts: {}, ageAtClosing: NO_AGES, ageOfOpen: NO_AGES };
    this.found.set(key, own);
    return own;
  }

  /** All cases first in each period, then the categories in order; each in every period. */
  all(): RawRow[] {
    const keys = [...this.found.keys()].map((key) => (JSON.parse(key) as [number, string | null])[1]);
    const categories = [null, ...[...new Set(keys.filter((key) => key !== null))].toSorted()];
    return Array.from({ length: this.periods }, (_, period) =>
      categories.map((category) => ({ period, category, ...this.of({ nth: String(period + 1), category }) })),
    ).flat();
  }
}

/** Figures of periods from what cases were known to be at a position of the log: always the same for the same position. */
@Injectable()
export class StatisticsQueries {
  constructor(@Inject(POOL) private readonly pool: Pool) {}

  async rows(
    position: number,
    source: string | undefined,
    periods: readonly Period[],
    { hidden }: Sight,
  ): Promise<RawRow[]> {
    const days = [periods.map(({ from }) => from), periods.map(({ to }) => to)];
    const values = [position, source ?? null, ...days, hidden];
    const ask = async (text: string) => (await this.pool.query<Told>(text, values)).rows;
    const rows = new Rows(periods.length);
    const add = (told: Told, ...names: readonly string[]) => {
      for (const name of names) rows.of(told).counts[name] = Number(told[name]);
    };
    for (const told of await ask(BEGUN)) add(told, 'received', 'reopened');
    for (const told of await ask(CLOSED)) {
      add(told, 'closed', 'withinLimit', 'overLimit', 'withoutLimit');
      rows.of(told).ageAtClosing = agesIn(told);
    }
    for (const told of await ask(ENDED))
      rows.of(told).counts[endingCount(String(told['ending']))] = Number(told['n']);
    for (const told of await ask(OPEN_AT_START)) add(told, 'openAtStart');
    for (const told of await ask(OPEN_AT_END)) {
      add(told, 'openAtEnd');
      rows.of(told).ageOfOpen = agesIn(told);
    }
    for (const told of await ask(MISSED)) add(told, 'missed');
    return rows.all();
  }
}
