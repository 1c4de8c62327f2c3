import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { ensurePostgres } from '../../src/platform/embedded-postgres.js';

/** A database of its own, migrated, on the run's throw-away PostgreSQL. */
export interface FreshDatabase {
  /** For what opens its own connections: a DataSource, a child process. */
  readonly url: string;
  readonly pool: pg.Pool;
  /** Closes the pool and drops the database, throwing out whoever is still connected. */
  drop(): Promise<void>;
}

/** Once per spec file, in `beforeAll`: a clone of the migrated template. The first call of a run starts the server. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const admin = await adminClient();
  const name = runName(`spec_${randomBytes(6).toString('hex')}`);
  try {
    await makeTemplate(admin);
    // Copied file by file, without a log of it: half the processor time.
    await admin.query(`CREATE DATABASE "${name}" TEMPLATE "${runName('template')}" STRATEGY FILE_COPY`);
  } finally {
    await admin.end();
  }
  return open(name);
}

/** A database of its own without any migration, for specs of the migrations themselves. */
export async function emptyDatabase(): Promise<FreshDatabase> {
  const name = runName(`empty_${randomBytes(6).toString('hex')}`);
  await administer(`CREATE DATABASE "${name}"`);
  return open(name);
}

/** Runs every migration, as `redress migrate` does. */
export async function migrate(url: string): Promise<void> {
  // Only here: most spec files never need TypeORM or BullMQ, and loading them takes a second.
  const [database, queue] = await Promise.all([
    import('../../src/platform/database.js'),
    import('../../src/platform/queue.js'),
  ]);
  await database.migrate(url);
  await queue.migrateQueue(url);
}

async function open(name: string): Promise<FreshDatabase> {
  const url = await urlOf(name);
  const pool = new pg.Pool({ connectionString: url });
  // An idle connection that `drop`, or a spec that kills the server, cuts off is no failure of its own.
  pool.on('error', () => {});
  return { url, pool, drop: () => drop(name, pool) };
}

async function drop(name: string, pool: pg.Pool): Promise<void> {
  await pool.end();
  await administer(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
}

async function administer(sql: string): Promise<void> {
  const admin = await adminClient();
  try {
    await admin.query(sql);
  } finally {
    await admin.end();
  }
}

async function makeTemplate(admin: pg.Client): Promise<void> {
  const template = runName('template');
  const found = await admin.query('SELECT FROM pg_database WHERE datname = $1', [template]);
  if (found.rowCount) return;
  // Several spec files start at once: one of them builds, under another name until it is whole.
  await admin.query('SELECT pg_advisory_lock(1)');
  try {
    const again = await admin.query('SELECT FROM pg_database WHERE datname = $1', [template]);
    if (again.rowCount) return;
    if (!process.env['REDRESS_TEST_DATABASE_URL']) await neverWaitForTheDisk(admin);
    const building = runName('building');
    await admin.query(`DROP DATABASE IF EXISTS "${building}" WITH (FORCE)`);
    await admin.query(`CREATE DATABASE "${building}"`);
    await migrate(await urlOf(building));
    await admin.query(`ALTER DATABASE "${building}" RENAME TO "${template}"`);
  } finally {
    await admin.query('SELECT pg_advisory_unlock(1)');
  }
}

/** Of the run's own server: only the machine's fall loses anything by it, and the run falls with the machine. */
async function neverWaitForTheDisk(admin: pg.Client): Promise<void> {
  for (const setting of ['fsync', 'full_page_writes']) await admin.query(`ALTER SYSTEM SET ${setting} = off`);
  await admin.query('SELECT pg_reload_conf()');
}

async function adminClient(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: await urlOf('postgres') });
  await client.connect();
  return client;
}

let server: Promise<string> | undefined;

/** The URL of a database of this run's server, which is started when nobody did so yet. */
async function urlOf(database: string): Promise<string> {
  server ??= serverUrl();
  const url = new URL(await server);
  url.pathname = `/${database}`;
  return url.href;
}

async function serverUrl(): Promise<string> {
  const given = process.env['REDRESS_TEST_DATABASE_URL'];
  return given ?? (await ensurePostgres({ dataDir: environment('REDRESS_TEST_DIRECTORY') }));
}

function runName(what: string): string {
  return `redress_test_${environment('REDRESS_TEST_RUN')}_${what}`;
}

function environment(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run specs through Jest and its global setup.`);
  return value;
}
