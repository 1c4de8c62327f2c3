import { RuleBroken } from '../event-store/errors.js';
import type { WorkingCalendar } from './calendar.js';
import { addUnits } from './counting.js';
import { dateOf, epochDay } from './days.js';
import { isOverdue } from './deadline.js';
import type { DeadlineRule } from './deadline-rule.js';

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

/**
 * Throws RuleBroken unless the rule allows the extension: `extension-not-allowed`, `extension-without-reasons`, `extension-count-used-up`,
 * `extension-after-expiry`, `extension-notice-too-short`, `extension-not-later`, `extension-over-cap`.
 */
export function assertExtensionAllowed(
  rule: DeadlineRule,
  request: ExtensionRequest,
  calendar: WorkingCalendar,
): void {
  const allowed = rule.extension;
  if (allowed === null)
    throw new RuleBroken(
      'extension-not-allowed',
      `The deadline ${rule.key} cannot be extended under its policy.`,
    );
  if (allowed.reasonRequired && !request.reasoned)
    throw new RuleBroken(
      'extension-without-reasons',
      `Say why ${rule.key} is extended; the policy asks for reasons.`,
    );
  if (request.granted >= allowed.count)
    throw new RuleBroken(
      'extension-count-used-up',
      `The deadline ${rule.key} may be extended ${allowed.count} time(s) and has been. Its due date ${request.dueOn} stands.`,
    );
  assertInTime(request, allowed.noticeBeforeExpiry);
  if (request.to <= request.dueOn)
    throw new RuleBroken('extension-not-later', `Give a new date after ${request.dueOn}, the due date now.`);
  const latest = dateOf(addUnits(rule.unit, epochDay(request.unextendedDueOn), allowed.max, calendar));
  if (request.to > latest)
    throw new RuleBroken(
      'extension-over-cap',
      `The policy extends ${rule.key} to ${latest} at the latest. Give that day or an earlier one.`,
    );
}

function assertInTime(request: ExtensionRequest, noticeDays: number): void {
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
