import type { WorkingCalendar } from '../clocks/calendar.js';
import type { PolicySet } from '../clocks/policy-set.js';
import { lineOf, type ReckonedBy, type Ruled } from '../clocks/reckoned-by.js';
import type { ReadRow } from '../event-store/append.js';
import { binding, deadlinesOf, type CaseDeadline } from './complaint.deadlines.js';
import { known, type Complaint, type KnownComplaint } from './complaint.state.js';

/** The rules of each case, read before a row is made. */
export interface Policies {
  rulesOf(
    cited: Ruled,
  ):
    | { readonly policy: PolicySet; readonly calendar: WorkingCalendar; readonly reckonedBy: ReckonedBy }
    | undefined;
}

/** The read rows of a case: `cases`, its `case_clocks`, its `deadlines` that bind, and the `case_gaps` in which it was closed for a while. */

/** The earliest due date that is neither met nor held. */
export const nextDue = (complaint: KnownComplaint, deadlines: readonly CaseDeadline[]): string | null =>
  complaint.phase === 'closed'
    ? null
    : (deadlines
        .filter(({ metOn, held }) => metOn === null && !held)
        .map(({ dueOn }) => dueOn)
        .toSorted()[0] ?? null);

/** What rules make of a case. */
export interface CaseClocks {
  readonly reckonedBy: string | undefined;
  readonly nextDueOn: string | null;
  readonly deadlines: readonly CaseDeadline[];
}

/**
 * Of a deadline that recurs so many of the latest occurrences stand in rows. Those before it that were made good late are put
 * on record together with these, so none is lost; what comes daily for decades would make every command on its case slow.
 */
const MOST_OCCURRENCES = 60;

const withinReason = (deadlines: readonly CaseDeadline[]): readonly CaseDeadline[] => {
  if (deadlines.length <= MOST_OCCURRENCES) return deadlines;
  const lastOf = new Map(deadlines.map(({ key }, index) => [key, index]));
  return deadlines.filter(({ key }, index) => index > (lastOf.get(key) ?? 0) - MOST_OCCURRENCES);
};

export const clocksOf = (policies: Policies, complaint: KnownComplaint): CaseClocks => {
  const rules = policies.rulesOf(complaint);
  const told = rules ? binding(deadlinesOf(complaint, rules.policy, rules.calendar, null)) : [];
  const deadlines = withinReason(told);
  const reckonedBy = rules && lineOf(rules.reckonedBy);
  return { reckonedBy, nextDueOn: nextDue(complaint, deadlines), deadlines };
};

/** The row of `case_clocks` and those of `deadlines`, as JSON text. */
export const clocksText = (
  { id, complaint }: Pick<CaseRow, 'id' | 'complaint'>,
  { reckonedBy, nextDueOn, deadlines }: CaseClocks,
): string =>
  JSON.stringify({
    id,
    live: complaint.phase === 'open',
    nextDueOn,
    reckonedBy,
    deadlines: deadlines.map(({ key, occurrence, dueOn, metOn, held }) => ({
      key,
      occurrence,
      dueOn,
      metOn,
      held,
    })),
  });

/** The row of `cases`: what the events tell, whatever rules make of it. Whom it names stands in rows of its own. */
export const fileText = ({ id, version, complaint }: CaseRow): string =>
  JSON.stringify({
    id,
    version,
    status: complaint.phase === 'closed' ? 'closed' : complaint.stage,
    sourceName: complaint.source?.name,
    sourceId: complaint.source?.id,
    sortId: complaint.source?.id ?? complaint.reference,
    // Last: each field that is added behind a spread costs microseconds.
    ...(complaint.named ? { ...complaint, named: undefined } : complaint),
  });

/** Both, and whom it names where it names anybody, a line each: the lines are stored apart, and JSON text holds no line break. */
export const complaintRow =
  (policies: Policies) =>
  (id: string, version: number, state: Complaint): ReadRow => {
    const row = { id, version, complaint: known(state) };
    const { named = [] } = row.complaint;
    const lines = [fileText(row), clocksText(row, clocksOf(policies, row.complaint)), named.join(' ')];
    return { table: 'cases', text: lines.join('\n') };
  };

/** A read row, and the case that it was made of: it holds the whole state, so that rules can be asked of it at any time. */
export interface CaseRow {
  readonly id: string;
  readonly version: number;
  readonly complaint: KnownComplaint;
}

/** What a row holds besides the state; left out by name, because an object from which fields are deleted is slow ever after. */
interface Made {
  readonly status: unknown;
  readonly sourceName: unknown;
  readonly sourceId: unknown;
  readonly sortId: unknown;
}

export const caseIn = (text: string): CaseRow => {
  const { id, version, status, sourceName, sourceId, sortId, ...complaint } = JSON.parse(text) as Omit<
    CaseRow,
    'complaint'
  > &
    Made;
  return { id, version, complaint: complaint as unknown as KnownComplaint };
};
