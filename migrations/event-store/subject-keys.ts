/** The key of each subject of personal data, wrapped by a master key. */
export const SUBJECT_KEYS = `
CREATE TABLE subject_keys (
  subject text COLLATE "C" PRIMARY KEY,
  wrapped bytea NOT NULL
);
COMMENT ON COLUMN subject_keys.wrapped IS
  'Id of the master key (8 bytes), nonce, tag, ciphertext; 60 bytes without an id from before keys named it.';
GRANT SELECT, INSERT, UPDATE (wrapped) ON subject_keys TO redress_app;`;

/**
 * A master key is retired when nothing is wrapped by it any more, and from then on nothing can be: a process that still
 * holds it, however late, is refused. `retire_master_key` answers how many keys it still wraps; 0: it is retired.
 */
export const RETIREMENT = `
CREATE TABLE retired_master_keys (
  id         bytea PRIMARY KEY,
  retired_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT ON retired_master_keys TO redress_app;

CREATE FUNCTION refuse_retired_master_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM retired_master_keys WHERE id = substring(NEW.wrapped FROM 1 FOR 8)) THEN
    RAISE EXCEPTION 'the master key % is retired', encode(substring(NEW.wrapped FROM 1 FOR 8), 'hex')
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER no_retired_master_key BEFORE INSERT OR UPDATE ON subject_keys
  FOR EACH ROW EXECUTE FUNCTION refuse_retired_master_key();

CREATE FUNCTION retire_master_key(retired bytea) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  wrapping bigint;
BEGIN
  LOCK TABLE subject_keys IN SHARE ROW EXCLUSIVE MODE;
  SELECT count(*) INTO wrapping FROM subject_keys
    WHERE substring(wrapped FROM 1 FOR 8) = retired OR length(wrapped) = 60;
  IF wrapping = 0 THEN
    INSERT INTO retired_master_keys (id) VALUES (retired) ON CONFLICT DO NOTHING;
  END IF;
  RETURN wrapping;
END $$;`;

/**
 * The event that says that a key was destroyed destroys it: in one transaction, and the application can destroy none
 * without saying so. Fires in every session, also where triggers are switched off for replication.
 */
export const ERASURE = `
CREATE FUNCTION destroy_erased_keys() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  kind text := split_part(NEW.stream, '-', 1);
  id text := substring(NEW.stream FROM length(kind) + 2);
BEGIN
  DELETE FROM subject_keys WHERE subject = CASE kind WHEN 'complaint' THEN 'case:' ELSE kind || ':' END || id;
  IF kind = 'complaint' THEN
    -- What its register's activity log says of it goes with it.
    DELETE FROM subject_keys WHERE subject = 'activity:' || id OR subject IN
      (SELECT 'hearing:' || h FROM jsonb_array_elements_text(NEW.data::jsonb->'hearingIds') AS h);
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER erasure_destroys_keys AFTER INSERT ON events
  FOR EACH ROW WHEN (NEW.type = 'PersonalDataErased') EXECUTE FUNCTION destroy_erased_keys();
ALTER TABLE events ENABLE ALWAYS TRIGGER erasure_destroys_keys;`;
