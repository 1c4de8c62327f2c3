import type { ReadRow } from '../event-store/append.js';
import type { CalendarState } from './calendar-revision.js';

/** The read row of `calendars`: every revision. */
export const calendarRow = (name: string, version: number, state: CalendarState): ReadRow => ({
  table: 'calendars',
  text: JSON.stringify({ name, version, revisions: state.phase === 'open' ? state.revisions : [] }),
});
