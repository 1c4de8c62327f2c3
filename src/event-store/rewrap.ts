import type { Pool } from 'pg';
import { bytesArray, textArray } from './encode.js';
import { wrappedBy, type MasterKeys } from './master-keys.js';

const PAGE = 500;

interface StoredKey {
  readonly subject: string;
  readonly wrapped: Buffer;
}

const pageAfter = async (pool: Pool, after: string): Promise<StoredKey[]> => {
  const { rows } = await pool.query<StoredKey>(
    'SELECT subject, wrapped FROM subject_keys WHERE subject > $1 ORDER BY subject LIMIT $2',
    [after, PAGE],
  );
  return rows;
};

/** A key that was destroyed or wrapped anew meanwhile is left as it is now. */
const replace = async (pool: Pool, old: readonly StoredKey[], fresh: readonly Buffer[]): Promise<number> => {
  const { rowCount } = await pool.query(
    `UPDATE subject_keys k SET wrapped = n.fresh
     FROM unnest($1::text[], $2::bytea[], $3::bytea[]) AS n(subject, old, fresh)
     WHERE k.subject = n.subject AND k.wrapped = n.old`,
    [
      textArray(old.map(({ subject }) => subject)),
      bytesArray(old.map(({ wrapped }) => wrapped)),
      bytesArray(fresh),
    ],
  );
  return rowCount ?? 0;
};

/**
 * Wraps by the current master key whatever another one wrapped, a page at a time; each page stands once it is written, so it
 * can be cut off and run again at any time. No event is touched: they are sealed by what is wrapped.
 */
export const rewrap = async (
  pool: Pool,
  masterKeys: MasterKeys,
  progress: (subjects: number) => void = () => {},
): Promise<number> => {
  let [rewrapped, subjects] = [0, 0];
  for (
    let page = await pageAfter(pool, '');
    page.length > 0;
    page = await pageAfter(pool, page.at(-1)?.subject ?? '')
  ) {
    const old = page.filter(({ wrapped }) => wrappedBy(wrapped) !== masterKeys.current.id);
    const fresh = await Promise.all(
      old.map(async ({ subject, wrapped }) =>
        masterKeys.wrap(subject, await masterKeys.unwrap(subject, wrapped)),
      ),
    );
    if (old.length > 0) rewrapped += await replace(pool, old, fresh);
    subjects += page.length;
    progress(subjects);
  }
  return rewrapped;
};

/** How many keys each master key wraps; without an id those from before keys named it. */
export const wrappedCounts = async (pool: Pool): Promise<ReadonlyMap<string | undefined, number>> => {
  const { rows } = await pool.query<{ id: string | null; keys: number }>(
    `SELECT CASE WHEN length(wrapped) > 60 THEN encode(substring(wrapped FROM 1 FOR 8), 'hex') END AS id,
       count(*)::int AS keys FROM subject_keys GROUP BY 1`,
  );
  return new Map(rows.map(({ id, keys }) => [id ?? undefined, keys]));
};
