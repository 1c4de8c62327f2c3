import type { ReadRow } from '../event-store/append.js';
import { known, type Hearing } from './hearing.state.js';

/** The read row of `hearings`, which also fills `hearing_cases`. Personal text stays sealed in it. */
export const hearingRow = (id: string, version: number, state: Hearing): ReadRow => {
  const { listing, ...hearing } = known(state);
  const row = { id, version, ...hearing, ...listing, phase: undefined };
  return { table: 'hearings', text: JSON.stringify(row) };
};
