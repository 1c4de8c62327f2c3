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

CREATE TABLE subject_keys (
  subject text COLLATE "C" PRIMARY KEY,
  wrapped bytea NOT NULL
);

CREATE TABLE idempotency_keys (
  key         text COLLATE "C" PRIMARY KEY,
  request     text NOT NULL,
  answer      text NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE checkpoints (
  follower text COLLATE "C" PRIMARY KEY,
  position bigint NOT NULL
);`;

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

/** Roles belong to the cluster: another database, or another migration right now, may have made it already. */
export const APP_ROLE = `
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'redress_app') THEN
    CREATE ROLE redress_app NOLOGIN;
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;
END $$;`;

export const GRANTS = `
REVOKE ALL ON streams, events, subject_keys, idempotency_keys, checkpoints FROM PUBLIC;
GRANT SELECT, INSERT ON events, subject_keys TO redress_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON streams TO redress_app;
GRANT SELECT, INSERT, DELETE ON idempotency_keys TO redress_app;
GRANT SELECT, INSERT, UPDATE ON checkpoints TO redress_app;`;
