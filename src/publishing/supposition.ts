import { z } from 'zod';
import { refuseBeyondReason, refuseIdleCalendars } from '../clocks/beyond-reason.js';
import { calendarName, type WorkingCalendar } from '../clocks/calendar.js';
import { calendarOf, calendarWish, supposedRevision } from '../clocks/calendar-revision.js';
import type { PolicyBook } from '../clocks/policy.queries.js';
import { policySet, type PolicySet } from '../clocks/policy-set.js';
import { InvalidInput } from '../event-store/errors.js';
import { day, word } from '../event-store/schema.js';

/** Other rules than those in force, as somebody asks about them. */

const supposedCalendar = z
  .strictObject({
    name: calendarName.describe('The calendar that would be revised so.'),
    ...calendarWish.omit({ source: true, reasons: true }).shape,
  })
  .meta({ id: 'SupposedCalendar' });

export const supposition = z.strictObject({
  version: word.optional().describe('A published version, such as default@2.'),
  policy: policySet
    .optional()
    .describe('Or a version in full, published or not; the open cases of its key would go by it.'),
  calendars: z.array(supposedCalendar).max(100).default([]).describe('Calendars, each as if revised so.'),
  asOf: day.optional().describe('Overdue at the end of which day; today, when absent.'),
});

export type Supposition = z.output<typeof supposition>;
export type SupposedCalendar = Supposition['calendars'][number];

/** The rules in question; what is not named stays as it is. */
export interface Supposed {
  readonly policy: PolicySet | undefined;
  readonly calendars: ReadonlyMap<string, WorkingCalendar>;
}

const policyOf = ({ version, policy }: Supposition, book: PolicyBook): PolicySet | undefined => {
  if (version !== undefined && policy !== undefined)
    throw new InvalidInput('invalid-input', 'Give a published version or a policy in full, not both.');
  return version === undefined ? policy : book.version(version);
};

const calendarsOf = (wishes: readonly SupposedCalendar[], book: PolicyBook): Map<string, WorkingCalendar> => {
  const made = new Map<string, WorkingCalendar>();
  for (const { name, ...wish } of wishes) {
    if (made.has(name))
      throw new InvalidInput('invalid-input', `The calendar ${name} is supposed twice. Name it once.`);
    const revisions = book.isCalendar(name) ? book.calendarFile(name).revisions : [];
    const revision = supposedRevision(wish, revisions, name);
    made.set(name, revision ? calendarOf(name, revision) : book.calendarNamed(name));
  }
  return made;
};

/** Errors: InvalidInput `nothing-supposed`, `invalid-input`; NotFound; those of revising a calendar. */
export const supposedIn = (asked: Supposition, book: PolicyBook, today: string): Supposed => {
  const policy = policyOf(asked, book);
  const calendars = calendarsOf(asked.calendars, book);
  if (policy === undefined && calendars.size === 0)
    throw new InvalidInput(
      'nothing-supposed',
      'Say what would be otherwise: another version of a policy, a calendar as revised, or both.',
    );
  const named = (name: string) => calendars.get(name) ?? book.calendarNamed(name);
  if (policy) refuseBeyondReason(policy, named, today);
  for (const standing of calendars.size > 0 ? book.standing() : [])
    refuseIdleCalendars(standing, named, today);
  return { policy, calendars };
};
