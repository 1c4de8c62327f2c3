import { createHmac, hkdfSync } from 'node:crypto';

/** Names for people in exports. Pure. */

const PURPOSE = 'redress/export-pseudonyms/1';
const LENGTH = 20;

/** Tells a reference to a person by another name, for ever the same: whoever has no master key cannot tell which is whose. */
export type NameOf = (reference: string) => string;

export const pseudonyms = (masterKey: Buffer): NameOf => {
  const key = Buffer.from(hkdfSync('sha256', masterKey, Buffer.alloc(0), PURPOSE, 32));
  return (reference) =>
    `person-${createHmac('sha256', key).update(reference).digest('hex').slice(0, LENGTH)}`;
};

/** References are opaque already; whoever may look them up can ask for them as they are. */
export const clearReferences: NameOf = (reference) => reference;
