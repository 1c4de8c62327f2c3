/** Events, their stream heads, and what is written in the same transaction as they are. */
export const TABLES = `
CREATE TABLE streams (
  stream  text COLLATE "C" PRIMARY KEY,
  version integer NOT NULL
) WITH (fillfactor = 70);

CREATE TABLE events (
  position       bigint PRIMARY KEY,
  event_id       uuid NOT NULL UNIQUE,
  stream         text COLLATE "C" NOT NULL,
  version        integer NOT NULL,
  type           text COLLATE "C" NOT NULL,
  schema_version integer NOT NULL,
  occurred_on    date NOT NULL,
  occurred_at    timestamptz,
  occurred_zone  text COLLATE "C",
  recorded_at    timestamptz NOT NULL,
  actor_id       text NOT NULL,
  actor_role     text COLLATE "C" NOT NULL,
  on_behalf_of   text,
  correlation_id text NOT NULL,
  causation_id   text,
  data           text NOT NULL,
  UNIQUE (stream, version),
  CHECK ((occurred_at IS NULL) = (occurred_zone IS NULL))
);
COMMENT ON COLUMN events.position IS 'Gapless, in commit order.';
COMMENT ON COLUMN events.occurred_on IS 'The local day it happened: as stated, or that of occurred_at in occurred_zone.';
COMMENT ON COLUMN events.data IS 'The exact JSON text that was recorded.';

CREATE TABLE idempotency_keys (
  key         text COLLATE "C" PRIMARY KEY,
  request     text NOT NULL,
  answer      text NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE checkpoints (
  follower text COLLATE "C" PRIMARY KEY,
  position bigint NOT NULL
);

GRANT SELECT, INSERT ON events TO redress_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON streams TO redress_app;
GRANT SELECT, INSERT, DELETE ON idempotency_keys TO redress_app;
GRANT SELECT, INSERT, UPDATE (position) ON checkpoints TO redress_app;`;

/** What the database takes for now when it records: the one place, so that its owner can replay what happened on other days. */
export const RECORDING_TIME = `
CREATE FUNCTION recording_time() RETURNS timestamptz LANGUAGE sql VOLATILE AS 'SELECT clock_timestamp()';`;

/** Fires for the owner and for superusers too, also where replication triggers are switched off. */
export const IMMUTABILITY = `
CREATE FUNCTION refuse_change_of_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'events are immutable: % refused', TG_OP
    USING ERRCODE = 'restrict_violation', HINT = 'Record a new event that corrects the old one.';
END $$;

CREATE TRIGGER events_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON events
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_history();
ALTER TABLE events ENABLE ALWAYS TRIGGER events_are_immutable;`;

/** `keep_record` makes a table one that is only added to, for the owner and for superusers too. */
export const KEPT_RECORDS = `
CREATE FUNCTION refuse_change_of_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is only added to: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION keep_record(kept regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE TRIGGER only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON %s
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_record()', kept);
  EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER only_added_to', kept);
END $$;
REVOKE EXECUTE ON FUNCTION keep_record FROM redress_app;`;
