import { readFile } from 'node:fs/promises';
import { readCheckpoint } from './checkpoint.js';
import { Signer, Unreadable, verifierText } from './note.js';

/** What a witness adds to a checkpoint that it saw: C2SP tlog-cosignature, over the head and the time. */
export interface Cosigned {
  readonly note: string;
  /** The witness's public key: who verifies with it believes the witness. */
  readonly key: string;
}

const SEED_SIZE = 32;

/** Errors: Unreadable. */
export const cosign = (note: string, witness: Signer, seconds: number): Cosigned => {
  const { note: read } = readCheckpoint(note);
  const { name, id } = witness.verifier;
  if (read.signatures.some((signature) => signature.name === name && signature.id === id))
    throw new Unreadable(`${name} signed this checkpoint already.`);
  return { note: `${note}${witness.line(read.text, seconds)}`, key: verifierText(witness.verifier) };
};

/** 32 random bytes in base64, as `openssl rand -base64 32` writes them. Errors: Unreadable. */
export const witnessOf = async (name: string, keyFile: string): Promise<Signer> => {
  const text = await readFile(keyFile, 'utf8').catch((error: Error) => {
    throw new Unreadable(`${keyFile} cannot be read. (${error.message})`);
  });
  const seed = Buffer.from(text.trim(), 'base64');
  if (seed.length !== SEED_SIZE)
    throw new Unreadable(
      `${keyFile} holds no key: 32 random bytes in base64, such as openssl rand -base64 32 prints.`,
    );
  return Signer.witness(name, seed);
};
