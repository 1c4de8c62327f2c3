import { expect } from '@jest/globals';
import { decide, type Circumstances, type Decider } from '../../src/event-store/decider.js';
import { Refusal } from '../../src/event-store/errors.js';
import type { DomainEvent, Entry } from '../../src/event-store/event.js';
import { fold } from '../../src/event-store/fold.js';

/** given(events).when(act, input).then(events) | .refuses(code): a decider's rules, in milliseconds. */

const uuid = (n: number): string => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;

/** The id that the nth thing made by the act under test gets. */
export const madeId = (index: number): string => uuid(900_000 + index);

export const anId = uuid;

export const circumstances: Circumstances = {
  id: uuid(1),
  actor: { id: 'staff-1', role: 'case-handler' },
  actorParties: [],
  today: '2026-03-02',
  on: '2026-03-02',
  now: '2026-03-02T10:00:00Z',
  history: [],
  idFor: madeId,
};

/** An event as told; `on` and `by` default to the circumstances' day and actor. */
export type Told<E extends DomainEvent> = E & { readonly on?: string; readonly by?: string };

const toEntries = <E extends DomainEvent>(events: readonly Told<E>[]): Entry<E>[] =>
  events.map((event, index) => {
    const on = event.on ?? circumstances.on;
    const actor = { ...circumstances.actor, ...(event.by === undefined ? {} : { id: event.by }) };
    return { ...event, id: uuid(800_000 + index), occurred: { date: on }, on, actor };
  });

/** The id of the nth given event, for acts that point at an entry. */
export const givenId = (index: number): string => uuid(800_000 + index);

export const specOf = <State, Context extends Circumstances, E extends DomainEvent>(
  decider: Decider<State, Context, E>,
  usual: Context,
) => ({
  given: (...events: Told<E>[]) => ({
    state: () => fold(decider, toEntries(events)),
    when: (
      act: string,
      input: unknown,
      circumstance: Partial<Context> & { backdatingReason?: string } = {},
    ) => {
      const { backdatingReason, ...changed } = circumstance;
      const history = toEntries(events);
      const context = { ...usual, history, ...changed } as Context;
      const backdated = backdatingReason === undefined ? {} : { backdatingReason };
      const run = () => {
        const told = decider.acts[act]?.input.safeParse(input);
        if (!told?.success) throw new Error(`${act} does not accept this input: ${told?.error.message}`);
        return decide(decider, { act, input: told.data, ...backdated }, fold(decider, history), context);
      };
      return {
        then: (...expected: E[]) => expect(run()).toEqual(expected),
        events: () => run(),
        /** Accepted, with nothing new to record. */
        recordsNothing: () => expect(run()).toEqual([]),
        refuses: (code: string) => {
          try {
            run();
          } catch (error) {
            if (error instanceof Refusal) return expect(error.code).toBe(code);
            throw error;
          }
          throw new Error(`${act} was accepted, though it should be refused as ${code}.`);
        },
        /** What the schema itself refuses, before any rule is asked. */
        isUnreadable: () => expect(decider.acts[act]?.input.safeParse(input).success).toBe(false),
      };
    },
  }),
});
