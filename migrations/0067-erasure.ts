import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The event that says that a key was destroyed destroys it: in one transaction, and the application can destroy none
 * without saying so. Fires in every session, also where triggers are switched off for replication.
 */
const ERASURE = `
CREATE FUNCTION destroy_erased_keys() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  kind text := split_part(NEW.stream, '-', 1);
  id text := substring(NEW.stream FROM length(kind) + 2);
BEGIN
  DELETE FROM subject_keys WHERE subject = CASE kind WHEN 'complaint' THEN 'case:' ELSE kind || ':' END || id;
  IF kind = 'complaint' THEN
    DELETE FROM subject_keys WHERE subject IN
      (SELECT 'hearing:' || h FROM jsonb_array_elements_text(NEW.data::jsonb->'hearingIds') AS h);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION destroy_erased_keys FROM PUBLIC;

CREATE TRIGGER erasure_destroys_keys AFTER INSERT ON events
  FOR EACH ROW WHEN (NEW.type = 'PersonalDataErased') EXECUTE FUNCTION destroy_erased_keys();
ALTER TABLE events ENABLE ALWAYS TRIGGER erasure_destroys_keys;

-- What was uploaded to a case whose key is destroyed is removed with its bytes.
GRANT DELETE ON documents TO redress_app;
`;

export class Erasure0000000000067 implements MigrationInterface {
  readonly name = 'Erasure0000000000067';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ERASURE);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`REVOKE DELETE ON documents FROM redress_app;
      DROP TRIGGER erasure_destroys_keys ON events; DROP FUNCTION destroy_erased_keys;`);
  }
}
