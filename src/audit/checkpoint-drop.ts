import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Puts a checkpoint into a directory that another system keeps: whole, and never over one that lies there. Errors: one when
 * another checkpoint of the same size lies there, for then the log was rewritten.
 */
export const dropCheckpoint = async (directory: string, size: number, note: string): Promise<void> => {
  await mkdir(directory, { recursive: true });
  const file = join(directory, `checkpoint-${size}.txt`);
  const fresh = join(directory, `.${randomBytes(6).toString('hex')}`);
  await writeFile(fresh, note, { flag: 'wx' });
  try {
    await link(fresh, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    if (headOf(await readFile(file, 'utf8')) !== headOf(note))
      throw new Error(`${file} holds another checkpoint over ${size} events: the log was rewritten.`, {
        cause: error,
      });
  } finally {
    await rm(fresh, { force: true });
  }
};

/** All above the signatures: another key may have signed the same. */
const headOf = (note: string): string => note.slice(0, note.indexOf('\n\n'));
