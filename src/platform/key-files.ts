import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { exists } from './postgres-home.js';

/**
 * The file of the embedded installation's master keys, one a line, the one that wraps first: 32 random bytes as base64
 * text, made once, mode 0600, beside the database directory and never in it. Refuses to make a new one for a database that was written under another.
 */
export async function masterKeyFile(dataDir: string): Promise<string> {
  const file = join(resolve(dataDir), 'master.key');
  if (!(await exists(file)) && (await exists(join(resolve(dataDir), 'postgres', 'data')))) {
    throw new Error(
      `${file} is missing: put it back from a backup. Without it no personal data can be read.`,
    );
  }
  return madeOnce(file);
}

/** The key that signs checkpoints of the log, likewise. Where it is lost another one signs on: the public part of the old one is kept. */
export const signingKeyFile = (dataDir: string): Promise<string> =>
  madeOnce(join(resolve(dataDir), 'signing.key'));

async function madeOnce(file: string): Promise<string> {
  if (await exists(file)) return file;
  await mkdir(dirname(file), { recursive: true });
  const fresh = `${file}.${randomBytes(6).toString('hex')}`;
  await writeDurably(fresh, `${randomBytes(32).toString('base64')}\n`);
  // A link never overwrites: of two processes that start at once, one key stays.
  await link(fresh, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(fresh);
  await syncDirectory(dirname(file));
  return file;
}

async function writeDurably(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  await handle.writeFile(text);
  await handle.sync();
  await handle.close();
}

/** Makes a new name in this directory survive a power cut. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  await handle.sync();
  await handle.close();
}

/** The keys of a file as they stand there, one a line. */
export const keysIn = async (file: string): Promise<string[]> =>
  (await readFile(file, 'utf8')).split(/\s+/).filter((key) => key !== '');

/** Puts these in the place of what the file held: all of it or nothing, also when the power is cut. */
export async function replaceKeys(file: string, keys: readonly string[]): Promise<void> {
  const fresh = `${file}.${randomBytes(6).toString('hex')}`;
  await writeDurably(fresh, keys.map((key) => `${key}\n`).join(''));
  await rename(fresh, file);
  await syncDirectory(dirname(file));
}
