import { createCipheriv, createDecipheriv } from 'node:crypto';
import { freshBytes } from './fresh-bytes.js';

/** AES-256-GCM: what is sealed is nonce, tag, ciphertext; `aad` says what it belongs to, and is proved with it. */
const IV_BYTES = 12;
const TAG_BYTES = 16;

export const encrypt = (key: Buffer, aad: string, plain: Buffer | string): Buffer => {
  const iv = freshBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(aad));
  const sealed = typeof plain === 'string' ? cipher.update(plain, 'utf8') : cipher.update(plain);
  // In this mode all of it came with the update, and the end brings the tag alone.
  cipher.final();
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]);
};

/** Throws when any byte of it, or what it belongs to, is another. */
export const decrypt = (key: Buffer, aad: string, sealed: Buffer): Buffer => {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, IV_BYTES), {
    authTagLength: TAG_BYTES,
  }).setAAD(Buffer.from(aad));
  decipher.setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
};
