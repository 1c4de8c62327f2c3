import { RuleBroken } from '../event-store/errors.js';
import type { WorkingCalendar } from './calendar.js';
import { addUnitsInside } from './counting.js';
import { dateOf, epochDay } from './days.js';
import { isOverdue } from './deadline.js';
import type { DeadlineRule } from './deadline-rule.js';

/** Whether anything can be put off at all: what an extension is granted on, and when. */
type Extensible = Omit<ExtensionRequest, 'to' | 'reasoned'>;

/** A request to put a deadline off. `dueOn` is the due date now, `unextendedDueOn` what it is without any extension. */
export interface ExtensionRequest {
  readonly dueOn: string;
  readonly unextendedDueOn: string;
  readonly to: string;
  readonly askedOn: string;
  readonly granted: number;
  /** Whether reasons were given. */
  readonly reasoned: boolean;
}

/** The latest day to which the rule extends; no day is later than the calendars'. */
const latestOf = (
  { unit }: DeadlineRule,
  { unextendedDueOn }: Extensible,
  max: number,
  calendar: WorkingCalendar,
): string => dateOf(addUnitsInside(unit, epochDay(unextendedDueOn), max, calendar));

/**
 * Throws RuleBroken unless the rule allows some extension on that day: `extension-not-allowed`, `extension-count-used-up`,
 * `extension-after-expiry`, `extension-notice-too-short`, `extension-over-cap`.
 */
export function assertExtensible(rule: DeadlineRule, asked: Extensible, calendar: WorkingCalendar): void {
  const allowed = rule.extension;
  if (allowed === null)
    throw new RuleBroken(
      'extension-not-allowed',
      `The deadline ${rule.key} cannot be extended under its policy.`,
    );
  if (asked.granted >= allowed.count)
    throw new RuleBroken(
      'extension-count-used-up',
      `The deadline ${rule.key} may be extended ${allowed.count} time(s) and has been. Its due date ${asked.dueOn} stands.`,
    );
  assertInTime(asked, allowed.noticeBeforeExpiry);
  const latest = latestOf(rule, asked, allowed.max, calendar);
  if (latest <= asked.dueOn)
    throw new RuleBroken(
      'extension-over-cap',
      `The policy extends ${rule.key} to ${latest} at the latest; it is due on ${asked.dueOn} already.`,
    );
}

/**
 * Throws RuleBroken unless the rule allows the extension: those of `assertExtensible`, `extension-without-reasons`,
 * `extension-not-later`, `extension-over-cap`.
 */
export function assertExtensionAllowed(
  rule: DeadlineRule,
  request: ExtensionRequest,
  calendar: WorkingCalendar,
): void {
  assertExtensible(rule, request, calendar);
  const { max = 0, reasonRequired = false } = rule.extension ?? {};
  if (reasonRequired && !request.reasoned)
    throw new RuleBroken(
      'extension-without-reasons',
      `Say why ${rule.key} is extended; the policy asks for reasons.`,
    );
  if (request.to <= request.dueOn)
    throw new RuleBroken('extension-not-later', `Give a new date after ${request.dueOn}, the due date now.`);
  const latest = latestOf(rule, request, max, calendar);
  if (request.to > latest)
    throw new RuleBroken(
      'extension-over-cap',
      `The policy extends ${rule.key} to ${latest} at the latest. Give that day or an earlier one.`,
    );
}

function assertInTime(request: Extensible, noticeDays: number): void {
  if (isOverdue(request.dueOn, request.askedOn))
    throw new RuleBroken(
      'extension-after-expiry',
      `The deadline expired on ${request.dueOn}; it can no longer be extended.`,
    );
  const lastDay = dateOf(epochDay(request.dueOn) - noticeDays);
  if (request.askedOn > lastDay)
    throw new RuleBroken(
      'extension-notice-too-short',
      `An extension had to be given by ${lastDay}, ${noticeDays} day(s) before expiry.`,
    );
}
