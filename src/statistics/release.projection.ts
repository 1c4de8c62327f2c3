import type { ReadRow } from '../event-store/append.js';
import type { Release } from './release.js';

/** The read row of `releases`. */
export const releaseRow = (id: string, version: number, { phase: _, ...published }: Release): ReadRow => ({
  table: 'releases',
  text: JSON.stringify({ id, version, ...published }),
});
