import type { z } from 'zod';
import type { Catalogue } from './catalogue.js';
import { InvalidInput, NotFound, RuleBroken, type Refusal } from './errors.js';
import type { Actor, DomainEvent, Entry } from './event.js';

/** In which phase of its stream an act may be done. `existing`: open or closed. `any`: it may also begin the stream. */
export type Phase = 'absent' | 'open' | 'closed';
export type When = Phase | 'existing' | 'any';

/** What is true around every decision. Time enters here: deciders never ask a clock. */
export interface Circumstances {
  readonly id: string;
  readonly actor: Actor;
  /** Parties that the actor is known to be. */
  readonly actorParties: readonly string[];
  /** Today in the organisation's zone, and the day the act happened, both `YYYY-MM-DD`. */
  readonly today: string;
  readonly on: string;
  /** When on that day it happened, where that is known. */
  readonly at?: string | undefined;
  readonly now: string;
  /** The stream's entries as now known, for the acts that point at one of them. */
  readonly history: readonly Entry[];
  /** A fresh UUIDv7 for the nth thing that this act brings into being. */
  readonly idFor: (index: number) => string;
}

/** One thing a person can do to a stream: the schema of its input and the rule that turns it into events. */
export interface Act<Input extends z.ZodType, State, Context, Event> {
  readonly summary: string;
  readonly when: When;
  readonly input: Input;
  /** Whoever does it knows of the stream no more: sent again by them, it is answered as the first time all the same. */
  readonly leaves?: true;
  /**
   * Refuses what the stream as it stands rules out, whatever the input: asked before every decision, and of whoever only
   * looks, who knows less of the context. What is not known rules nothing out.
   */
  possible?(state: State, context: Partial<Context>): void;
  /**
   * Refuses what no input whatever could bring about: asked only of whoever looks, because `decide` judges the one input that
   * it is given, and says what is wrong with that.
   */
  conceivable?(state: State, context: Partial<Context>): void;
  /** It follows from what somebody did elsewhere, to whatever they may act on or not: the guard is not asked. */
  readonly follows?: true;
  decide(input: z.output<Input>, state: State, context: Context): readonly Event[];
}

// The table's own type must accept every input schema, so the parameter is widened in this one place.
export type Acts<State, Context, Event> = Readonly<Record<string, Act<z.ZodType, State, Context, Event>>>;

/** Fixes a slice's state, context and events once, so that each act only states its input and rule. */
export const actsOn =
  <State, Context, Event>() =>
  <Input extends z.ZodType>(act: Act<Input, State, Context, Event>): Act<z.ZodType, State, Context, Event> =>
    act;

/** A kind of stream: how it is told, folded and decided. */
export interface Decider<State, Context, Event extends DomainEvent> {
  readonly kind: string;
  /** As people call one of them, where that is not its kind. */
  readonly called?: string;
  readonly catalogue: Catalogue;
  readonly acts: Acts<State, Context, Event>;
  readonly initial: State;
  phase(state: State): Phase;
  /** Refuses an act that nothing makes possible again, before its phase is asked: whoever tries is not told to reopen it. */
  over?(state: State, act: string): void;
  /** Refuses the actor before any rule of an act is asked; also of whoever only looks. What is not known refuses nobody. */
  guard?(state: State, context: Partial<Context>): void;
  evolve(state: State, event: Entry<Event>): State;
}

type Kind = Pick<Decider<never, never, DomainEvent>, 'kind' | 'acts' | 'called'>;

/** What can still be done about a closed stream. */
const afterClosing = ({ acts }: Kind): string =>
  Object.values(acts).some(({ when }) => when === 'closed')
    ? 'Reopen it first, giving the reason.'
    : 'What it says can be corrected, nothing more.';

/** Of a stream that is not there, or not for whoever acts. */
export const noneOf = ({ kind, called = kind }: Pick<Kind, 'kind' | 'called'>, id: string): NotFound =>
  new NotFound(called, id);

const phaseRefusals: Record<Exclude<When, 'any'>, (of: Kind, id: string) => Refusal> = {
  absent: ({ kind, called = kind }) => new RuleBroken(`${kind}-exists`, `This ${called} exists already.`),
  open: (of) =>
    new RuleBroken(`${of.kind}-closed`, `This ${of.called ?? of.kind} is closed. ${afterClosing(of)}`),
  closed: ({ kind, called = kind }) =>
    new RuleBroken(`${kind}-open`, `This ${called} is open; there is nothing to reopen.`),
  existing: noneOf,
};

