import { z } from 'zod';
import { caseAge, type CaseDates } from '../clocks/ages.js';
import type { WorkingCalendar } from '../clocks/calendar.js';
import { isOverdue } from '../clocks/deadline.js';
import { legacyOutcome, severity } from '../complaints/complaint.events.js';
import { stages } from '../complaints/complaint.stages.js';

/** A case as the list shows it; ages are computed when asked. */

export const age = z
  .object({
    calendarDays: z.int(),
    workingDays: z.int().describe("Working days of the organisation's calendar after the day of receipt."),
  })
  .meta({ id: 'Age' });

export const caseSummary = z
  .object({
    id: z.uuid(),
    reference: z.string(),
    status: z
      .enum([...stages, 'closed'])
      .describe(
        'closed, or how far an open case has come: hearing from when one was asked for, resolution from when one was begun; each of those says in its own status how far it is.',
      ),
    category: z.string(),
    severity: severity.nullable(),
    handlerId: z.string().nullable(),
    receivedOn: z.iso.date(),
    closedOn: z.iso.date().nullable(),
    outcome: legacyOutcome.nullable(),
    sourceName: z.string().nullable().describe('The register that an imported case comes from.'),
    sourceId: z.string().nullable(),
    nextDueOn: z.iso
      .date()
      .nullable()
      .describe('The earliest due date that is neither met nor held by a pause.'),
    overdue: z.boolean().describe('That day has passed; what is due today is not overdue.'),
    missed: z
      .int()
      .describe(
        'How many of its due dates passed unmet, on record or not yet, and whatever moved or met them since; as of the past, those on record.',
      ),
    age: age.describe('From the receipt to today, or to the closing.'),
    lastActivityOn: z.iso
      .date()
      .nullable()
      .describe(
        'The latest day on which a person did something about it, its hearings or its resolutions; null for the moment until that is known.',
      ),
    version: z.int(),
  })
  .meta({ id: 'CaseSummary' });

export type CaseSummary = z.output<typeof caseSummary>;

/** What a read row says of a case by itself. */
export type CaseFacts = Omit<CaseSummary, 'overdue' | 'age'>;

const NO_AGE = { calendarDays: 0, workingDays: 0 };

/** Both ages on a day; a case received later is of no age yet. */
export const agesOn = (dates: CaseDates, day: string, calendar: WorkingCalendar) =>
  caseAge(dates, day, calendar) ?? { gross: NO_AGE, net: NO_AGE };

/** The case as it is on that day. */
export const summaryOn = (facts: CaseFacts, day: string, calendar: WorkingCalendar): CaseSummary => {
  const closures = facts.closedOn === null ? [] : [{ closedOn: facts.closedOn, reopenedOn: null }];
  const { receivedOn, nextDueOn } = facts;
  return {
    ...facts,
    overdue: nextDueOn !== null && isOverdue(nextDueOn, day),
    age: agesOn({ receivedOn, closures, pauses: [] }, day, calendar).gross,
  };
};
