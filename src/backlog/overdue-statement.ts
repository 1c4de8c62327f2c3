import type { Knowledge } from '../audit/known-then.reader.js';
import type { CaseListRequest } from './case-list.js';

/** The SQL that tells which cases are overdue; `asOf` is a day as SQL. */

/** From so many on it takes longer to gather and sort them than to come past them in the order of the list. */
const MANY = 1_000;

/** Whether there are that many. */
export const areMany = (rows: string): string =>
  `SELECT count(*) = ${MANY} AS many FROM (SELECT FROM ${rows} LIMIT ${MANY}) AS found`;

/** Whether that many due dates had passed unmet by a day. */
export const MANY_OVERDUE = areMany('deadlines WHERE live AND met_on IS NULL AND NOT held AND due_on < $1');

/** Whether it matters for that list how many are overdue: one of cases as they stand, in an order in which open ones are kept. */
export const goesByOverdue = ({ overdue, sort }: CaseListRequest, known: Knowledge | undefined): boolean =>
  !known && overdue === true && /age|received/.test(sort);

/**
 * Few of all cases are open and few are overdue, so the planner takes those that are both for next to none, and gathers
 * all that are open to sort them. Of a difference it makes no such guess: the list is walked in its order.
 */
const passed = (asOf: string, walked: boolean): string =>
  walked ? `next_due_on - ${asOf} < 0` : `coalesce(next_due_on, 'infinity') < ${asOf}`;

/** The conditions; nothing is due for a closed case, so no look is taken at any. */
export const overdueIs = (
  { overdue, status }: CaseListRequest,
  asOf: string,
  walked: boolean,
): readonly string[] => {
  if (overdue === undefined) return [];
  if (!overdue) return [`coalesce(next_due_on, 'infinity') >= ${asOf}`];
  return [status === 'closed' ? 'false' : passed(asOf, walked)];
};
