import { event } from '../event-store/catalogue.js';
import { legacySource } from '../event-store/legacy-source.js';
import { word } from '../event-store/schema.js';
import { z } from 'zod';

/**
 * A line of a register's activity log: what it says was done in a case, and on which day. Such a log is kept as it is, however odd its
 * order; it makes no case of Redress, and stands in no backlog.
 */
export const activityEvents = {
  ActivityRecorded: event(z.object({ activity: word, source: legacySource })),
};
