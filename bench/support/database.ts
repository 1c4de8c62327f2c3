import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { migrations } from '../../migrations/all.js';
import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres.js';

export interface BenchDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

async function server(): Promise<{ url: string; stop: () => Promise<void> }> {
  const given = process.env['REDRESS_BENCH_DATABASE_URL'];
  if (given) return { url: given, stop: async () => {} };
  const directory = await mkdtemp(join(tmpdir(), 'redress-bench-'));
  await chmod(directory, 0o711);
  const embedded = await startEmbeddedPostgres({ dataDir: join(directory, 'postgres') });
  const stop = () => embedded.stop().then(() => rm(directory, { recursive: true, force: true }));
  return { url: embedded.url, stop };
}

async function run(url: string, ...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

/** A migrated database of its own, by default on a throw-away embedded PostgreSQL with its default durability. */
export async function benchDatabase(...extra: string[]): Promise<BenchDatabase> {
  const { url: serverUrl, stop } = await server();
  const name = `redress_bench_${randomBytes(4).toString('hex')}`;
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  await run(serverUrl, `CREATE DATABASE ${name}`);
  const { DataSource } = await import('typeorm');
  const source = new DataSource({ type: 'postgres', url: url.href, migrations });
  await source.initialize();
  await source.runMigrations({ transaction: 'each' });
  await source.destroy();
  await run(url.href, ...extra);
  const drop = async () => {
    await run(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`);
    await stop();
  };
  return { url: url.href, drop };
}
