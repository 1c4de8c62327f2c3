import type pg from 'pg';
import { Gauge } from 'prom-client';

/** What an operator watches; told from the database, whichever process signs and pushes. */

const UNSIGNED = `SELECT (SELECT coalesce(max(position), 0) FROM events)
  - (SELECT coalesce(max(size), 0) FROM log_checkpoints) AS events`;

const FAILING = `SELECT way, coalesce(extract(epoch FROM clock_timestamp() - failing_since), 0)::float8 AS seconds
  FROM checkpoint_pushes WHERE way = ANY ($1)`;

let watched: { readonly pool: pg.Pool; readonly ways: readonly string[] } | undefined;

export const watchCheckpoints = (pool: pg.Pool, ways: readonly string[]): void => {
  watched = { pool, ways };
};

new Gauge({
  name: 'redress_checkpoint_lag_events',
  help: 'Events recorded that no checkpoint covers yet.',
  async collect() {
    this.reset();
    const found = await watched?.pool.query<{ events: string }>(UNSIGNED).catch(() => undefined);
    for (const { events } of found?.rows ?? []) this.set(Number(events));
  },
});

new Gauge({
  name: 'redress_checkpoint_push_failing_seconds',
  help: 'Seconds for which checkpoints could not be pushed off this host by a way (file, webhook, mail); 0: they can.',
  labelNames: ['way'],
  async collect() {
    this.reset();
    const found = await watched?.pool
      .query<{ way: string; seconds: number }>(FAILING, [watched.ways])
      .catch(() => undefined);
    for (const { way, seconds } of found?.rows ?? []) this.set({ way }, seconds);
  },
});
