import { upcast } from '../event-store/catalogue.js';
import type { Recorded } from '../event-store/event.js';
import { calendarEvents, type Revision } from './calendar-revision.js';
import { policyEvents, type Superseded } from './policy.js';
import type { InForce, Ruled, Rules } from './reckoned-by.js';

/** The rules as they were: each change of them has a position in the log and a day, as whatever happens to a case has. */

/** A version that superseded another, or a calendar that was revised. */
export interface RuleChange {
  readonly position: number;
  readonly on: string;
  readonly superseded?: { readonly name: string; readonly by: string };
  readonly revised?: { readonly name: string; readonly revision: number };
}

/** What of these events changes the rules of cases that are open: a new version by itself does not. */
export const ruleChangesIn = (events: readonly Recorded[]): readonly RuleChange[] =>
  events.flatMap(({ position, on, stream, type, schemaVersion, data }): RuleChange[] => {
    const key = stream.slice(stream.indexOf('-') + 1);
    if (type === 'PolicySuperseded') {
      const { version, by } = upcast(policyEvents, type, schemaVersion, data) as unknown as Superseded;
      return [{ position, on, superseded: { name: `${key}@${version}`, by: `${key}@${by}` } }];
    }
    if (type !== 'CalendarRevised') return [];
    const { revision } = upcast(calendarEvents, type, schemaVersion, data) as unknown as Revision;
    return [{ position, on, revised: { name: key, revision } }];
  });

const inForceAfter = (changes: readonly RuleChange[]): InForce => {
  const superseded = new Map(changes.flatMap(({ superseded: it }) => (it ? [[it.name, it.by]] : [])));
  const revisions = new Map<string, number>();
  for (const { revised: it } of changes)
    if (it) revisions.set(it.name, Math.max(it.revision, revisions.get(it.name) ?? 0));
  return {
    next: (name) => superseded.get(name),
    revisionOf: (calendar) => revisions.get(calendar) ?? 0,
  };
};

/** Whoever knows every version and revision, whenever it held. */
export interface RuleBook {
  rulesOf(cited: Ruled, inForce: InForce): Rules | undefined;
}

/** The rules of a case by a part of the changes. */
export interface RulesBy {
  rulesOf(cited: Ruled): Rules | undefined;
}

/** By which rules a case went at a position of the log, or on a day. */
export class RulesThen {
  private readonly made = new Map<string, RulesBy>();

  constructor(
    private readonly book: RuleBook,
    readonly changes: readonly RuleChange[],
  ) {}

  /** By what had been recorded by then. */
  at(position: number): RulesBy {
    return this.by((change) => change.position <= position);
  }

  /** By what had happened by the end of that day. */
  on(day: string): RulesBy {
    return this.by((change) => change.on <= day);
  }

  /** The same, when nothing later was known. */
  knownAt(position: number): RulesThen {
    return new RulesThen(
      this.book,
      this.changes.filter((change) => change.position <= position),
    );
  }

  private by(counts: (change: RuleChange) => boolean): RulesBy {
    const changes = this.changes.filter(counts);
    const key = changes.map(({ position }) => position).join(' ');
    const before = this.made.get(key);
    if (before) return before;
    const inForce = inForceAfter(changes);
    const rules: RulesBy = { rulesOf: (cited) => this.book.rulesOf(cited, inForce) };
    this.made.set(key, rules);
    return rules;
  }
}
