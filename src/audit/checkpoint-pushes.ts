import type pg from 'pg';
import type { Way } from './checkpoint-ways.js';
import type { Latest } from './checkpoints.js';

/** What one process began, no other one does again within this time. */
const TURN_SECONDS = 60;

const TAKE = `INSERT INTO checkpoint_pushes (way, next_at)
  SELECT $1, clock_timestamp() + make_interval(secs => ${TURN_SECONDS})
  WHERE NOT EXISTS (SELECT FROM checkpoint_pushes WHERE way = $1 AND (size >= $2 OR next_at > clock_timestamp()))
  ON CONFLICT (way) DO UPDATE SET next_at = excluded.next_at
  WHERE checkpoint_pushes.size < $2 AND checkpoint_pushes.next_at <= clock_timestamp()`;

const PUSHED = `UPDATE checkpoint_pushes SET size = $2, failing_since = NULL,
  next_at = clock_timestamp() + make_interval(secs => $3) WHERE way = $1`;

const FAILED = `UPDATE checkpoint_pushes SET failing_since = coalesce(failing_since, clock_timestamp()),
  next_at = clock_timestamp() + make_interval(secs => $2) WHERE way = $1`;

/** How far checkpoints were taken off this host: known to all processes, and after a restart. */
export class CheckpointPushes {
  constructor(
    private readonly pool: pg.Pool,
    private readonly retrySeconds: number,
  ) {}

  /** Unless that was done, or is not its turn; answers whether it did. Errors: those of the way. */
  async push(way: Way, latest: Latest): Promise<boolean> {
    const { name, everySeconds } = way;
    const { rowCount } = await this.pool.query(TAKE, [name, latest.size]);
    if (rowCount === 0) return false;
    try {
      await way.send(latest);
    } catch (error) {
      await this.pool.query(FAILED, [name, this.retrySeconds]);
      throw error;
    }
    await this.pool.query(PUSHED, [name, latest.size, everySeconds]);
    return true;
  }
}
