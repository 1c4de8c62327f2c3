import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Whoever erases a party looks at the cases that name it, and a case that names it in that moment is not among them. What
 * names a party locks its stream, as its erasure does: so here every such case is seen, and the erasure is decided anew.
 */
const REFUSE = `
CREATE FUNCTION refuse_to_erase_needed_party() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM named_parties LEFT JOIN hearing_cases ON hearing_id = thing
      JOIN cases ON cases.id = coalesce(case_id, thing)
      WHERE person = substring(NEW.stream FROM 7) AND closed_on IS NULL) THEN
    RAISE 'an open case names this party' USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER erasure_leaves_needed_parties AFTER INSERT ON events
  FOR EACH ROW WHEN (NEW.type = 'PersonalDataErased' AND NEW.stream LIKE 'party-%')
  EXECUTE FUNCTION refuse_to_erase_needed_party();`;

export class NeededParties0000000000091 implements MigrationInterface {
  readonly name = 'NeededParties0000000000091';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(REFUSE);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'DROP TRIGGER erasure_leaves_needed_parties ON events; DROP FUNCTION refuse_to_erase_needed_party',
    );
  }
}
