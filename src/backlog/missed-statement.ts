import type { Knowledge } from '../audit/known-then.reader.js';
import { areMany } from './overdue-statement.js';

/** The SQL that tells what was missed of a case; `asOf` is a day as SQL. */

/** Of the past what was on record is told; what had passed and was recorded by nobody yet is not kept. */
const onRecordThen = (known: Knowledge): string =>
  'position' in known ? `position <= ${known.position}` : `due_on < DATE '${known.day}'`;

/** How many due dates of a case that was found had passed unmet. */
export const missedOf = (asOf: string, known: Knowledge | undefined): string =>
  known
    ? `(SELECT count(*)::int FROM case_misses WHERE case_id = found.id AND ${onRecordThen(known)})`
    : `(SELECT count(*)::int FROM (
        SELECT deadline, due_on FROM missed_deadlines WHERE case_id = found.id
        UNION SELECT key, due_on FROM deadlines WHERE case_id = found.id
          AND due_on < coalesce(met_on, CASE WHEN NOT held THEN coalesce(found."closedOn"::date, ${asOf}) END)
      ) AS missed)`;

/** What runs past its due day, in an open case alone, before the sweep has put that on record. */
const unrecorded = (asOf: string): string => `live AND NOT missed AND next_due_on < ${asOf}`;

/** Whether of many cases something was missed that is not on record. */
export const MANY_UNRECORDED = areMany(`case_clocks WHERE ${unrecorded('$1')}`);

/** Among which cases, of when; `phase`: of all of them that are open, or closed. */
interface Among {
  readonly asOf: string;
  readonly known: Knowledge | undefined;
  readonly phase: 'open' | 'closed' | undefined;
  /** Whether the cases are looked at one after the other in the order of the list. */
  readonly walked: boolean;
}

/** Gathered by their index, or of a difference, which the planner does not take for rare or common: walked. */
const passedBy = ({ asOf, walked }: Among): string =>
  walked
    ? `live AND NOT missed AND next_due_on - ${asOf} < 0`
    : `case_id = ANY (ARRAY(SELECT case_id FROM case_clocks WHERE ${unrecorded(asOf)}))`;

/**
 * Of which cases something was missed, or nothing: conditions that are asked for each by itself, so that each is answered
 * from an index. No case meets two of them.
 */
export const missedWays = (missed: boolean | undefined, among: Among): readonly string[] => {
  const { asOf, known, phase } = among;
  if (missed === undefined) return ['true'];
  if (known) {
    const then = `EXISTS (SELECT FROM case_misses WHERE case_id = cases.id AND ${onRecordThen(known)})`;
    return [missed ? then : `NOT ${then}`];
  }
  if (!missed) return [`NOT missed AND coalesce(next_due_on, 'infinity') >= ${asOf}`];
  return phase === 'closed' ? ['missed'] : ['missed', passedBy(among)];
};
