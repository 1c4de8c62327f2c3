import type { MigrationInterface, QueryRunner } from 'typeorm';

const TILES = `
-- Kept by a follower: the Merkle tree over the log (docs/adr/0016-transparency-log.md), in tiles of 256 hashes. Tile (0, n) holds
-- the hashes of the events at positions 256n + 1 to 256n + 256; tile (l, n) the heads over the tiles (l - 1, 256n) to
-- (l - 1, 256n + 255). Only the last one of each level grows.
CREATE TABLE log_tiles (
  level smallint NOT NULL,
  index bigint NOT NULL,
  hashes bytea NOT NULL,
  PRIMARY KEY (level, index),
  CHECK (octet_length(hashes) BETWEEN 32 AND 8192 AND octet_length(hashes) % 32 = 0)
);
-- Hashes do not compress.
ALTER TABLE log_tiles ALTER COLUMN hashes SET STORAGE EXTERNAL;
GRANT SELECT, INSERT, UPDATE (hashes) ON log_tiles TO redress_app;

INSERT INTO checkpoints (follower, position) VALUES ('log-tiles', 0);
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
`;

const CHECKPOINTS = `
-- What signs and what signed; never removed, so that whatever was signed once can be verified.
CREATE TABLE log_keys (
  key text COLLATE "C" PRIMARY KEY,
  first_used_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON COLUMN log_keys.key IS 'The public key as C2SP signed-note writes it: name+id+base64.';

CREATE TABLE log_checkpoints (
  size bigint NOT NULL,
  key text COLLATE "C" NOT NULL REFERENCES log_keys,
  note text NOT NULL,
  made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (size, key)
);
COMMENT ON COLUMN log_checkpoints.size IS 'How many events the log held: its last position.';
GRANT SELECT, INSERT ON log_keys, log_checkpoints TO redress_app;
SELECT keep_record('log_checkpoints'), keep_record('log_keys');

-- How far checkpoints were taken off this host, by each way there is; whoever moves its next turn takes it.
CREATE TABLE checkpoint_pushes (
  way text COLLATE "C" PRIMARY KEY,
  size bigint NOT NULL DEFAULT 0,
  next_at timestamptz NOT NULL,
  failing_since timestamptz
);
COMMENT ON COLUMN checkpoint_pushes.size IS 'How many events the checkpoint covers that was taken last.';
GRANT SELECT, INSERT, UPDATE ON checkpoint_pushes TO redress_app;
`;

/** The transparency log over the events. */
export class Log0000000000011 implements MigrationInterface {
  readonly name = 'Log0000000000011';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [TILES, TILES_GROW, CHECKPOINTS]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE checkpoint_pushes, log_checkpoints, log_keys, log_tiles;
      DROP FUNCTION refuse_all_but_growth; DELETE FROM checkpoints WHERE follower = 'log-tiles'`);
  }
}
