import type { Erasable } from '../event-store/erasure.js';
import type { Told } from '../event-store/told.js';

export type ErasableCase = Erasable & { readonly id: string; readonly erased: boolean };

/** What the rooms of cases know of a party. */
export abstract class CasesOfParty {
  /** The cases that it is on, for an erasure; `unchanged` must not have changed meanwhile. */
  abstract of(
    partyId: string,
    today: string,
  ): Promise<{ readonly erasable: readonly ErasableCase[]; readonly unchanged: readonly Told<unknown>[] }>;
}
