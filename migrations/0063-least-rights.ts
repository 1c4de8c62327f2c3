import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Only who owns the schema may take from everybody what PostgreSQL gives them; elsewhere it is the administrator's to do. */
const NOTHING_FOR_EVERYBODY = `
DO $$
BEGIN
  IF pg_has_role((SELECT nspowner FROM pg_namespace WHERE nspname = 'public'), 'USAGE') THEN
    REVOKE ALL ON SCHEMA public FROM PUBLIC;
    GRANT USAGE ON SCHEMA public TO redress_app;
  END IF;
END $$;

-- Also of what later migrations make: whoever may call it is said there, and the application may call what it finds in its own schema.
REVOKE EXECUTE ON ALL ROUTINES IN SCHEMA public FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON ROUTINES FROM PUBLIC;
GRANT EXECUTE ON ALL ROUTINES IN SCHEMA public TO redress_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT EXECUTE ON ROUTINES TO redress_app;
REVOKE EXECUTE ON FUNCTION keep_record FROM redress_app;
`;

const NO_MORE_THAN_IS_NEEDED = `
REVOKE UPDATE ON documents, checkpoints FROM redress_app;
GRANT UPDATE (address) ON documents TO redress_app;
GRANT UPDATE (position) ON checkpoints TO redress_app;
REVOKE UPDATE, DELETE ON log_tiles FROM redress_app;
GRANT UPDATE (hashes) ON log_tiles TO redress_app;
`;

/** Hashes are added at the end of the last tile of each level, and nothing else ever happens to one. */
const TILES_GROW = `
CREATE FUNCTION refuse_all_but_growth() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF (NEW.level, NEW.index) = (OLD.level, OLD.index) AND
       substring(NEW.hashes FROM 1 FOR octet_length(OLD.hashes)) = OLD.hashes THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'a tile of the log only grows: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON log_tiles FOR EACH ROW EXECUTE FUNCTION refuse_all_but_growth();
CREATE TRIGGER only_added_to BEFORE TRUNCATE ON log_tiles FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_record();
ALTER TABLE log_tiles ENABLE ALWAYS TRIGGER only_grows;
ALTER TABLE log_tiles ENABLE ALWAYS TRIGGER only_added_to;
SELECT keep_record('log_checkpoints'), keep_record('log_keys');
`;

const DOWN = `
DROP TRIGGER only_added_to ON log_keys;
DROP TRIGGER only_added_to ON log_checkpoints;
DROP TRIGGER only_added_to ON log_tiles;
DROP TRIGGER only_grows ON log_tiles;
DROP FUNCTION refuse_all_but_growth;
GRANT UPDATE ON documents, checkpoints TO redress_app;
GRANT UPDATE, DELETE ON log_tiles TO redress_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE EXECUTE ON ROUTINES FROM redress_app;
ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON ROUTINES TO PUBLIC;
GRANT EXECUTE ON ALL ROUTINES IN SCHEMA public TO PUBLIC;
GRANT USAGE ON SCHEMA public TO PUBLIC;
`;

export class LeastRights0000000000063 implements MigrationInterface {
  readonly name = 'LeastRights0000000000063';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [NOTHING_FOR_EVERYBODY, NO_MORE_THAN_IS_NEEDED, TILES_GROW]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}
