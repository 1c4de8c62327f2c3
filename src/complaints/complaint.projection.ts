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

/** The read rows of a case: `cases`, its `deadlines` that bind, and the `case_gaps` in which it was closed for a while. */

/** The earliest due date that is neither met nor held. */
export const nextDue = (complaint: KnownComplaint, deadlines: readonly CaseDeadline[]): string | null =>
  complaint.phase === 'closed'
    ? null
    : (deadlines
        .filter(({ metOn, held }) => metOn === null && !held)
        .map(({ dueOn }) => dueOn)
        .toSorted()[0] ?? null);

/** The read row of a case, what falls due next, and the deadlines that it tells. */
export const caseTold = (
  policies: Policies,
  { id, version, complaint }: Pick<CaseRow, 'id' | 'version' | 'complaint'>,
): {
  readonly row: ReadRow;
  readonly nextDueOn: string | null;
  readonly deadlines: readonly CaseDeadline[];
} => {
  const rules = policies.rulesOf(complaint);
  const deadlines = rules ? binding(deadlinesOf(complaint, rules.policy, rules.calendar, null)) : [];
  const nextDueOn = nextDue(complaint, deadlines);
  const row = {
    id,
    version,
    status: complaint.phase === 'closed' ? 'closed' : complaint.stage,
    sourceName: complaint.source?.name,
    sourceId: complaint.source?.id,
    sortId: complaint.source?.id ?? complaint.reference,
    nextDueOn,
    reckonedBy: rules && lineOf(rules.reckonedBy),
    deadlines: deadlines.map(({ key, occurrence, startedOn, dueOn, metOn, held }) => ({
      key,
      occurrence,
      startedOn,
      dueOn,
      metOn,
      held,
    })),
    // Last: each field that is added behind a spread costs microseconds.
    ...complaint,
  };
  return { row: { table: 'cases', text: JSON.stringify(row) }, nextDueOn, deadlines };
};

export const complaintRow =
  (policies: Policies) =>
  (id: string, version: number, state: Complaint): ReadRow =>
    caseTold(policies, { id, version, complaint: known(state) }).row;

/** A read row, and the case that it was made of: it holds the whole state, so that it can be made anew by other rules. */
export interface CaseRow {
  readonly id: string;
  readonly version: number;
  readonly deadlines: readonly Omit<CaseDeadline, 'checkExtension' | 'checkExtensible'>[];
  readonly complaint: KnownComplaint;
}

/** What a row holds besides the state; left out by name, because an object from which fields are deleted is slow ever after. */
interface Made {
  readonly status: unknown;
  readonly sourceName: unknown;
  readonly sourceId: unknown;
  readonly sortId: unknown;
  readonly nextDueOn: unknown;
  readonly reckonedBy: unknown;
}

export const caseIn = (text: string): CaseRow => {
  const {
    id,
    version,
    deadlines,
    status,
    sourceName,
    sourceId,
    sortId,
    nextDueOn,
    reckonedBy,
    ...complaint
  } = JSON.parse(text) as Omit<CaseRow, 'complaint'> & Made;
  return { id, version, deadlines, complaint: complaint as unknown as KnownComplaint };
};
