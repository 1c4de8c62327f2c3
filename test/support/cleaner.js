import { readFile, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

// Waits until the test run that started it is over (its end of the pipe closes, also after kill -9), then takes away
// the run's server and files, or its databases on the server that REDRESS_TEST_DATABASE_URL names.
const directory = process.argv[2];
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
process.stdin.resume();
process.stdin.on('end', () => void clean());

async function clean() {
  if (process.env.REDRESS_TEST_DATABASE_URL) await dropDatabases(process.env.REDRESS_TEST_DATABASE_URL);
  else await stopServer(join(directory, 'postgres', 'data', 'postmaster.pid'));
  // A link, when the server's user could not have reached the temporary directory.
  const base = await realpath(join(directory, 'postgres')).catch(() => directory);
  await rm(base, { recursive: true, force: true });
  await rm(directory, { recursive: true, force: true });
}

async function stopServer(pidFile) {
  const text = await readFile(pidFile, 'utf8').catch(() => undefined);
  if (!text) return;
  const [pid, , , , sockets] = text.split('\n');
  process.kill(Number(pid), 'SIGINT');
  for (let waited = 0; waited < 500 && (await isThere(pidFile)); waited += 1) await pause(20);
  if (!sockets.startsWith(directory)) await rm(sockets, { recursive: true, force: true });
}

async function dropDatabases(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const like = `redress_test_${process.env.REDRESS_TEST_RUN}_%`;
  const { rows } = await client.query('SELECT datname FROM pg_database WHERE datname LIKE $1', [like]);
  for (const { datname } of rows) await client.query(`DROP DATABASE IF EXISTS "${datname}" WITH (FORCE)`);
  await client.end();
}

function isThere(file) {
  return readFile(file).then(
    () => true,
    () => false,
  );
}
