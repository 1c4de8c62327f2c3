import type { MigrationInterface, QueryRunner } from 'typeorm';

const OLDEST = 10;

/** Cases that were closed on `day` and are reopened since. */
const AWAY = 'SELECT case_id FROM case_gaps WHERE reopened_on > day AND closed_on <= day';

/** The two indexes that hold the open cases of a day: those open still, and those closed since. */
const STANDING = ['closed_on IS NULL', 'closed_on > day'];

/** `ofRegister` narrows to one source; a condition on a parameter that may be null would cost as much as the count. */
const openOn = (ofRegister: string): string => {
  // Of those open still, what was received after `day` is told too: to leave it out costs a comparison for each of them.
  const counted = [STANDING[0], `${STANDING[1]} AND received_on <= day`].map(
    (stands) => `SELECT received_on, count(*) AS open FROM cases WHERE ${stands}${ofRegister} GROUP BY 1`,
  );
  // An expression over the day keeps the planner from walking all cases in the order of their receipt to find the ten.
  const oldest = STANDING.map(
    (stands, index) => `(SELECT received_on, sort_id, reference, source FROM cases
      WHERE ${stands} AND received_on <= day${ofRegister} AND id <> ALL (ARRAY(${AWAY}))
      ORDER BY received_on${index === 0 ? '' : " - DATE '1970-01-01'"}, sort_id LIMIT ${OLDEST})`,
  );
  // Two arrays of whole numbers cost less to tell than an array of pairs.
  return `(SELECT json_build_object('days', days, 'open', open,
    'oldest', (SELECT json_agg(json_build_object('reference', reference, 'receivedOn', received_on,
        'sourceId', CASE WHEN source IS NOT NULL THEN sort_id END)) FROM (
      SELECT * FROM (${oldest.join(' UNION ALL ')}) AS found
      ORDER BY received_on, sort_id, reference LIMIT ${OLDEST}) AS ten))
    FROM (SELECT array_agg(received_on - DATE '1970-01-01') AS days, array_agg(open) AS open
      FROM (${counted.join(' UNION ALL ')} UNION ALL SELECT received_on, -1 FROM cases WHERE id IN (${AWAY})
        AND (closed_on IS NULL OR closed_on > day)${ofRegister}) AS counted) AS told)`;
};

/**
 * What was open at the end of a day by the dates now known, from indexes: how many of each day of receipt (days since
 * 1970; several counts of one day add up, and later days may stand there too), and the oldest ten. A function, because
 * planning it anew takes as long as answering; with one plan that suits every day, whatever the statistics say, and
 * without workers, who take longer to start than it takes.
 */
const BACKLOG = `
CREATE FUNCTION backlog_on(day date, register text) RETURNS json LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET max_parallel_workers_per_gather = 0
AS $$
BEGIN
  IF register IS NULL THEN
    RETURN ${openOn('')};
  END IF;
  RETURN ${openOn(' AND source = register')};
END $$;
GRANT EXECUTE ON FUNCTION backlog_on TO redress_app;
`;

export class Backlog0000000000006 implements MigrationInterface {
  readonly name = 'Backlog0000000000006';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(BACKLOG);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION backlog_on');
  }
}
