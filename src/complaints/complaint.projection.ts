import type { WorkingCalendar } from '../clocks/calendar.js';
import type { PolicySet } from '../clocks/policy-set.js';
import type { ReadRow } from '../event-store/append.js';
import { deadlinesOf, type CaseDeadline } from './complaint.deadlines.js';
import { known, type Complaint, type KnownComplaint } from './complaint.state.js';

/** The published policy sets, loaded before a row is made. */
export interface Policies {
  named(name: string | undefined): PolicySet | undefined;
  calendarOf(policy: PolicySet | undefined): WorkingCalendar;
}

/** The read rows of a case: `cases`, its `deadlines`, and the `case_gaps` in which it was closed for a while. */

/** The earliest due date that is neither met nor held. */
export const nextDue = (complaint: KnownComplaint, deadlines: readonly CaseDeadline[]): string | null =>
  complaint.phase === 'closed'
    ? null
    : (deadlines
        .filter(({ metOn, held }) => metOn === null && !held)
        .map(({ dueOn }) => dueOn)
        .toSorted()[0] ?? null);

export const complaintRow =
  (policies: Policies) =>
  (id: string, version: number, state: Complaint): ReadRow => {
    const complaint = known(state);
    const policy = policies.named(complaint.policySet);
    const deadlines = deadlinesOf(complaint, policy, policies.calendarOf(policy), null);
    const row = {
      id,
      version,
      status: complaint.phase === 'closed' ? 'closed' : complaint.stage,
      sourceName: complaint.source?.name,
      sourceId: complaint.source?.id,
      sortId: complaint.source?.id ?? complaint.reference,
      nextDueOn: nextDue(complaint, deadlines),
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
    return { table: 'cases', text: JSON.stringify(row) };
  };
