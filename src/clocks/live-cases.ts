import { z } from 'zod';

const count = z.int();

/** What a revision did to the open cases, of those that whoever is told may know of. */
export const moved = z
  .object({
    cases: count.describe('How many were reckoned anew, of those that you may know of.'),
    later: count.describe('Deadlines that fall due later than before.'),
    earlier: count,
    unchanged: count,
    begun: count.describe('Deadlines that the cases did not have before.'),
    dropped: count.describe('Deadlines that they have no more.'),
    newlyOverdue: count,
    noLongerOverdue: count,
    missesRecorded: count.describe(
      'Deadlines that were missed by the old reckoning, put on record before they moved.',
    ),
  })
  .meta({ id: 'Moved' });

export type Moved = z.output<typeof moved>;

/** One deadline that moved. */
export interface Move {
  readonly caseId: string;
  readonly reference: string;
  readonly deadline: string;
  readonly from: string | null;
  readonly to: string | null;
}

/** To whom it is told what a change of rules did: of other cases than theirs nothing is told, nor counted. */
export interface Audience {
  sees(caseId: string): boolean;
  /** Hears of every deadline that moved. */
  readonly hear?: (move: Move) => void;
}

/** Whoever holds the database, and the house itself. */
export const insiders: Audience = { sees: () => true };

/** The open cases, to whom a new rule must reach; another room keeps them. */
export abstract class LiveCases {
  /** Puts on record what was missed by the rules that still hold; how many. */
  abstract recordMissed(audience?: Audience): Promise<number>;
  /** Records what was missed, and reckons anew whatever is not reckoned by the rules in force. */
  abstract reach(audience?: Audience): Promise<Moved>;

  /** A change of rules: before it, what was missed is put on record; after it, it reaches the open cases. */
  async around<A extends { readonly events: readonly string[] }>(
    change: () => Promise<A>,
    audience: Audience,
  ): Promise<A & { readonly moved?: Moved }> {
    const missed = await this.recordMissed(audience);
    const answer = await change();
    if (answer.events.length === 0) return answer;
    const reached = await this.reach(audience);
    return { ...answer, moved: { ...reached, missesRecorded: missed + reached.missesRecorded } };
  }
}
