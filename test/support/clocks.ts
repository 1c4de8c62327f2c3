import { calendarNamed } from '../../src/clocks/calendar.js';
import type { CalendarContext } from '../../src/clocks/calendar-revision.js';
import type { DeadlineRule } from '../../src/clocks/deadline-rule.js';
import type { Clock, Extension } from '../../src/clocks/deadline.js';
import type { Pause } from '../../src/clocks/pauses.js';
import { circumstances } from './given.js';

/** Rules and clocks of deadlines, the plainest unless told otherwise. */

export const rule = (fields: Partial<DeadlineRule> = {}): DeadlineRule => ({
  key: 'respond',
  startEvent: 'ComplaintReceived',
  startsAtLatest: null,
  unit: 'working-days',
  count: 5,
  dayZeroRule: 'exclude',
  nonWorkingReceiptRule: 'as-is',
  rollRule: 'none',
  endTime: 'end-of-day',
  pausable: true,
  extension: null,
  stopEvents: ['ComplaintClosed'],
  recurrence: null,
  appliesTo: { categories: [], exceptCategories: [], severities: [] },
  advisory: false,
  ...fields,
});

export const clock = (
  startedOn: string,
  pauses: readonly Pause[] = [],
  extensions: readonly Extension[] = [],
): Clock => ({ startedOn, pauses, extensions });

/** Around a revision of a calendar: those that are shipped, and no policy that names any. */
export const shippedCalendars: CalendarContext = { ...circumstances, standing: [], calendarNamed };
