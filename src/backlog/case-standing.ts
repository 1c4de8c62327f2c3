import {
  areClockedAlike,
  binding,
  deadlinesOf,
  type CaseDeadline,
} from '../complaints/complaint.deadlines.js';
import type { ComplaintEvent } from '../complaints/complaint.events.js';
import { complaint } from '../complaints/complaint.js';
import type { Rules } from '../clocks/reckoned-by.js';
import { nextDue, type Policies } from '../complaints/complaint.projection.js';
import { clockDay } from '../complaints/complaint.milestones.js';
import { evolve, known, type Complaint, type KnownComplaint } from '../complaints/complaint.state.js';
import type { Entry } from '../event-store/event.js';
import { corrected, fold, happenedBy } from '../event-store/fold.js';

/** How a case stood, at each position of the log and on each day: what lists, backlogs and statistics ask. Pure. */

/** The facts of a case that such a question may need, under the names of their columns. */
export interface Standing {
  readonly version: number;
  readonly reference: string;
  readonly status: string;
  readonly category: string;
  readonly severity: string | null;
  readonly handler_id: string | null;
  readonly received_on: string;
  readonly closed_on: string | null;
  readonly outcome: string | null;
  /** Whether it was closed by the due date of every deadline that a closing meets; null when there is none. */
  readonly within_limit: boolean | null;
  readonly next_due_on: string | null;
  readonly source: string | null;
  readonly sort_id: string;
  readonly gaps_closed: readonly string[] | null;
  readonly gaps_reopened: readonly string[] | null;
}

type CaseEntry = Entry<ComplaintEvent>;

/** How a case stood after an entry that changed it; `at` is the place of the entry among those given. */
export interface Turn {
  readonly at: number;
  readonly standing: Standing;
}

/** How a case stood from that day on. */
export interface DayTurn {
  readonly from: string;
  readonly standing: Standing;
}

const ACKNOWLEDGEMENTS: ReadonlySet<string> = new Set(['ComplaintAcknowledged', 'EscalationAcknowledged']);

/** A closing ends what is for the acknowledgement too, and what recurs, but is not what those are for. */
const limitsClosing = ({ rule: { stopEvents, recurrence } }: CaseDeadline): boolean =>
  !recurrence &&
  stopEvents.includes('ComplaintClosed') &&
  !stopEvents.some((event) => ACKNOWLEDGEMENTS.has(event));

type Ending = Pick<Standing, 'status' | 'closed_on' | 'outcome' | 'within_limit'>;

const endingOf = (file: KnownComplaint, deadlines: readonly CaseDeadline[]): Ending => {
  if (file.phase === 'open')
    return { status: file.stage, closed_on: null, outcome: null, within_limit: null };
  const limits = deadlines.filter(limitsClosing);
  const { closedOn, outcome } = file;
  const within = limits.length === 0 ? null : limits.every(({ dueOn }) => closedOn <= dueOn);
  return { status: 'closed', closed_on: closedOn, outcome, within_limit: within };
};

const boundBy = (rules: Rules | undefined, file: KnownComplaint): readonly CaseDeadline[] =>
  rules ? binding(deadlinesOf(file, rules.policy, rules.calendar, null)) : [];

const standingWith = (
  file: KnownComplaint,
  version: number,
  deadlines: readonly CaseDeadline[],
): Standing => {
  const { gaps } = file;
  const { status, closed_on, outcome, within_limit } = endingOf(file, deadlines);
  return {
    version,
    reference: file.reference,
    status,
    category: file.category,
    severity: file.severity ?? null,
    handler_id: file.handlerId ?? null,
    received_on: file.receivedOn,
    closed_on,
    outcome,
    within_limit,
    next_due_on: nextDue(file, deadlines),
    source: file.source?.name ?? null,
    sort_id: file.source?.id ?? file.reference,
    gaps_closed: gaps.length === 0 ? null : gaps.map(({ closedOn }) => closedOn),
    gaps_reopened: gaps.length === 0 ? null : gaps.map(({ reopenedOn }) => reopenedOn),
  };
};

export const standingOf = (policies: Policies, file: KnownComplaint, version: number): Standing =>
  standingWith(file, version, boundBy(policies.rulesOf(file), file));

