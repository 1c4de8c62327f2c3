import { createHmac, hkdfSync } from 'node:crypto';

const PURPOSE = 'redress pseudonyms';
const CHARACTERS = 22;

/** Other names for people: the same one for the same person each time, which nobody leads back without the master key. */
export class Pseudonyms {
  private readonly key: Uint8Array;

  constructor(masterKey: Buffer) {
    this.key = new Uint8Array(hkdfSync('sha256', masterKey, Buffer.alloc(0), PURPOSE, 32));
  }

  of(reference: string): string {
    return `p-${createHmac('sha256', this.key).update(reference).digest('base64url').slice(0, CHARACTERS)}`;
  }
}
