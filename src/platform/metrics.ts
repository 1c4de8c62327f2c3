import { subscribe } from 'node:diagnostics_channel';
import type { FastifyInstance } from 'fastify';
import type { Pool } from 'pg';
import { collectDefaultMetrics, Counter, Gauge, Histogram, register } from 'prom-client';
import { BATCHES, type BatchTold } from '../event-store/committer.js';

/**
 * What an operator watches. A slice adds its own by making them: prom-client's own register is what `/metrics` shows.
 * No label holds an id or anything a person typed.
 */

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const LAGS =
  'SELECT follower, (SELECT coalesce(max(position), 0) FROM events) - position AS lag FROM checkpoints';

const requestSeconds = new Histogram({
  name: 'redress_http_request_seconds',
  help: 'How long answers took, by route as declared and status.',
  labelNames: ['method', 'route', 'status'],
  buckets: SECONDS,
});

const batchSeconds = new Histogram({
  name: 'redress_append_batch_seconds',
  help: 'How long batches of appends took to commit.',
  buckets: SECONDS,
});

const batchAppends = new Histogram({
  name: 'redress_append_batch_size',
  help: 'Appends committed together.',
  buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
});

const appends = new Counter({
  name: 'redress_appends_total',
  help: 'Appends by what became of them.',
  labelNames: ['outcome'],
});

const events = new Counter({ name: 'redress_events_appended_total', help: 'Events recorded.' });

new Gauge({
  name: 'redress_database_connections',
  help: 'Connections of the database pool.',
  labelNames: ['state'],
  collect() {
    if (!watched) return;
    this.set({ state: 'open' }, watched.totalCount);
    this.set({ state: 'idle' }, watched.idleCount);
    this.set({ state: 'waited-for' }, watched.waitingCount);
  },
});

new Gauge({
  name: 'redress_follower_lag_events',
  help: 'Events recorded that a follower has not taken in yet, whichever process it runs in.',
  labelNames: ['follower'],
  async collect() {
    this.reset();
    // Without the database everything else is told all the same.
    const lags = await watched?.query<{ follower: string; lag: string }>(LAGS).catch(() => undefined);
    for (const { follower, lag } of lags?.rows ?? []) this.set({ follower }, Number(lag));
  },
});

let watched: Pool | undefined;

const tell = ({ seconds, outcomes, recorded }: BatchTold): void => {
  batchSeconds.observe(seconds);
  batchAppends.observe(outcomes.length);
  for (const outcome of outcomes) appends.inc({ outcome });
  events.inc(recorded);
};

/** The metrics of this process; once in its life. */
const begin = (): void => {
  if (register.getSingleMetric('process_cpu_user_seconds_total')) return;
  collectDefaultMetrics();
  subscribe(BATCHES, (told) => tell(told as BatchTold));
};

/** What this process records, and the pool that it does so by. */
export const watchPool = (pool: Pool): void => {
  begin();
  watched = pool;
};

export const watchRequests = (server: FastifyInstance): void => {
  server.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    const labels = { method: request.method, route, status: reply.statusCode };
    requestSeconds.observe(labels, reply.elapsedTime / 1000);
    done();
  });
};

export const exposition = async (): Promise<{ type: string; text: string }> => ({
  type: register.contentType,
  text: await register.metrics(),
});
