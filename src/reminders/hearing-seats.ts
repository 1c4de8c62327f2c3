import type { Rules } from '../clocks/reckoned-by.js';
import { onlyFor } from '../complaints/complaint.confidential.js';
import type { KnownComplaint } from '../complaints/complaint.state.js';
import { barredFromHeard, noticeDaysOf, partiesHeard, type HeardCase } from '../hearings/hearing.context.js';
import type { PanelMember } from '../hearings/hearing.state.js';
import { hearingDeadlines, type Decided, type Heard, type HearingDeadline } from './hearing-ladder.js';
import type { Seat } from './recipients.js';

/** A hearing, with who sits and who was recused from it. */
export interface SeatedHearing extends Heard {
  readonly complaintIds: readonly string[];
  readonly panel: readonly PanelMember[];
  readonly recused: readonly string[];
}

/** The case that is reminded, by its rules, and those that are heard with it. */
export interface HeardTogether {
  readonly complaint: KnownComplaint;
  readonly rules: Rules;
  readonly cases: readonly HeardCase[];
  readonly decided: readonly Decided[];
  /** Of whoever must have no part in these cases or the hearing, who they are among the staff. */
  readonly staff: readonly { readonly id: string; readonly staffId: string }[];
}

/** Whoever may hear of each of the cases that are heard together; undefined: whoever else may. */
const onlyForAll = (cases: readonly HeardCase[], today: string): readonly string[] | undefined => {
  const lists = cases.flatMap(({ complaint }) => {
    const only = complaint.phase === 'absent' ? undefined : onlyFor(complaint, { today });
    return only === undefined ? [] : [only];
  });
  return lists[0]?.filter((staffId) => lists.every((only) => only.includes(staffId)));
};

/**
 * What a hearing asks of the people of one of its cases, and who they are. Whoever may not act on the hearing, for the sake
 * of whichever of its cases, is told nothing of it.
 */
export const remindersOf = (
  hearing: SeatedHearing,
  { complaint, rules: { policy, calendar }, cases, decided, staff }: HeardTogether,
  today: string,
): readonly (HearingDeadline & Seat)[] => {
  const parties = partiesHeard({ cases });
  const people = [...barredFromHeard({ cases }), ...hearing.recused];
  const seat: Seat = {
    handlerId: complaint.handlerId ?? null,
    panel: hearing.panel.filter(({ recused }) => !recused),
    barred: [
      ...hearing.recused,
      ...cases.flatMap((each) => (each.complaint.phase === 'absent' ? [] : each.complaint.recused)),
      ...staff.filter(({ id }) => people.includes(id)).map(({ staffId }) => staffId),
    ],
    only: onlyForAll(cases, today),
  };
  const around = { parties, noticeDays: noticeDaysOf({ cases }), decided };
  const by = { ladder: policy.reminders, calendar, today };
  return hearingDeadlines(hearing, around, by).map((each) => ({ ...each, ...seat }));
};
