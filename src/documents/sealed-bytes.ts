import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

/**
 * A document at rest, in constant memory: `RDX1`, a salt of 16 bytes, then pieces of 64 KiB, each AES-256-GCM with its tag.
 * The key is the case's, drawn anew with the salt for each document, so the piece's number can be its nonce; the nonce
 * also says which piece is the last, so none can be left out, moved or cut off unseen.
 */
const MARK = Buffer.from('RDX1');
const SALT_BYTES = 16;
const PIECE_BYTES = 64 * 1024;
const TAG_BYTES = 16;

const drawn = (caseKey: Buffer, salt: Buffer, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', caseKey, salt, purpose, 32));

const nonceOf = (piece: number, last: boolean): Buffer => {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt8(last ? 1 : 0, 0);
  nonce.writeUInt32BE(piece, 8);
  return nonce;
};

/** Bytes cut into pieces of one size; the last one is shorter, if need be empty. */
async function* cut(
  bytes: AsyncIterable<Buffer>,
  size: number,
): AsyncGenerator<{ piece: Buffer; last: boolean }> {
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of bytes) {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    let at = 0;
    for (; held.length - at >= size; at += size) yield { piece: held.subarray(at, at + size), last: false };
    held = held.subarray(at);
  }
  yield { piece: held, last: true };
}

/** What is stored for these bytes. */
export async function* sealed(plain: AsyncIterable<Buffer>, caseKey: Buffer): AsyncGenerator<Buffer> {
  const salt = randomBytes(SALT_BYTES);
  const key = drawn(caseKey, salt, 'redress document');
  yield Buffer.concat([MARK, salt]);
  let number = 0;
  for await (const { piece, last } of cut(plain, PIECE_BYTES)) {
    const cipher = createCipheriv('aes-256-gcm', key, nonceOf(number, last)).setAAD(MARK);
    yield Buffer.concat([cipher.update(piece), cipher.final(), cipher.getAuthTag()]);
    number += 1;
  }
}

/** The bytes again; throws when any stored byte is another than was written. */
export async function* opened(stored: AsyncIterable<Buffer>, caseKey: Buffer): AsyncGenerator<Buffer> {
  const source = stored[Symbol.asyncIterator]();
  try {
    const { head, rest } = await beheaded(source, MARK.length + SALT_BYTES);
    if (!head.subarray(0, MARK.length).equals(MARK)) throw new Error('Not a sealed document.');
    yield* unsealed(rest, drawn(caseKey, head.subarray(MARK.length), 'redress document'));
  } finally {
    // Whoever stops before the end leaves no file open.
    await source.return?.();
  }
}

async function* unsealed(pieces: AsyncIterable<Buffer>, key: Buffer): AsyncGenerator<Buffer> {
  let number = 0;
  for await (const { piece, last } of cut(pieces, PIECE_BYTES + TAG_BYTES)) {
    const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(number, last), {
      authTagLength: TAG_BYTES,
    });
    const end = piece.length - TAG_BYTES;
    decipher.setAAD(MARK).setAuthTag(piece.subarray(Math.max(0, end)));
    yield Buffer.concat([decipher.update(piece.subarray(0, Math.max(0, end))), decipher.final()]);
    number += 1;
  }
}

/** The first bytes, and all others. */
const beheaded = async (source: AsyncIterator<Buffer>, length: number) => {
  let head: Buffer = Buffer.alloc(0);
  while (head.length < length) {
    const { done, value } = await source.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  const rest = (async function* () {
    yield head.subarray(length);
    yield* { [Symbol.asyncIterator]: () => source };
  })();
  return { head: head.subarray(0, length), rest };
};

/** Where a document of a case is kept: the same bytes in another case have another address, which tells nobody anything. */
export const addressOf = (caseKey: Buffer, sha256: string): string =>
  createHmac('sha256', drawn(caseKey, Buffer.alloc(0), 'redress document address'))
    .update(sha256)
    .digest('hex');
