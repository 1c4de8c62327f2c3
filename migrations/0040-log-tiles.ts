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
GRANT SELECT, INSERT, UPDATE, DELETE ON log_tiles TO redress_app;

INSERT INTO checkpoints (follower, position) VALUES ('log-tiles', 0);
`;

export class LogTiles0000000000040 implements MigrationInterface {
  readonly name = 'LogTiles0000000000040';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TILES);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE log_tiles; DELETE FROM checkpoints WHERE follower = 'log-tiles'`);
  }
}
