import { LAYOUT } from './canonical.js';
import { HASH_SIZE } from './merkle.js';
import { noteOf, readNote, Unreadable, type Note, type Signer } from './note.js';

/** Checkpoints as C2SP tlog-checkpoint has them: a signed note of the log's origin, its size and the head of its tree. Pure. */

export interface Head {
  readonly size: number;
  readonly root: Buffer;
}

export interface Checkpoint extends Head {
  readonly origin: string;
  readonly note: Note;
}

/** Below the head stands over which bytes the tree is: docs/adr/0001-canonical-envelope.md. */
const textOf = (origin: string, { size, root }: Head): string =>
  `${origin}\n${size}\n${root.toString('base64')}\n${LAYOUT}\n`;

export const signedCheckpoint = (signer: Signer, head: Head): string => {
  const text = textOf(signer.verifier.name, head);
  return noteOf(text, signer.line(text));
};

const SIZE = /^(0|[1-9]\d{0,15})$/;

/** Errors: Unreadable. */
export const readCheckpoint = (text: string): Checkpoint => {
  const note = readNote(text);
  const [origin = '', size = '', base64 = ''] = note.text.split('\n');
  const head = { size: Number(size), root: Buffer.from(base64, 'base64') };
  if (!SIZE.test(size) || !Number.isSafeInteger(head.size) || head.root.length !== HASH_SIZE)
    throw new Unreadable('This is no checkpoint: its lines are the origin, the size and the root of a log.');
  if (note.text !== textOf(origin, head))
    throw new Unreadable(`This checkpoint is not over the layout ${LAYOUT}, or is written in another way.`);
  return { origin, ...head, note };
};
