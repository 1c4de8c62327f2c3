import { isOverdue } from '../clocks/deadline.js';
import type { Telling } from './recipients.js';
import type { ReminderKey } from './reminder.key.js';

/** A case's deadlines as its own history has them now; none for a case that nobody adopted. */
export interface Standing {
  readonly reference: string;
  readonly closedOn: string | null;
  /** Today where the policy counts its days, and the name of that policy. */
  readonly today: string;
  readonly policy: string;
  readonly deadlines: readonly RunningDeadline[];
}

/** A deadline that recurs stands once for each occurrence, in order. */
interface RunningDeadline {
  readonly key: string;
  readonly dueOn: string;
  readonly metOn: string | null;
  readonly held: boolean;
  /** The instant at which the due day is over. */
  readonly dueAt: string;
  /** Who is told of it now, by the ladder and what is on record; whoever put it off is not. */
  readonly toTell: readonly Telling[];
  /** How far it may be put off today, and how often; null where the policy allows none. */
  readonly snooze: { readonly until: string; readonly times: number } | null;
}

export const SUPERSEDED = [
  'not-running',
  'closed',
  'met',
  'moved',
  'paused',
  'snoozed',
  'another-step',
  'another-recipient',
] as const;
export type Superseded = (typeof SUPERSEDED)[number];

const occurrencesOf = (standing: Standing | undefined, key: string): readonly RunningDeadline[] =>
  standing?.deadlines.filter((each) => each.key === key) ?? [];

/** The occurrence that was due then. */
export const occurrenceOf = (
  standing: Standing | undefined,
  { deadline, dueOn }: Pick<ReminderKey, 'deadline' | 'dueOn'>,
): RunningDeadline | undefined => occurrencesOf(standing, deadline).find((each) => each.dueOn === dueOn);

/** Why a reminder no longer matters, though it once was due; null while it does. */
export const superseded = (
  standing: Standing | undefined,
  key: ReminderKey,
  isSnoozed: boolean,
): Superseded | null => {
  const deadline = occurrenceOf(standing, key) ?? occurrencesOf(standing, key.deadline).at(-1);
  if (!standing || !deadline) return 'not-running';
  if (standing.closedOn !== null) return 'closed';
  if (deadline.metOn !== null) return 'met';
  if (deadline.held) return 'paused';
  if (deadline.dueOn !== key.dueOn) return 'moved';
  return isSnoozed ? 'snoozed' : notTold(deadline, key);
};

const notTold = ({ toTell }: RunningDeadline, key: ReminderKey): Superseded | null => {
  const ofStep = toTell.filter(({ step }) => step === key.step);
  if (ofStep.length === 0) return 'another-step';
  return ofStep.some(({ recipient }) => recipient === key.recipient) ? null : 'another-recipient';
};

/** What recurs daily may have passed for decades when an old case is adopted: the rest is found the next time. */
const MOST_AT_ONCE = 1_000;

/**
 * Missed: the due day is over, and nothing had met the deadline by then, whatever happened since. The earliest such
 * occurrences but those of the days that are known.
 */
export const missedOf = (standing: Standing, key: string, known: ReadonlySet<string>) => {
  const occurrences = occurrencesOf(standing, key);
  return occurrences
    .map((each, nth) => ({ each, next: occurrences[nth + 1]?.dueOn }))
    .filter(({ each }) => !known.has(each.dueOn) && wasMissed(each, standing))
    .slice(0, MOST_AT_ONCE)
    .map(({ each: { dueOn, dueAt }, next }) => {
      const told = { deadline: key, dueOn, dueAt, policy: standing.policy };
      return next === undefined ? told : { ...told, nextDueOn: next };
    });
};

export const wasMissed = ({ dueOn, metOn, held }: RunningDeadline, { closedOn, today }: Standing): boolean =>
  !held && isOverdue(dueOn, metOn ?? closedOn ?? today);
