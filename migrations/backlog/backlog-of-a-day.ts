/** Rows that tell how cases stand, or stood. */
interface Rows {
  readonly table: string;
  readonly id: string;
  /** Which of them count, beginning with AND. */
  readonly counting: string;
  /** Cases closed on `day` and reopened since. */
  readonly reopened: string;
  readonly reference: string;
}

const NOW: Rows = {
  table: 'cases',
  id: 'id',
  counting: '',
  reopened: 'SELECT case_id FROM case_gaps WHERE reopened_on > day AND closed_on <= day',
  reference: 'reference',
};

const KNOWN = 'from_position <= known AND to_position > known';

const THEN: Rows = {
  table: 'case_versions',
  id: 'case_id',
  counting: ` AND ${KNOWN}`,
  reopened: `SELECT case_id FROM case_versions WHERE gaps_closed IS NOT NULL AND ${KNOWN}
    AND EXISTS (SELECT FROM unnest(gaps_closed, gaps_reopened) AS gap(closed, reopened)
      WHERE closed <= day AND reopened > day)`,
  // Looked up for the ten alone: it stands in no index.
  reference: `(SELECT reference FROM case_versions AS v
    WHERE v.case_id = found.case_id AND v.from_position = found.from_position) AS reference`,
};

const OLDEST = 10;

/** The two indexes that hold the open cases of a day: those open still, and those closed since. */
const STANDING = ['closed_on IS NULL', 'closed_on > day'];

/**
 * `ofRegister` narrows to one source; a condition on a parameter that may be null would cost as much as the count. What is hidden
 * is away as what was reopened is: taken off the counts, and not among the oldest.
 */
const openIn = ({ table, id, counting, reopened, reference }: Rows, ofRegister: string): string => {
  const away = `${reopened} UNION ALL SELECT unnest(hidden)`;
  const isNow = table === NOW.table;
  // Of those open still, what was received after `day` is told too: to leave it out costs a comparison for each of them.
  const counted = STANDING.map(
    (stands, index) => `SELECT received_on, count(*) AS open FROM ${table}
      WHERE ${stands}${counting}${isNow && index === 0 ? '' : ' AND received_on <= day'}${ofRegister} GROUP BY 1`,
  );
  // An expression over the day keeps the planner from walking all cases in the order of their receipt to find the ten.
  const oldest = STANDING.map(
    (
      stands,
      index,
    ) => `(SELECT received_on, sort_id, source, ${isNow ? 'reference' : 'case_id, from_position'}
      FROM ${table} WHERE ${stands}${counting} AND received_on <= day${ofRegister} AND ${id} <> ALL (ARRAY(${away}))
      ORDER BY received_on${index === 0 ? '' : " - DATE '1970-01-01'"}, sort_id LIMIT ${OLDEST})`,
  );
  // Two arrays of whole numbers cost less to tell than an array of pairs.
  return `(SELECT json_build_object('days', days, 'open', open,
    'oldest', (SELECT json_agg(json_build_object('reference', reference, 'receivedOn', received_on,
        'sourceId', CASE WHEN source IS NOT NULL THEN sort_id END)) FROM (
      SELECT received_on, sort_id, source, ${reference} FROM (${oldest.join(' UNION ALL ')}) AS found
      ORDER BY received_on, sort_id, reference LIMIT ${OLDEST}) AS ten))
    FROM (SELECT array_agg(received_on - DATE '1970-01-01') AS days, array_agg(open) AS open
      FROM (${counted.join(' UNION ALL ')} UNION ALL SELECT received_on, -1 FROM ${table} WHERE ${id} IN (${away})
        AND (closed_on IS NULL OR closed_on > day)${counting}${isNow ? '' : ' AND received_on <= day'}${ofRegister}) AS counted) AS told)`;
};

const functionOf = (name: string, given: string, rows: Rows): string => `
CREATE FUNCTION ${name}(${given}day date, register text, hidden uuid[]) RETURNS json LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET max_parallel_workers_per_gather = 0
AS $$
BEGIN
  IF register IS NULL THEN
    RETURN ${openIn(rows, '')};
  END IF;
  RETURN ${openIn(rows, ' AND source = register')};
END $$;
COMMENT ON FUNCTION ${name} IS 'hidden: the cases that whoever asks must not see.';
`;

/**
 * What was open at the end of a day, from indexes: how many of each day of receipt (days since 1970; several counts of one day add
 * up, and later days may stand there too), and the oldest ten. Functions, because planning it anew takes as long as
 * answering; with one plan that suits every day, whatever the statistics say, and without workers, who take longer to start
 * than it takes.
 */
export const BACKLOG_NOW = functionOf('backlog_on', '', NOW);
/** The same by what was known at a position of the log. */
export const BACKLOG_THEN = functionOf('backlog_then', 'known bigint, ', THEN);
