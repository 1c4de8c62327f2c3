import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * JavaScript, because Jest loads it outside its transform. Makes a place for this run's throw-away PostgreSQL (started
 * by the first spec that needs one, see database.ts) and starts the process that clears it away however the run ends.
 */
export default async function setup() {
  const directory = await mkdtemp(join(tmpdir(), 'redress-test-'));
  // As root the server runs as another user, who must get through.
  await chmod(directory, 0o711);
  process.env.REDRESS_TEST_DIRECTORY = directory;
  process.env.REDRESS_TEST_RUN = randomBytes(4).toString('hex');
  const cleaner = join(dirname(fileURLToPath(import.meta.url)), 'cleaner.js');
  globalThis.redressCleaner = spawn(process.execPath, [cleaner, directory], {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  globalThis.redressCleaner.unref();
  globalThis.redressCleaner.stdin.unref();
}
