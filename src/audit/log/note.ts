import { createPrivateKey, createPublicKey, hash, sign, verify, type KeyObject } from 'node:crypto';

/** Signed notes as C2SP signed-note has them: text, and below it who signed it with which Ed25519 key. Pure. */

const ED25519 = 1;
/** A witness's signature over the note and a time: C2SP tlog-cosignature. */
const COSIGNATURE = 4;
const KEY_SIZE = 32;
const SIGNATURE_SIZE = 64;
const TIME_SIZE = 8;
const ID_SIZE = 4;
/** DER as RFC 8410 has it, up to the 32 bytes of the key. */
const PUBLIC_DER = Buffer.from('302a300506032b6570032100', 'hex');
const PRIVATE_DER = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A note or a key that cannot be read, in a sentence. */
export class Unreadable extends Error {}

const HIDDEN = /[\p{C}\u2028\u2029]/gu;

/** As it may be printed: what a terminal would obey, or would not show, is told by its number. */
const quoted = (text: string): string =>
  JSON.stringify(text.slice(0, 120)).replace(
    HIDDEN,
    (hidden) => `\\u{${(hidden.codePointAt(0) ?? 0).toString(16)}}`,
  );

/** Whose signature it may be: known by name and id, proven by the public key. */
export interface VerifierKey {
  readonly name: string;
  /** Hex, as in the key's own text. */
  readonly id: string;
  readonly kind: typeof ED25519 | typeof COSIGNATURE;
  readonly publicKey: Buffer;
}

export interface Signature {
  readonly name: string;
  readonly id: string;
  readonly bytes: Buffer;
}

export interface Note {
  /** All above the signatures, its last line feed too. */
  readonly text: string;
  readonly signatures: readonly Signature[];
}

const NAME = /^[^\s+\p{Cc}]{1,200}$/u;

export const isKeyName = (name: string): boolean => NAME.test(name);

/** Base64 in its one right spelling: two texts for the same bytes would let a changed one pass. */
const fromBase64 = (text: string): Buffer | undefined => {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
};

const idOf = (name: string, kind: number, publicKey: Buffer): string => {
  const named = Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(kind), publicKey]);
  return hash('sha256', named, 'buffer').subarray(0, ID_SIZE).toString('hex');
};

/** `name+id+base64(kind || public key)`. */
export const verifierText = ({ name, id, kind, publicKey }: VerifierKey): string =>
  `${name}+${id}+${Buffer.concat([Buffer.of(kind), publicKey]).toString('base64')}`;

const KEY = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/;

const isKind = (kind: number | undefined): kind is VerifierKey['kind'] =>
  kind === ED25519 || kind === COSIGNATURE;

/** Errors: Unreadable. */
export const verifierKey = (text: string): VerifierKey => {
  const [, name, id, base64 = ''] = KEY.exec(text) ?? [];
  const [kind, ...rest] = fromBase64(base64) ?? [];
  const publicKey = Buffer.from(rest);
  if (name === undefined || !isKeyName(name) || !isKind(kind) || publicKey.length !== KEY_SIZE)
    throw new Unreadable(`This is no public key: ${quoted(text)}. One reads name+id+base64.`);
  if (idOf(name, kind, publicKey) !== id)
    throw new Unreadable(
      `The public key of ${name} does not belong to its id ${id}: one of them was changed.`,
    );
  return { name, id, kind, publicKey };
};

/** A key per line; what follows a # that begins a word is a remark. Errors: Unreadable. */
export const verifierKeys = (text: string): VerifierKey[] =>
  text
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '')
    .map(verifierKey);

const privateKey = (seed: Buffer): KeyObject =>
  createPrivateKey({ key: Buffer.concat([PRIVATE_DER, seed]), format: 'der', type: 'pkcs8' });

const publicObject = (publicKey: Buffer): KeyObject =>
  createPublicKey({ key: Buffer.concat([PUBLIC_DER, publicKey]), format: 'der', type: 'spki' });

