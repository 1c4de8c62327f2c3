import { csvLine } from '../../platform/csv-text.js';
import { linesOf } from './format.js';

const HEADER = [
  'position',
  'event_id',
  'stream',
  'version',
  'type',
  'occurred_on',
  'time',
  'recorded_at',
  'actor',
  'role',
  'on_behalf_of',
  'cases',
  'data',
];

/** A row for each event; its data are JSON. */
export const csv = linesOf('events.csv', {
  head: csvLine(HEADER),
  line: (event, { timeOf }) =>
    csvLine([
      event.position,
      event.id,
      event.stream,
      event.version,
      event.type,
      event.on,
      timeOf(event),
      event.recordedAt,
      event.actor,
      event.role,
      event.onBehalfOf,
      event.caseIds.join(' '),
      JSON.stringify(event.data),
    ]),
});
