import { createHash } from 'node:crypto';

/** Ids that follow from where a thing stands in its register, so that importing it again finds it. */

const kinds = { complaint: '0', allegation: '1', resolution: '2', sanction: '3' } as const;

/**
 * The nth thing of a kind in a case: UUIDv8, of which the first 88 bits that are free come from the register's name and
 * the case's id there, and the last 32 say which thing it is.
 */
export type LegacyIds = (kind: keyof typeof kinds, index?: number) => string;

export const legacyIds = (source: string, sourceId: string): LegacyIds => {
  const hash = createHash('sha256')
    .update(JSON.stringify([source, sourceId]))
    .digest('hex');
  const variant = ((Number.parseInt(hash.slice(15, 16), 16) % 4) + 8).toString(16);
  const groups = [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(12, 15)}`,
    `${variant}${hash.slice(16, 19)}`,
  ];
  const ofCase = `${groups.join('-')}-${hash.slice(19, 23)}`;
  return (kind, index = 0) => `${ofCase}${kinds[kind]}${index.toString(16).padStart(7, '0')}`;
};
