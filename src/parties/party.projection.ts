import type { ReadRow } from '../event-store/append.js';
import type { Party } from './party.js';

/** The read row of `parties`; names and contacts stay sealed in it. */
export const partyRow = (id: string, version: number, party: Party): ReadRow => ({
  table: 'parties',
  text: JSON.stringify({ id, version, ...party }),
});
