import type { ChildColumns, Mapping } from './mapping.js';

/** The columns that a mapping names for the case file, each of which the file must have. */
export function neededCaseColumns(mapping: Mapping): string[] {
  const { id, receivedOn, closedOn, status, outcome, category, channel, incidentFrom, incidentTo } =
    mapping.case;
  const mapped = [id, receivedOn, closedOn, status, outcome, category, channel, incidentFrom, incidentTo];
  return named([...mapped, incidentFrom?.time, incidentTo?.time], mapping.rowNumbers);
}

/** The same for the file of allegations, findings and sanctions. */
export function neededChildColumns(children: ChildColumns): string[] {
  const { respondent, category, finding, sanction } = children;
  const mapped = [children.case, respondent, category, finding, sanction, sanction?.days, sanction?.stage];
  const others = [...(children.sameAllegation ?? []), ...children.rowNumbers];
  return named(mapped, sanction?.id === undefined ? others : [...others, sanction.id]);
}

function named(
  mapped: readonly ({ column?: string | undefined } | undefined)[],
  others: readonly string[],
): string[] {
  return [...mapped.flatMap((part) => part?.column ?? []), ...others];
}
