import { createHash } from 'node:crypto';
import { decrypt, encrypt } from './cipher.js';
import { Unavailable } from './errors.js';

/**
 * The keys that wrap the keys of subjects. A wrapped key is the id of its master key, then nonce, tag and ciphertext. The
 * first master key wraps; the others open what they wrapped until that is wrapped anew.
 */
const ID_BYTES = 8;
/** As keys were wrapped before they named their master key. */
const UNNAMED_BYTES = 60;

export interface MasterKey {
  readonly id: string;
  readonly key: Buffer;
}

/** Told by its bytes, which nobody finds by its id. */
export const masterKeyOf = (key: Buffer): MasterKey => {
  const hash = createHash('sha256').update('redress master key').update(key);
  return { id: hash.digest('hex').slice(0, 2 * ID_BYTES), key };
};

/** Which master key wrapped this; undefined where it is not said. */
export const wrappedBy = (wrapped: Buffer): string | undefined =>
  wrapped.length === UNNAMED_BYTES ? undefined : wrapped.subarray(0, ID_BYTES).toString('hex');

const opensWith = ({ key }: MasterKey, subject: string, sealed: Buffer): Buffer | undefined => {
  try {
    return decrypt(key, subject, sealed);
  } catch {
    return undefined;
  }
};

export class MasterKeys {
  private known: readonly MasterKey[] = [];

  /** `readAnew` answers the keys as they are now, the one that wraps first. */
  constructor(
    keys: readonly Buffer[],
    private readonly readAnew?: () => Promise<readonly Buffer[]>,
  ) {
    this.hold(keys);
  }

  get all(): readonly MasterKey[] {
    return this.known;
  }

  /** The one that wraps. */
  get current(): MasterKey {
    const [first] = this.known;
    if (!first) throw new Error('There is no master key.');
    return first;
  }

  hold(keys: readonly Buffer[]): void {
    this.known = keys.map(masterKeyOf);
  }

  wrap(subject: string, key: Buffer): Buffer {
    const { id, key: master } = this.current;
    return Buffer.concat([Buffer.from(id, 'hex'), encrypt(master, subject, key)]);
  }

  /** Errors: Unavailable `master-key-missing`. */
  async unwrap(subject: string, wrapped: Buffer): Promise<Buffer> {
    const found = this.opened(subject, wrapped);
    if (found) return found;
    if (this.readAnew) this.hold(await this.readAnew());
    const now = this.opened(subject, wrapped);
    if (now) return now;
    throw new Unavailable(
      'master-key-missing',
      `Personal data cannot be read: its master key ${wrappedBy(wrapped) ?? ''} is missing or another. Put it back into MASTER_KEY.`,
    );
  }

  private opened(subject: string, wrapped: Buffer): Buffer | undefined {
    const id = wrappedBy(wrapped);
    const sealed = id === undefined ? wrapped : wrapped.subarray(ID_BYTES);
    for (const master of this.known) {
      if (id !== undefined && id !== master.id) continue;
      const key = opensWith(master, subject, sealed);
      if (key) return key;
    }
    return undefined;
  }
}
