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

export const VERSIONS = `
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

-- Every deadline that was recorded as missed, with the position of that.
CREATE TABLE case_misses (
  case_id uuid NOT NULL,
  position bigint NOT NULL,
  deadline text COLLATE "C" NOT NULL,
  due_on date NOT NULL,
  PRIMARY KEY (case_id, position)
);
CREATE INDEX case_misses_by_day ON case_misses (due_on);
GRANT SELECT, INSERT, UPDATE, DELETE ON case_versions, case_days, case_misses TO redress_app;
`;

/** The log has no index by time: positions have no gaps and their instants never fall, so thirty looks find any. */
export const POSITION = `
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
`;

export const EXTERNAL_VERSIONS = `
-- Kept by a follower: what each record of an observed register held, from one position of the log until another, and from
-- one copy of the register until another. A record that is not there has no row. Text in it stays sealed.
CREATE TABLE external_versions (
  record_id uuid NOT NULL,
  source text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  first_position bigint NOT NULL,
  from_position bigint NOT NULL,
  to_position bigint NOT NULL DEFAULT ${STANDS},
  seen_from timestamptz NOT NULL,
  seen_until timestamptz NOT NULL DEFAULT 'infinity',
  detail text NOT NULL,
  PRIMARY KEY (record_id, from_position)
);
COMMENT ON COLUMN external_versions.to_position IS 'The position that changed it; the largest bigint while it stands.';
COMMENT ON COLUMN external_versions.first_position IS 'The position that first had the record, before anything of it changed.';
COMMENT ON COLUMN external_versions.seen_from IS 'When the first copy was taken that showed it so; nobody knows since when it was so.';
-- In the order of a list; what held at a moment is found in the index itself.
CREATE INDEX external_versions_listed
  ON external_versions (source, name, record_id, from_position, to_position, seen_from, seen_until);
GRANT SELECT, INSERT, UPDATE, DELETE ON external_versions TO redress_app;
`;
