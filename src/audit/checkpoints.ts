import { Inject, Injectable } from '@nestjs/common';
import type pg from 'pg';
import { RuleBroken } from '../event-store/errors.js';
import { catchUp } from '../event-store/followers.js';
import { CONFIG, type Config } from '../platform/config.js';
import { POOL } from '../platform/database.js';
import { readCheckpoint, signedCheckpoint, type Checkpoint, type Head } from './log/checkpoint.js';
import { provesConsistency } from './log/merkle.js';
import { verifierText } from './log/note.js';
import { consistencyProof, rootAt } from './log/tiles.js';
import { logTiles } from './log-tiles.follower.js';
import { mustSign } from './signing.js';
import { StoredTiles } from './stored-tiles.js';

const isoOf = (column: string): string =>
  `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;

const LATEST = `SELECT size::float8, note, ${isoOf('made_at')} AS "madeAt",
    extract(epoch FROM clock_timestamp() - made_at)::float8 AS age
  FROM log_checkpoints ORDER BY size DESC, made_at DESC LIMIT 1`;

const KEEP = `WITH known AS (INSERT INTO log_keys (key) VALUES ($1) ON CONFLICT DO NOTHING)
  INSERT INTO log_checkpoints (size, key, note) VALUES ($2, $1, $3) ON CONFLICT DO NOTHING`;

export interface Latest {
  readonly size: number;
  readonly note: string;
  readonly madeAt: string;
  /** Seconds since it was made. */
  readonly age: number;
}

export interface KnownKey {
  readonly key: string;
  readonly firstUsedAt: string;
}

/** Checkpoints of the log: made, kept and handed out. Their keys are kept for ever. */
@Injectable()
export class Checkpoints {
  constructor(
    @Inject(POOL) private readonly pool: pg.Pool,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async latest(): Promise<Latest | undefined> {
    return (await this.pool.query<Latest>(LATEST)).rows[0];
  }

  /** How far the tree reaches. */
  async size(): Promise<number> {
    const { rows } = await this.pool.query<{ position: string }>(
      'SELECT position FROM checkpoints WHERE follower = $1',
      [logTiles.name],
    );
    return Number(rows[0]?.position ?? 0);
  }

  async keys(): Promise<KnownKey[]> {
    const text = `SELECT key, ${isoOf('first_used_at')} AS "firstUsedAt" FROM log_keys ORDER BY first_used_at, key`;
    return (await this.pool.query<KnownKey>(text)).rows;
  }

  /** All that were ever made, the smallest first. */
  async all(): Promise<{ readonly size: number; readonly note: string }[]> {
    const text = 'SELECT size::float8, note FROM log_checkpoints ORDER BY size, made_at';
    return (await this.pool.query<{ size: number; note: string }>(text)).rows;
  }

  /** Of all that is recorded by now. Errors: WrongSetting, RuleBroken `log-shorter`, `log-rewritten`. */
  async signHead(): Promise<string> {
    const { rows } = await this.pool.query<{ head: string }>(
      'SELECT coalesce(max(position), 0) AS head FROM events',
    );
    await catchUp(this.pool, logTiles, Number(rows[0]?.head ?? 0));
    return this.sign(await this.size());
  }

  /** Errors: as signHead. */
  async sign(size: number): Promise<string> {
    const signer = await mustSign(this.config);
    const head = { size, root: await rootAt(new StoredTiles(this.pool), size) };
    const latest = await this.latest();
    if (latest) await this.refuseFork(readCheckpoint(latest.note), head);
    const note = signedCheckpoint(signer, head);
    await this.pool.query(KEEP, [verifierText(signer.verifier), size, note]);
    return note;
  }

  /** Nothing is signed that does not go on from what was signed last. */
  private async refuseFork(before: Checkpoint, head: Head): Promise<void> {
    if (before.size > head.size)
      throw new RuleBroken(
        'log-shorter',
        `The log ends at position ${head.size}, and a checkpoint over ${before.size} was signed: events are missing. Run redress audit verify; nothing was signed.`,
      );
    const proof = await consistencyProof(new StoredTiles(this.pool), before.size, head.size);
    if (!provesConsistency(before, head, proof))
      throw new RuleBroken(
        'log-rewritten',
        `The log does not go on from the checkpoint over ${before.size} events: what it held was changed. Run redress audit verify; nothing was signed.`,
      );
  }
}
