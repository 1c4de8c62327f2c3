import { dayOf } from './hearing.rules.js';
import type { Hearing } from './hearing.state.js';

/** What the stream of each case is told of its hearing, by an act of the complaint. */
export interface ToldToCases {
  readonly act: string;
  readonly input: { readonly hearingId: string; readonly proposedFor?: string };
}

/** That it is asked for, because the case then waits for it; and what starts or stops a clock. */
export const toldToCases = (act: string, hearingId: string, hearing: Hearing): ToldToCases | undefined => {
  if (act === 'Request') return { act: 'AttachHearing', input: { hearingId } };
  if (act === 'Start') return { act: 'HoldHearing', input: { hearingId } };
  if (act !== 'GrantPostponement' || hearing.phase === 'absent') return undefined;
  const { listing, postponement } = hearing;
  return listing && postponement?.cause === 'companion-unavailable'
    ? { act: 'PostponeForCompanion', input: { hearingId, proposedFor: dayOf(listing) } }
    : undefined;
};
