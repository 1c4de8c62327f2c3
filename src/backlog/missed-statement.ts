import type { Knowledge } from '../audit/known-then.reader.js';

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

const ON_RECORD = 'SELECT true FROM missed_deadlines WHERE case_id = cases.id';
const DONE_LATE = `SELECT true FROM deadlines AS late WHERE late.case_id = cases.id
    AND (late.met_on > late.due_on OR (late.met_on IS NULL AND NOT late.live))
    AND (late.met_on IS NOT NULL OR NOT late.held) AND coalesce(late.met_on, cases.closed_on) > late.due_on`;

/** Among which cases, of when; `phase`: of all of them that are open, or closed. */
interface Among {
  readonly asOf: string;
  readonly known: Knowledge | undefined;
  readonly phase: 'open' | 'closed' | undefined;
  /** Whether the cases are looked at one after the other in the order of the list. */
  readonly walked: boolean;
}

const runsPast = (asOf: string): string =>
  `closed_on IS NULL AND coalesce(next_due_on, 'infinity') < ${asOf}`;

/** Put on record; met, or its case closed, only after the due day; or running past it, in an open case alone. */
const waysAmong = ({ asOf, known, phase }: Among): readonly string[] => {
  if (known) return [`EXISTS (SELECT FROM case_misses WHERE case_id = cases.id AND ${onRecordThen(known)})`];
  const before = [ON_RECORD, DONE_LATE].map((way) => `EXISTS (${way})`);
  return phase === 'closed' ? before : [...before, runsPast(asOf)];
};

/** All of these in one; as an EXISTS each might be answered for every case there is. */
const anyWay = (asOf: string): string =>
  `(${runsPast(asOf)} OR (${ON_RECORD} LIMIT 1) OR (${DONE_LATE} LIMIT 1))`;

/**
 * Of which cases something was missed, or nothing: conditions that are asked for each by itself, so that each is answered
 * from an index, in the order of the list or not, whichever finds the page sooner.
 */
export const missedWays = (missed: boolean | undefined, among: Among): readonly string[] => {
  if (missed === undefined) return ['true'];
  if (missed && among.walked && among.phase !== 'closed') return [anyWay(among.asOf)];
  const any = waysAmong(among);
  return missed ? any : [any.map((way) => `NOT (${way})`).join(' AND ')];
};