/** Who signs: a name and the 32 random bytes that RFC 8032 calls the private key. */
export class Signer {
  readonly verifier: VerifierKey;
  private readonly key: KeyObject;

  constructor(name: string, seed: Buffer, kind: VerifierKey['kind'] = ED25519) {
    if (!isKeyName(name)) throw new Unreadable(`A key cannot be called ${quoted(name)}: no blank, no plus.`);
    this.key = privateKey(seed);
    const publicKey = createPublicKey(this.key).export({ format: 'der', type: 'spki' }).subarray(-KEY_SIZE);
    this.verifier = { name, id: idOf(name, kind, publicKey), kind, publicKey };
  }

  /** As a witness, whose signatures say when. */
  static witness(name: string, seed: Buffer): Signer {
    return new Signer(name, seed, COSIGNATURE);
  }

  /** The line to put below a note. `seconds` since 1970 count for a witness only. */
  line(text: string, seconds = 0): string {
    const { name, id, kind } = this.verifier;
    const time = kind === COSIGNATURE ? timeBytes(seconds) : Buffer.alloc(0);
    const signature = sign(null, Buffer.from(signedText(kind, text, seconds)), this.key);
    return `— ${name} ${Buffer.concat([Buffer.from(id, 'hex'), time, signature]).toString('base64')}\n`;
  }
}

const timeBytes = (seconds: number): Buffer => {
  const bytes = Buffer.alloc(TIME_SIZE);
  bytes.writeBigUInt64BE(BigInt(seconds));
  return bytes;
};

const signedText = (kind: VerifierKey['kind'], text: string, seconds: number | bigint): string =>
  kind === COSIGNATURE ? `cosignature/v1\ntime ${seconds}\n${text}` : text;

export const noteOf = (text: string, ...lines: readonly string[]): string => `${text}\n${lines.join('')}`;

const LINE = /^— (\S+) ([A-Za-z0-9+/]+=*)$/;

const signatureIn = (line: string): Signature => {
  const [, name = '', base64 = ''] = LINE.exec(line) ?? [];
  const bytes = fromBase64(base64);
  if (!isKeyName(name) || bytes === undefined || bytes.length <= ID_SIZE)
    throw new Unreadable(`This is no signature line: ${quoted(line)}.`);
  return { name, id: bytes.subarray(0, ID_SIZE).toString('hex'), bytes: bytes.subarray(ID_SIZE) };
};

const LONGEST_NOTE = 100_000;

/** Errors: Unreadable. */
export const readNote = (note: string): Note => {
  const end = note.lastIndexOf('\n\n');
  if (note.length > LONGEST_NOTE || end < 0 || !note.endsWith('\n'))
    throw new Unreadable('This is no signed note: text, an empty line and signature lines are expected.');
  const lines = note.slice(end + 2, -1).split('\n');
  return { text: note.slice(0, end + 1), signatures: lines.map(signatureIn) };
};

const isOf = ({ name, id }: VerifierKey, signature: Signature): boolean =>
  signature.name === name && signature.id === id;

const holds = ({ kind, publicKey }: VerifierKey, text: string, { bytes }: Signature): boolean => {
  const own = kind === COSIGNATURE ? TIME_SIZE : 0;
  if (bytes.length !== own + SIGNATURE_SIZE) return false;
  const seconds = kind === COSIGNATURE ? bytes.readBigUInt64BE() : 0;
  const told = Buffer.from(signedText(kind, text, seconds));
  return verify(null, told, publicObject(publicKey), bytes.subarray(own));
};

/** Whose signatures hold. A signature of a known key that does not hold spoils the note. Errors: Unreadable. */
export const signersOf = ({ text, signatures }: Note, keys: readonly VerifierKey[]): VerifierKey[] =>
  signatures.flatMap((signature) => {
    const key = keys.find((known) => isOf(known, signature));
    if (!key) return [];
    if (!holds(key, text, signature))
      throw new Unreadable(`The signature of ${signature.name} (key ${signature.id}) is not over this text.`);
    return [key];
  });
