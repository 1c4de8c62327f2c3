import type { MigrationInterface, QueryRunner } from 'typeorm';

const FACTS = `
  version int NOT NULL,
  reference text COLLATE "C" NOT NULL,
  status text NOT NULL,
  category text NOT NULL,
  severity text,
  handler_id text,
  received_on date NOT NULL,
  closed_on date,
  outcome text,
  within_limit boolean,
  next_due_on date,
  source text,
  sort_id text COLLATE "C" NOT NULL,
  gaps_closed date[],
  gaps_reopened date[]`;

/** The largest bigint: a version that stands still. */
const STANDS = '9223372036854775807';

/** What holds at a moment is found in the index itself, in the order of a list, without a look at the rows that do not. */
const indexes = (table: string, span: string): string => `
CREATE INDEX ${table}_by_receipt ON ${table} (received_on, case_id, ${span});
CREATE INDEX ${table}_open ON ${table} (received_on, case_id, ${span}) INCLUDE (sort_id, source) WHERE closed_on IS NULL;
CREATE INDEX ${table}_closed_by_age ON ${table} ((received_on - closed_on), case_id, ${span}) WHERE closed_on IS NOT NULL;`;

const VERSIONS = `
-- Kept by a follower: how each case stood from one position of the log until another.
CREATE TABLE case_versions (
  case_id uuid NOT NULL,
  from_position bigint NOT NULL,
  to_position bigint NOT NULL DEFAULT ${STANDS},${FACTS},
  PRIMARY KEY (case_id, from_position)
);
COMMENT ON COLUMN case_versions.to_position IS 'The position that changed it; the largest bigint while it stands.';
COMMENT ON COLUMN case_versions.within_limit IS 'Closed by the due date of what a closing meets; null when nothing limits it.';
COMMENT ON COLUMN case_versions.gaps_closed IS 'The days of closings that were undone, each beside its day in gaps_reopened.';
${indexes('case_versions', 'from_position, to_position')}
CREATE INDEX case_versions_closed ON case_versions (closed_on, received_on, case_id, from_position, to_position)
  INCLUDE (sort_id, source) WHERE closed_on IS NOT NULL;
CREATE INDEX case_versions_reopened ON case_versions (case_id) WHERE gaps_closed IS NOT NULL;

-- The same by the days on which things happened, as they are known now.
CREATE TABLE case_days (
  case_id uuid NOT NULL,
  from_on date NOT NULL,
  to_on date NOT NULL DEFAULT 'infinity',${FACTS},
  PRIMARY KEY (case_id, from_on)
);
${indexes('case_days', 'from_on, to_on')}
GRANT SELECT, INSERT, UPDATE, DELETE ON case_versions, case_days TO redress_app;
`;

const MISSES = `
-- Every deadline that was recorded as missed, with the position of that.
CREATE TABLE case_misses (
  case_id uuid NOT NULL,
  position bigint NOT NULL,
  deadline text COLLATE "C" NOT NULL,
  due_on date NOT NULL,
  PRIMARY KEY (case_id, position)
);
CREATE INDEX case_misses_by_day ON case_misses (due_on);
GRANT SELECT, INSERT, UPDATE, DELETE ON case_misses TO redress_app;

INSERT INTO checkpoints (follower, position) VALUES ('case-versions', 0);
`;

/** The log has no index by time: positions have no gaps and their instants never fall, so thirty looks find any. */
const POSITION = `
CREATE FUNCTION position_before(instant timestamptz) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
  low bigint := 0;
  high bigint := (SELECT coalesce(max(position), 0) FROM events);
  middle bigint;
BEGIN
  WHILE low < high LOOP
    middle := (low + high + 1) / 2;
    IF (SELECT recorded_at FROM events WHERE position = middle) < instant THEN
      low := middle;
    ELSE
      high := middle - 1;
    END IF;
  END LOOP;
  RETURN low;
END $$;
COMMENT ON FUNCTION position_before IS 'The last position recorded before that instant; 0 when there is none.';
GRANT EXECUTE ON FUNCTION position_before TO redress_app;
`;

const OLDEST = 10;
const KNOWN = 'from_position <= known AND to_position > known';

/** Closed on \`day\`, and known to have been reopened since. */
const AWAY = `SELECT case_id FROM case_versions WHERE gaps_closed IS NOT NULL AND ${KNOWN}
  AND EXISTS (SELECT FROM unnest(gaps_closed, gaps_reopened) AS gap(closed, reopened)
    WHERE closed <= day AND reopened > day)`;

const STANDING = ['closed_on IS NULL', 'closed_on > day'];

const openThen = (ofRegister: string): string => {
  const counted = STANDING.map(
    (stands) => `SELECT received_on, count(*) AS open FROM case_versions
      WHERE ${stands} AND ${KNOWN} AND received_on <= day${ofRegister} GROUP BY 1`,
  );
  // An expression over the day keeps the planner from walking all cases in the order of their receipt to find the ten.
  const oldest = STANDING.map(
    (stands, index) => `(SELECT received_on, sort_id, source, case_id, from_position FROM case_versions
      WHERE ${stands} AND ${KNOWN} AND received_on <= day${ofRegister} AND case_id <> ALL (ARRAY(${AWAY}))
      ORDER BY received_on${index === 0 ? '' : " - DATE '1970-01-01'"}, sort_id LIMIT ${OLDEST})`,
  );
  return `(SELECT json_build_object('days', days, 'open', open,
    'oldest', (SELECT json_agg(json_build_object('reference', reference, 'receivedOn', received_on,
        'sourceId', CASE WHEN source IS NOT NULL THEN sort_id END)) FROM (
      SELECT found.*, (SELECT reference FROM case_versions AS v
        WHERE v.case_id = found.case_id AND v.from_position = found.from_position) AS reference
      FROM (${oldest.join(' UNION ALL ')}) AS found
      ORDER BY received_on, sort_id, reference LIMIT ${OLDEST}) AS ten))
    FROM (SELECT array_agg(received_on - DATE '1970-01-01') AS days, array_agg(open) AS open
      FROM (${counted.join(' UNION ALL ')} UNION ALL SELECT received_on, -count(*) FROM case_versions
        WHERE case_id IN (${AWAY}) AND ${KNOWN} AND received_on <= day
          AND (closed_on IS NULL OR closed_on > day)${ofRegister} GROUP BY 1) AS counted) AS told)`;
};

/** What was open at the end of a day by what was known at a position; told as \`backlog_on\` tells it. */
const BACKLOG = `
CREATE FUNCTION backlog_then(known bigint, day date, register text) RETURNS json LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET max_parallel_workers_per_gather = 0
AS $$
BEGIN
  IF register IS NULL THEN
    RETURN ${openThen('')};
  END IF;
  RETURN ${openThen(' AND source = register')};
END $$;
GRANT EXECUTE ON FUNCTION backlog_then TO redress_app;
`;

export class CaseVersions0000000000013 implements MigrationInterface {
  readonly name = 'CaseVersions0000000000013';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [VERSIONS, MISSES, POSITION, BACKLOG]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP FUNCTION backlog_then, position_before;
      DROP TABLE case_misses, case_days, case_versions;
      DELETE FROM checkpoints WHERE follower = 'case-versions'`);
  }
}
