import { calendar } from './clocks/calendar-revision.js';
import { calendarRow } from './clocks/calendar.projection.js';
import { policy } from './clocks/policy.js';
import { policyRow } from './clocks/policy.projection.js';
import type { PolicyBook } from './clocks/policy.queries.js';
import { complaint } from './complaints/complaint.js';
import { complaintRow } from './complaints/complaint.projection.js';
import { projectionOf, type Projection } from './event-store/projection.js';
import { hearing } from './hearings/hearing.js';
import { hearingRow } from './hearings/hearing.projection.js';
import { party } from './parties/party.js';
import { partyRow } from './parties/party.projection.js';
import { resolution } from './resolutions/resolution.js';
import { resolutionRow } from './resolutions/resolution.projection.js';
import { reminder } from './reminders/reminder.js';
import { reminderRow } from './reminders/reminder.projection.js';
import { staff } from './staff/staff.js';
import { staffRow } from './staff/staff.projection.js';
import { release } from './statistics/release.js';
import { releaseRow } from './statistics/release.projection.js';

/** Every projection of the house, in the order in which they are made anew: cases need the policies and calendars they go by, and what is on record as missed. */
export const projectionsWith = (book: PolicyBook): readonly Projection[] => [
  projectionOf({ decider: policy, row: policyRow, tables: { policies: 'key' } }),
  projectionOf({ decider: calendar, row: calendarRow, tables: { calendars: 'name' } }),
  projectionOf({ decider: party, row: partyRow, tables: { parties: 'id', party_staff: 'party_id' } }),
  projectionOf({
    decider: reminder,
    row: reminderRow,
    tables: { reminders: 'case_id', missed_deadlines: 'case_id', reminder_snoozes: 'case_id' },
  }),
  projectionOf({
    decider: complaint,
    row: complaintRow(book),
    prepare: () => book.read(),
    tables: {
      cases: 'id',
      case_clocks: 'case_id',
      deadlines: 'case_id',
      case_gaps: 'case_id',
      case_people: 'case_id',
      case_named: 'case_id',
      case_restrictions: 'case_id',
      case_openings: 'case_id',
    },
  }),
  projectionOf({
    decider: hearing,
    row: hearingRow,
    tables: { hearings: 'id', hearing_cases: 'hearing_id', hearing_named: 'hearing_id' },
  }),
  projectionOf({ decider: resolution, row: resolutionRow, tables: { resolutions: 'id' } }),
  projectionOf({ decider: release, row: releaseRow, tables: { releases: 'id' } }),
  projectionOf({ decider: staff, row: staffRow, tables: { staff_members: 'id' } }),
];
