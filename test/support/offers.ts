import { expect } from '@jest/globals';
import { decide, isPossible, type Circumstances, type Decider } from '../../src/event-store/decider.js';
import { Refusal } from '../../src/event-store/errors.js';
import type { DomainEvent } from '../../src/event-store/event.js';

/** What is offered to somebody is what they can do: no more, and no less. */

/** One stream as it stands, to somebody who looks. */
export interface Offer<State, Context> {
  readonly state: State;
  /** What whoever looks knows of the context. */
  readonly seen: Partial<Context>;
  /** All that surrounds a decision on that input. */
  readonly contextFor: (input: object) => Context;
  /** Every sensible input of an act, as far as it matters to the rules. */
  readonly inputsFor: (act: string) => readonly object[];
}

const isAccepted = <State, Context extends Circumstances, E extends DomainEvent>(
  decider: Decider<State, Context, E>,
  act: string,
  { state, contextFor }: Offer<State, Context>,
  given: object,
): boolean => {
  const input = decider.acts[act]?.input.parse(given) as object;
  try {
    decide(decider, { act, input }, state, contextFor(input));
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
};

/** Each act is offered exactly when some sensible input of it is accepted. */
export const checkOffers = <State, Context extends Circumstances, E extends DomainEvent>(
  decider: Decider<State, Context, E>,
  acts: readonly string[],
  offer: Offer<State, Context>,
): void => {
  const offered = acts.filter((act) => isPossible(decider, act, offer.state, offer.seen));
  const accepted = acts.filter((act) =>
    offer.inputsFor(act).some((input) => isAccepted(decider, act, offer, input)),
  );
  expect(offered).toEqual(accepted);
};

/** Every combination of one value for each field; a field may be left out by `undefined`. */
export const everyWay = (fields: Readonly<Record<string, readonly unknown[]>>): readonly object[] =>
  Object.entries(fields).reduce<readonly object[]>(
    (ways, [field, values]) =>
      ways.flatMap((way) => values.map((value) => (value === undefined ? way : { ...way, [field]: value }))),
    [{}],
  );
