import { readKinds, type Reader } from '../event-store/loader.js';
import type { Cited } from '../clocks/reckoned-by.js';
import { ruleChangesIn, RulesThen, type RuleBook, type RuleChange } from '../clocks/rules-then.js';

/** Whose events change the rules that open cases go by. */
const KINDS = ['policy', 'calendar'];

/** The rules that were published, read anew when what is cited is not among them. */
export interface RuleShelf extends RuleBook {
  lookFor(cited: Cited): Promise<void>;
}

const citedIn = (changes: readonly RuleChange[]): Cited => ({
  policies: changes.flatMap(({ superseded }) => (superseded ? [superseded.by] : [])),
  calendars: changes.flatMap(({ revised }) => (revised ? [`${revised.name}@${revised.revision}`] : [])),
});

/** What changed the rules, in order, as far as `from` sees the log. */
export const ruleChanges = async (from: Reader): Promise<readonly RuleChange[]> =>
  ruleChangesIn(await readKinds(from, KINDS));

/** The rules as they were, told by the log as far as `from` sees it. */
export const rulesThen = async (from: Reader, shelf: RuleShelf): Promise<RulesThen> => {
  const changes = await ruleChanges(from);
  await shelf.lookFor(citedIn(changes));
  return new RulesThen(shelf, changes);
};
