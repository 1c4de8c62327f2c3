import type { ReadRow } from '../event-store/append.js';
import type { Party } from './party.js';

/** The read row of `parties`; names and contacts stay sealed in it. Behind it, on a line of its own, who that is among the staff. */
export const partyRow = (id: string, version: number, party: Party): ReadRow => {
  const { staffIds, ...file } = { staffIds: [], ...party };
  return {
    table: 'parties',
    text: `${JSON.stringify({ id, version, ...file })}\n${JSON.stringify(staffIds)}`,
  };
};
