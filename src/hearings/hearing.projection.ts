import type { ReadRow } from '../event-store/append.js';
import { known, type Hearing } from './hearing.state.js';

/** The hearing as its events tell it; personal text stays sealed in it. */
export const hearingText = (id: string, version: number, state: Hearing): string => {
  const { listing, ...hearing } = known(state);
  return JSON.stringify({ id, version, ...hearing, ...listing, phase: undefined, named: undefined });
};

/** The read row of `hearings`, which also fills `hearing_cases`, and in a line of its own whom it names. */
export const hearingRow = (id: string, version: number, state: Hearing): ReadRow => {
  const { named = [] } = known(state);
  return { table: 'hearings', text: `${hearingText(id, version, state)}\n${named.join(' ')}` };
};
