import { setTimeout } from 'node:timers/promises';
import type { Pool } from 'pg';
import { migrations } from '../../migrations/all.js';
import { Unavailable } from '../event-store/errors.js';

const PATIENCE = 2_000;

const expected = migrations.map((Migration) => new Migration().name ?? Migration.name);

const late = async (signal: AbortSignal): Promise<never> => {
  await setTimeout(PATIENCE, undefined, { signal });
  throw new Unavailable('not-ready', `The database has not answered for ${PATIENCE / 1000} seconds.`);
};

const done = async (pool: Pool): Promise<ReadonlySet<string>> => {
  try {
    const { rows } = await pool.query<{ name: string }>('SELECT name FROM migrations');
    return new Set(rows.map(({ name }) => name));
  } catch {
    throw new Unavailable('not-ready', 'The database cannot be reached, or its schema was never made.');
  }
};

/** What was noticed of the disk while recording. */
export interface Recorder {
  readonly isOutOfRoom: boolean;
}

/** Whether requests can be served: the database answers, has every migration and room. Errors: Unavailable `not-ready`. */
export const checkReadiness = async (pool: Pool, { isOutOfRoom }: Recorder): Promise<void> => {
  if (isOutOfRoom)
    throw new Unavailable(
      'not-ready',
      'The disk of the database is full: nothing can be recorded. Make room there; reading still works.',
    );
  const waiting = new AbortController();
  try {
    const names = await Promise.race([done(pool), late(waiting.signal)]);
    const missing = expected.filter((name) => !names.has(name));
    if (missing.length > 0)
      throw new Unavailable('not-ready', `Run redress migrate: ${missing.join(', ')} not done.`, { missing });
  } finally {
    waiting.abort();
  }
};
