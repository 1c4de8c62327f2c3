import type { ReadRow } from '../event-store/append.js';
import type { Staff } from './staff.js';

/** The read row of `staff_members`. */
export const staffRow = (id: string, version: number, staff: Staff): ReadRow => ({
  table: 'staff_members',
  text: JSON.stringify({ id, version, ...staff }),
});
