import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A master key is retired when nothing is wrapped by it any more, and from then on nothing can be: a process that still
 * holds it, however late, is refused. `retire_master_key` answers how many keys it still wraps; 0: it is retired.
 */
const KEY_ROTATION = `
CREATE TABLE retired_master_keys (
  id         bytea PRIMARY KEY,
  retired_at timestamptz NOT NULL DEFAULT now()
);
REVOKE ALL ON retired_master_keys FROM PUBLIC;
GRANT SELECT ON retired_master_keys TO redress_app;

COMMENT ON COLUMN subject_keys.wrapped IS
  'Id of the master key (8 bytes), nonce, tag, ciphertext; 60 bytes without an id from before keys named it.';
GRANT UPDATE (wrapped) ON subject_keys TO redress_app;

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
END $$;
REVOKE ALL ON FUNCTION retire_master_key FROM PUBLIC;
GRANT EXECUTE ON FUNCTION retire_master_key TO redress_app;
`;

export class KeyRotation0000000000066 implements MigrationInterface {
  readonly name = 'KeyRotation0000000000066';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(KEY_ROTATION);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP FUNCTION retire_master_key;
      DROP TRIGGER no_retired_master_key ON subject_keys;
      DROP FUNCTION refuse_retired_master_key;
      REVOKE UPDATE (wrapped) ON subject_keys FROM redress_app;
      DROP TABLE retired_master_keys;`);
  }
}
