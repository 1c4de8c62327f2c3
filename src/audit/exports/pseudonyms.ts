import { createHmac } from 'node:crypto';
import type { Ground } from '../../platform/platform.module.js';
import { houseSecret } from '../../platform/house-secrets.js';

/** Names for people in exports. */

export const PURPOSE = 'redress/export-pseudonyms/1';
const LENGTH = 20;

/** Tells a reference to a person by another name, for ever the same: whoever has not the secret of this house cannot tell which is whose. */
export type NameOf = (reference: string) => string;

export const pseudonymsBy =
  (secret: Buffer): NameOf =>
  (reference) =>
    `person-${createHmac('sha256', secret).update(reference).digest('hex').slice(0, LENGTH)}`;

export const pseudonymsOf = async ({ pool, masterKeys }: Pick<Ground, 'pool' | 'masterKeys'>) =>
  pseudonymsBy(await houseSecret(pool, masterKeys, PURPOSE));

/** The pseudonyms of this house. */
export const PSEUDONYMS = Symbol('pseudonyms');

/** References are opaque already; whoever may look them up can ask for them as they are. */
export const clearReferences: NameOf = (reference) => reference;
