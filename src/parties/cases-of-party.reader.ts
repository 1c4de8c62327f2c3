import type { Sight } from '../access/sight.js';
import type { Erasable } from '../event-store/erasure.js';
import type { Told } from '../event-store/told.js';

export type ErasableCase = Erasable & { readonly id: string; readonly erased: boolean };

/** The cases that name a party, as somebody sees them. */
export interface OnCases {
  readonly erasable: readonly ErasableCase[];
  /** Whether others name it, which they must not know of. */
  readonly onHidden: boolean;
  /** All of them: they must not have changed meanwhile. */
  readonly unchanged: readonly Told<unknown>[];
}

/** What the rooms of cases know of a party. */
export abstract class CasesOfParty {
  abstract of(partyId: string, today: string, sight: Sight): Promise<OnCases>;
}
