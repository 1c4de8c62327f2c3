import type { ReadRow } from '../event-store/append.js';
import { known, type Resolution } from './resolution.state.js';
import { standingOf, statusOf } from './resolution.standing.js';

/** The read row of `resolutions`; reasons and grounds stay sealed in it. */
export const resolutionRow = (id: string, version: number, state: Resolution): ReadRow => {
  const { phase: _, makers: __, reviewers: ___, sentBack: ____, decidedOn: _____, ...file } = known(state);
  const { appealUntil } = standingOf(state);
  const row = { id, version, status: statusOf(state), appealUntil, ...file };
  return { table: 'resolutions', text: JSON.stringify(row) };
};