export const mayBeDone = (when: When, phase: Phase): boolean => {
  if (when === 'any') return true;
  return when === 'existing' ? phase !== 'absent' : when === phase;
};

const checkPhase = (of: Kind, when: When, phase: Phase, id: string): void => {
  if (when === 'any' || mayBeDone(when, phase)) return;
  throw phaseRefusals[phase === 'absent' ? 'existing' : when](of, id);
};

const refuseTheFuture = ({ on, today }: Circumstances): void => {
  if (on > today)
    throw new RuleBroken('occurred-in-future', `${on} is in the future. Record it when it has happened.`);
};

const checkDay = (context: Circumstances, backdatingReason: string | undefined): void => {
  refuseTheFuture(context);
  if (context.on < context.today && backdatingReason === undefined)
    throw new RuleBroken(
      'backdating-without-reason',
      `${context.on} is in the past. Say in backdatingReason why it is recorded only today.`,
    );
};

export interface Attempt {
  readonly act: string;
  readonly input: unknown;
  readonly backdatingReason?: string;
}

export const actNamed = <S, C, E>(acts: Acts<S, C, E>, name: string): Act<z.ZodType, S, C, E> => {
  const act = Object.hasOwn(acts, name) ? acts[name] : undefined;
  if (!act) throw new InvalidInput('unknown-command', `There is no command ${name}.`);
  return act;
};

/** What a check refuses; undefined when it passes. */
const refusalOf = (check: () => unknown): RuleBroken | undefined => {
  try {
    check();
    return undefined;
  } catch (refusal) {
    if (refusal instanceof RuleBroken) return refusal;
    throw refusal;
  }
};

/** Whether a stream as it stands bears an act, as far as is known of the context; its input may still be refused. */
export const isPossible = <State, Context, Event extends DomainEvent>(
  { acts, guard, phase, over }: Pick<Decider<State, Context, Event>, 'acts' | 'guard' | 'phase' | 'over'>,
  name: string,
  state: State,
  context: Partial<Context>,
): boolean => {
  const act = actNamed(acts, name);
  const check = () => {
    over?.(state, name);
    guard?.(state, context);
    act.possible?.(state, context);
    act.conceivable?.(state, context);
  };
  return mayBeDone(act.when, phase(state)) && refusalOf(check) === undefined;
};

/**
 * For an act whose input names one of several things: refuses when each of them is refused, as the last of them is, and
 * by `none` when there is nothing to name.
 */
export const refuseUnlessOne = <T>(
  all: readonly T[],
  check: (each: T) => unknown,
  none: () => RuleBroken,
): void => {
  let last: RuleBroken | undefined;
  for (const each of all) {
    last = refusalOf(() => check(each));
    if (!last) return;
  }
  throw last ?? none();
};

/** The events of one attempted act, or the refusal. Creating acts state their own day, so it needs no reason. */
export const decide = <State, Context extends Circumstances, Event extends DomainEvent>(
  decider: Decider<State, Context, Event>,
  attempt: Attempt,
  state: State,
  context: Context,
): readonly Event[] => {
  const act = actNamed(decider.acts, attempt.act);
  decider.over?.(state, attempt.act);
  checkPhase(decider, act.when, decider.phase(state), context.id);
  if (!act.follows) decider.guard?.(state, context);
  if (act.when !== 'absent') checkDay(context, attempt.backdatingReason);
  act.possible?.(state, context);
  const events = act.decide(attempt.input, state, context);
  refuseTheFuture(context);
  return events;
};

/** One fold step per event type; the type checker misses none. */
export type Evolvers<State, Event extends DomainEvent> = {
  readonly [T in Event['type']]: (
    state: State,
    data: Extract<Event, { type: T }>['data'],
    entry: Entry<Event>,
  ) => State;
};

export const evolveWith =
  <State, Event extends DomainEvent>(evolvers: Evolvers<State, Event>) =>
  (state: State, entry: Entry<Event>): State =>
    evolvers[entry.type as Event['type']](state, entry.data, entry);