const areSame = (one: readonly string[] | null, other: readonly string[] | null): boolean =>
  one === other || (one !== null && other !== null && one.join() === other.join());

const SINGLE = [
  'reference',
  'status',
  'category',
  'severity',
  'handler_id',
  'received_on',
  'closed_on',
  'outcome',
  'within_limit',
  'next_due_on',
  'source',
  'sort_id',
] as const satisfies readonly (keyof Standing)[];

/** Field by field: it is asked for each entry of the log, and to write both out took longer than to fold them. */
export const isSame = (one: Standing, other: Standing): boolean =>
  SINGLE.every((name) => one[name] === other[name]) &&
  areSame(one.gaps_closed, other.gaps_closed) &&
  areSame(one.gaps_reopened, other.gaps_reopened);

const isInOrder = (days: readonly string[]): boolean =>
  days.every((day, index) => index === 0 || (days[index - 1] ?? '') <= day);

const countBy = (days: readonly string[], day: string): number => days.filter((each) => each <= day).length;

/** The rules that held on each day, and the days on which they changed. */
export interface RulesByDay {
  readonly changes: readonly { readonly on: string }[];
  on(day: string): Policies;
}

/** The state after each entry, by what was recorded until then. */
const statesAsRecorded = (history: readonly CaseEntry[]): readonly Complaint[] => {
  let state: Complaint = complaint.initial;
  return history.map((entry, at) => {
    const isCorrection = entry.type === 'EntryCorrected';
    state = isCorrection ? fold(complaint, history.slice(0, at + 1)) : evolve(state, entry);
    return state;
  });
};

const statesOf = (history: readonly CaseEntry[]): readonly Complaint[] => {
  let state: Complaint = complaint.initial;
  return history.map((entry) => (state = evolve(state, entry)));
};

interface Reckoned {
  readonly file: KnownComplaint;
  readonly rules: Rules | undefined;
  readonly deadlines: readonly CaseDeadline[];
}

/**
 * A case from its first entry on, looked at from point to point. It is folded once, and its deadlines are reckoned anew only
 * where something changed that they are reckoned from.
 */
export class CasePath {
  private readonly states: readonly Complaint[];
  private latest: Reckoned | undefined;

  constructor(private readonly history: readonly CaseEntry[]) {
    this.states = statesAsRecorded(history);
  }

  /** How the case stood after each entry from the `since`th on that changed it, by what was recorded until then. */
  turns(policies: Policies, since: number): Turn[] {
    const turns: Turn[] = [];
    let before = since > 0 ? this.standing(policies, this.states[since - 1], since) : undefined;
    for (let at = since; at < this.states.length; at += 1) {
      const standing = this.standing(policies, this.states[at], at + 1);
      if (!(before && isSame(before, standing))) turns.push({ at, standing });
      before = standing;
    }
    return turns;
  }

  /** How the case stood from each day on, by what is known now. */
  days(rules: RulesByDay): DayTurn[] {
    const now = corrected(this.history);
    const [first] = now;
    if (!first) return [];
    const received = clockDay(first);
    const all = now.map(clockDay);
    const changed = rules.changes.map(({ on }) => on);
    const days = [...new Set([...all, ...changed])].filter((day) => day >= received).toSorted();
    // A history in the order of its days was folded once, any other is folded anew for each of them.
    const states = isInOrder(all) ? (now === this.history ? this.states : statesOf(now)) : undefined;
    const turns: DayTurn[] = [];
    for (const day of days) {
      const version = countBy(all, day);
      const state = states
        ? states[version - 1]
        : happenedBy(now, clockDay, day).reduce(evolve, complaint.initial);
      const standing = this.standing(rules.on(day), state, version);
      const before = turns.at(-1);
      if (!before || !isSame(before.standing, standing)) turns.push({ from: day, standing });
    }
    return turns;
  }

  private standing(policies: Policies, state: Complaint | undefined, version: number): Standing {
    const file = known(state ?? complaint.initial);
    const rules = policies.rulesOf(file);
    const { latest } = this;
    const deadlines =
      latest && latest.rules === rules && areClockedAlike(latest.file, file)
        ? latest.deadlines
        : boundBy(rules, file);
    this.latest = { file, rules, deadlines };
    return standingWith(file, version, deadlines);
  }
}
